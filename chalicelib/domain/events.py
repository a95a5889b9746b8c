"""What happened to a case, in the past tense. A case is the fold of these and of nothing else."""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from chalicelib.domain.flows.compensation import Line, MoneyKind
from chalicelib.domain.flows.flow import FlowItem, Shipment
from chalicelib.domain.flows.tasks import Department
from chalicelib.domain.flows.words import TOLD_IN_ORDER, FlowKind, Reason
from chalicelib.domain.ids import key_of, new_id
from chalicelib.domain.instants import Instant
from chalicelib.domain.money import Money
from chalicelib.domain.policies import ClockName
from chalicelib.domain.vocabulary import CaseType, Channel, Priority, Status

Csat = Annotated[int, Meta(ge=1, le=5)]
Nps = Annotated[int, Meta(ge=0, le=10)]
Ces = Annotated[int, Meta(ge=1, le=7)]


class Actor(Struct, frozen=True, omit_defaults=True):
    """Who did it."""

    kind: Literal["customer", "agent", "system", "shop"]
    id: str | None = None


SYSTEM = Actor("system")


class OrderItem(Struct, frozen=True, omit_defaults=True):
    """One line of an order."""

    sku: str
    title: str | None = None
    quantity: int = 1
    price: Money | None = None
    category: str | None = None


class Order(Struct, frozen=True, omit_defaults=True):
    """The order a case is about, as the shop told it."""

    external_id: str
    items: tuple[OrderItem, ...] = ()
    total: Money | None = None
    purchased_at: Instant | None = None
    delivered_at: Instant | None = None
    estimated_delivery_at: Instant | None = None


class Claim(Struct, frozen=True, omit_defaults=True):
    """What the customer asks for: why, for which things, and what shows it."""

    reason: Reason = "other"
    items: tuple[FlowItem, ...] = ()
    evidence: tuple[str, ...] = ()


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """The base of all facts; the tag is the event's type."""


class CaseOpened(Fact, frozen=True, kw_only=True, tag="case_opened"):
    """A case came to be. `policy` and `calendar` are the versions its clocks run on for life."""

    id: str
    number: str
    shop: str
    external_id: str
    kind: CaseType
    channel: Channel
    subject: str
    message: str
    customer: str
    policy: int
    calendar: str
    language: str = "en"
    priority: Priority = "normal"
    segment: str | None = None
    order: Order | None = None
    claim: Claim | None = None
    historical: bool = False
    tier: int = 0
    first_reply_seconds: float | None = None
    score: int | None = None
    links: tuple[str, ...] = ()


class MessageReceived(Fact, frozen=True, kw_only=True, tag="message_received"):
    """The customer wrote."""

    message: str


class NoteAdded(Fact, frozen=True, kw_only=True, tag="note_added"):
    """Staff wrote to staff."""

    message: str


class ReplySent(Fact, frozen=True, kw_only=True, tag="reply_sent"):
    """An agent wrote to the customer."""

    message: str


class CaseAssigned(Fact, frozen=True, kw_only=True, tag="case_assigned"):
    """The case went to somebody, or to a team."""

    assignee: str | None = None
    team: str | None = None


class StatusChanged(Fact, frozen=True, kw_only=True, tag="status_changed"):
    """The case waits, or waits no more."""

    status: Status
    reason: str | None = None


class CaseResolved(Fact, frozen=True, kw_only=True, tag="case_resolved"):
    """The desk says it is done."""

    reason: str | None = None


class CaseClosed(Fact, frozen=True, kw_only=True, tag="case_closed"):
    """Nobody objected, or the customer confirmed. Closing in silence names the resolve it rests on."""

    reason: str | None = None
    resolved_at: Instant | None = None


class ClockBreached(Fact, frozen=True, kw_only=True, tag="clock_breached"):
    """A promise was broken."""

    clock: ClockName
    started_at: Instant
    due_at: Instant
    target: float


class CaseEscalated(Fact, frozen=True, kw_only=True, tag="case_escalated"):
    """The case went a tier up: by hand, because of the clock that started then, or of the flow's state whose time was
    up then."""

    from_tier: int
    to_tier: int
    reason: str
    clock: ClockName | None = None
    state: str | None = None
    started_at: Instant | None = None


class SurveySent(Fact, frozen=True, kw_only=True, tag="survey_sent"):
    """The customer was asked. `round`: how often the case had been reopened by then."""

    survey: str
    round: int
    expires_at: Instant


class SurveySkipped(Fact, frozen=True, kw_only=True, tag="survey_skipped"):
    """The customer was not asked, and why."""

    survey: str
    round: int
    reason: str


class SurveyAnswered(Fact, frozen=True, kw_only=True, tag="survey_answered"):
    """The customer answered: our survey of that id, or an outside one."""

    survey: str | None = None
    csat: Csat | None = None
    nps: Nps | None = None
    ces: Ces | None = None
    comment: str | None = None


class FlowStarted(Fact, frozen=True, kw_only=True, tag="flow_started"):
    """An after-sales flow began on a case that was opened without one."""

    kind: FlowKind
    claim: Claim = Claim()


