"""What happens to an after-sales flow, its money and its tasks, in the past tense."""

from typing import ClassVar

from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.compensation import MoneyKind
from chalicelib.domain.flows.eligibility_reasons import Ruling
from chalicelib.domain.flows.flow import Bought, FlowItem, Shipment
from chalicelib.domain.flows.tasks import Department
from chalicelib.domain.kernel.aftersales_enums import REPORT_ORDER, FlowKind
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.money import Line, Money
from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.timestamps import Instant


class FlowStarted(Fact, frozen=True, kw_only=True, tag="flow_started"):
    """An after-sales flow began on a case that was opened without one."""

    rank: ClassVar[int] = 13
    kind: FlowKind
    claim: Claim = Claim()
    rulings: tuple[Ruling, ...] = ()
    bought: Bought | None = None


class FlowMoved(Fact, frozen=True, kw_only=True, tag="flow_moved"):
    """Somebody made a move of the flow. `outcome` names where one leads that leads to several states."""

    rank: ClassVar[int] = 14
    move: str
    outcome: str | None = None
    reason: Private | None = None
    note: Private | None = None
    rule: str | None = None
    items: tuple[FlowItem, ...] = ()
    shipment: Shipment | None = None
    amount: Money | None = None

    @property
    def place(self) -> str:
        """What partners and platforms report of one moment happened in the order of `TOLD_IN_ORDER`."""
        return "abcdefghij"[REPORT_ORDER.index(self.move)] if self.move in REPORT_ORDER else ""


class FlowTimedOut(Fact, frozen=True, kw_only=True, tag="flow_timed_out"):
    """Nobody moved the flow in time, and this is what time did."""

    rank: ClassVar[int] = 15
    state: str
    since: Instant
    due_at: Instant
    does: str


class MoneyProposed(Fact, frozen=True, kw_only=True, tag="money_proposed"):
    """Somebody wants to give the customer something: a refund, a coupon, points, a gesture."""

    rank: ClassVar[int] = 16
    money: str
    kind: MoneyKind
    amount: Money
    lines: tuple[Line, ...] = ()
    reason: Private | None = None


class MoneyFact(Fact, frozen=True, kw_only=True):
    """The base of what happens to proposed money; `money` is its id."""

    money: str
    reason: Private | None = None


class MoneyApproved(MoneyFact, frozen=True, kw_only=True, tag="money_approved"):
    """It may be given: by a second person, or by the rule that lets small amounts pass."""

    rank: ClassVar[int] = 17
    rule: str | None = None


class MoneyDeclined(MoneyFact, frozen=True, kw_only=True, tag="money_declined"):
    """It is not given."""

    rank: ClassVar[int] = 18


class MoneyRequested(MoneyFact, frozen=True, kw_only=True, tag="money_requested"):
    """The shop was asked to pay it."""

    rank: ClassVar[int] = 19


class MoneyUnknown(MoneyFact, frozen=True, kw_only=True, tag="money_unknown"):
    """Whether the shop paid is not known; it is to be asked by the same id, never to pay again."""

    rank: ClassVar[int] = 20


class MoneyFailed(MoneyFact, frozen=True, kw_only=True, tag="money_failed"):
    """The shop could not pay it."""

    rank: ClassVar[int] = 21


class MoneyDone(MoneyFact, frozen=True, kw_only=True, tag="money_done"):
    """The shop paid it. `reference` is the payment service's id of it, where the shop told one."""

    rank: ClassVar[int] = 22
    reference: str | None = None


class MoneyProven(MoneyFact, frozen=True, kw_only=True, tag="money_proven"):
    """A payment service's statement says that it was paid. `proof` is the service and its id of the payment."""

    rank: ClassVar[int] = 30
    proof: str


class MoneyReturned(MoneyFact, frozen=True, kw_only=True, tag="money_returned"):
    """A statement says that what it proved before came back again: the customer does not have it."""

    rank: ClassVar[int] = 31
    proof: str


class TaskOpened(Fact, frozen=True, kw_only=True, tag="task_opened"):
    """A department was given something to do."""

    rank: ClassVar[int] = 23
    task: str
    department: Department
    title: Private
    due_at: Instant


class TaskLate(Fact, frozen=True, kw_only=True, tag="task_late"):
    """A task was not done in time."""

    rank: ClassVar[int] = 24
    task: str
    due_at: Instant


class TaskDone(Fact, frozen=True, kw_only=True, tag="task_done"):
    """A department did it. Where the task is listed follows from its department and due time."""

    rank: ClassVar[int] = 25
    task: str
    department: Department
    due_at: Instant
    outcome: Private | None = None


class EvidenceAdded(Fact, frozen=True, kw_only=True, tag="evidence_added"):
    """The customer showed something. `kind` is its real type, `file` where it is kept, `bytes` its size there."""

    rank: ClassVar[int] = 26
    upload: str
    evidence: str
    file: str
    kind: str
    bytes: int


class EvidenceRefused(Fact, frozen=True, kw_only=True, tag="evidence_refused"):
    """What the customer uploaded could not be kept."""

    rank: ClassVar[int] = 27
    upload: str
    reason: str
