"""The facts about an after-sales flow, its money and its tasks, in the past tense."""

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
    """Somebody made a move of the flow. `outcome` names the state, if the move can lead to several."""

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
        """Moves that partners and platforms report for the same moment are sorted by `REPORT_ORDER`."""
        return "abcdefghij"[REPORT_ORDER.index(self.move)] if self.move in REPORT_ORDER else ""


class FlowTimedOut(Fact, frozen=True, kw_only=True, tag="flow_timed_out"):
    """Nobody moved the flow in time; `does` says what the timeout did."""

    rank: ClassVar[int] = 15
    state: str
    since: Instant
    due_at: Instant
    does: str


class MoneyProposed(Fact, frozen=True, kw_only=True, tag="money_proposed"):
    """Somebody proposed to give the customer a refund, a coupon, points or a goodwill payment."""

    rank: ClassVar[int] = 16
    money: str
    kind: MoneyKind
    amount: Money
    lines: tuple[Line, ...] = ()
    reason: Private | None = None


class MoneyFact(Fact, frozen=True, kw_only=True):
    """The base of the facts about proposed money; `money` is its id."""

    money: str
    reason: Private | None = None


class MoneyApproved(MoneyFact, frozen=True, kw_only=True, tag="money_approved"):
    """A second person approved it, or the rule for small amounts."""

    rank: ClassVar[int] = 17
    rule: str | None = None


class MoneyDeclined(MoneyFact, frozen=True, kw_only=True, tag="money_declined"):
    """Somebody decided not to give it."""

    rank: ClassVar[int] = 18


class MoneyRequested(MoneyFact, frozen=True, kw_only=True, tag="money_requested"):
    """The shop was asked to pay it."""

    rank: ClassVar[int] = 19


class MoneyUnknown(MoneyFact, frozen=True, kw_only=True, tag="money_unknown"):
    """It is unknown whether the shop paid it; the shop is asked about the same id, never to pay again."""

    rank: ClassVar[int] = 20


class MoneyFailed(MoneyFact, frozen=True, kw_only=True, tag="money_failed"):
    """The shop could not pay it."""

    rank: ClassVar[int] = 21


class MoneyDone(MoneyFact, frozen=True, kw_only=True, tag="money_done"):
    """The shop paid it. `reference` is the payment service's id of it, if the shop reported one."""

    rank: ClassVar[int] = 22
    reference: str | None = None


class MoneyProven(MoneyFact, frozen=True, kw_only=True, tag="money_proven"):
    """A payment service's statement says that it was paid. `proof`: the service, and its id of the payment."""

    rank: ClassVar[int] = 30
    proof: str


class MoneyReturned(MoneyFact, frozen=True, kw_only=True, tag="money_returned"):
    """A statement says that proven money was returned to the shop: the customer does not have it."""

    rank: ClassVar[int] = 31
    proof: str


class TaskOpened(Fact, frozen=True, kw_only=True, tag="task_opened"):
    """A department got a task."""

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
    """A department did the task. Its department and due time determine where the task is listed."""

    rank: ClassVar[int] = 25
    task: str
    department: Department
    due_at: Instant
    outcome: Private | None = None


class EvidenceAdded(Fact, frozen=True, kw_only=True, tag="evidence_added"):
    """The customer uploaded evidence. `kind`: its real type; `file`: where it is stored; `bytes`: its size there."""

    rank: ClassVar[int] = 26
    upload: str
    evidence: str
    file: str
    kind: str
    bytes: int


class EvidenceRefused(Fact, frozen=True, kw_only=True, tag="evidence_refused"):
    """A file that the customer uploaded could not be stored."""

    rank: ClassVar[int] = 27
    upload: str
    reason: str