class FlowMoved(Fact, frozen=True, kw_only=True, tag="flow_moved"):
    """Somebody made a move of the flow. `outcome` names where one leads that leads to several states."""

    move: str
    outcome: str | None = None
    reason: str | None = None
    note: str | None = None
    rule: str | None = None
    items: tuple[FlowItem, ...] = ()
    shipment: Shipment | None = None
    amount: Money | None = None


class FlowTimedOut(Fact, frozen=True, kw_only=True, tag="flow_timed_out"):
    """Nobody moved the flow in time, and this is what time did."""

    state: str
    since: Instant
    due_at: Instant
    does: str


class MoneyProposed(Fact, frozen=True, kw_only=True, tag="money_proposed"):
    """Somebody wants to give the customer something: a refund, a coupon, points, a gesture."""

    money: str
    kind: MoneyKind
    amount: Money
    lines: tuple[Line, ...] = ()
    reason: str | None = None


class MoneyFact(Fact, frozen=True, kw_only=True):
    """The base of what happens to proposed money; `money` is its id."""

    money: str
    reason: str | None = None


class MoneyApproved(MoneyFact, frozen=True, kw_only=True, tag="money_approved"):
    """It may be given: by a second person, or by the rule that lets small amounts pass."""

    rule: str | None = None


class MoneyDeclined(MoneyFact, frozen=True, kw_only=True, tag="money_declined"):
    """It is not given."""


class MoneyRequested(MoneyFact, frozen=True, kw_only=True, tag="money_requested"):
    """The shop was asked to pay it."""


class MoneyUnknown(MoneyFact, frozen=True, kw_only=True, tag="money_unknown"):
    """Whether the shop paid is not known; it is to be asked by the same id, never to pay again."""


class MoneyFailed(MoneyFact, frozen=True, kw_only=True, tag="money_failed"):
    """The shop could not pay it."""


class MoneyDone(MoneyFact, frozen=True, kw_only=True, tag="money_done"):
    """The shop paid it."""


class TaskOpened(Fact, frozen=True, kw_only=True, tag="task_opened"):
    """A department was given something to do."""

    task: str
    department: Department
    title: str
    due_at: Instant


class TaskLate(Fact, frozen=True, kw_only=True, tag="task_late"):
    """A task was not done in time."""

    task: str
    due_at: Instant


class TaskDone(Fact, frozen=True, kw_only=True, tag="task_done"):
    """A department did it. Where the task is listed follows from its department and due time."""

    task: str
    department: Department
    due_at: Instant
    outcome: str | None = None


AnyFact: TypeAlias = (
    CaseOpened | MessageReceived | NoteAdded | ReplySent | CaseAssigned | StatusChanged | CaseResolved | CaseClosed
    | ClockBreached | CaseEscalated | SurveySent | SurveySkipped | SurveyAnswered | FlowStarted | FlowMoved
    | FlowTimedOut | MoneyProposed | MoneyApproved | MoneyDeclined | MoneyRequested | MoneyUnknown | MoneyFailed
    | MoneyDone | TaskOpened | TaskLate | TaskDone
)  # fmt: skip

# Within one millisecond things happen in this order: an answer that resolves a case comes before the resolving.
# The ranks are in the keys of stored events: new facts come last.
_ORDER: tuple[type[Fact], ...] = (
    CaseOpened, MessageReceived, NoteAdded, ReplySent, CaseAssigned, StatusChanged, CaseResolved, CaseClosed,
    ClockBreached, CaseEscalated, SurveySent, SurveySkipped, SurveyAnswered, FlowStarted, FlowMoved, FlowTimedOut,
    MoneyProposed, MoneyApproved, MoneyDeclined, MoneyRequested, MoneyUnknown, MoneyFailed, MoneyDone,
    TaskOpened, TaskLate, TaskDone,
)  # fmt: skip
RANK = {kind: rank for rank, kind in enumerate(_ORDER)}


class Event(Struct, frozen=True, kw_only=True):
    """A fact of one case. `at` is when it happened, `seq` how many events the case had with it when it was stored."""

    id: str
    at: Instant
    by: Actor
    fact: AnyFact
    seq: int = 0
    receipt: str | None = None

    @property
    def type(self) -> str:
        """The type's public name, such as `case_opened`."""
        return str(self.fact.__struct_config__.tag)

    @property
    def order(self) -> str:
        """The place of this event in its case: by time, then by rank, then by id. The opening comes first."""
        if isinstance(self.fact, CaseOpened):
            return "0"
        return f"{self.at:013d}#{RANK[type(self.fact)]:02d}{_place(self.fact)}#{self.id[-16:]}"


def _place(fact: AnyFact) -> str:
    if not isinstance(fact, FlowMoved) or fact.move not in TOLD_IN_ORDER:
        return ""
    return "abcdefghij"[TOLD_IN_ORDER.index(fact.move)]


def time_in(order: str) -> Instant:
    """When the event of this order happened; 0 for the opening, or for none."""
    return int(order.partition("#")[0] or 0)


def event(at: Instant, by: Actor, fact: AnyFact, *identity: str, receipt: str | None = None) -> Event:
    """An event whose id follows from its identity, so that the same event told twice is stored once."""
    return Event(id=new_id(at, key_of(*identity)), at=at, by=by, fact=fact, receipt=receipt)
