"""A fact of one case with its time, its doer and its place. A case is the fold of these and of nothing else."""

from typing import TypeAlias

from msgspec import Struct

from chalicelib.domain.cases.facts import (
    CaseAssigned,
    CaseClosed,
    CaseEscalated,
    CaseOpened,
    CaseQueued,
    CaseReleased,
    CaseResolved,
    ClockBreached,
    MessageReceived,
    NoteAdded,
    ReplySent,
    StatusChanged,
    SurveyAnswered,
    SurveySent,
    SurveySkipped,
)
from chalicelib.domain.flows.facts import (
    EvidenceAdded,
    EvidenceRefused,
    FlowMoved,
    FlowStarted,
    FlowTimedOut,
    MoneyApproved,
    MoneyDeclined,
    MoneyDone,
    MoneyFailed,
    MoneyProposed,
    MoneyProven,
    MoneyRequested,
    MoneyReturned,
    MoneyUnknown,
    TaskDone,
    TaskLate,
    TaskOpened,
)
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.aftersales_enums import TOLD_IN_ORDER
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import Instant

AnyFact: TypeAlias = (
    CaseOpened
    | MessageReceived
    | NoteAdded
    | ReplySent
    | CaseAssigned
    | StatusChanged
    | CaseResolved
    | CaseClosed
    | ClockBreached
    | CaseEscalated
    | SurveySent
    | SurveySkipped
    | SurveyAnswered
    | FlowStarted
    | FlowMoved
    | FlowTimedOut
    | MoneyProposed
    | MoneyApproved
    | MoneyDeclined
    | MoneyRequested
    | MoneyUnknown
    | MoneyFailed
    | MoneyDone
    | TaskOpened
    | TaskLate
    | TaskDone
    | EvidenceAdded
    | EvidenceRefused
    | CaseQueued
    | CaseReleased
    | MoneyProven
    | MoneyReturned
)

# Within one millisecond things happen in this order: an answer that resolves a case comes before the resolving.
# The ranks are in the keys of stored events: new facts come last.
_ORDER: tuple[type[Fact], ...] = (
    CaseOpened,
    MessageReceived,
    NoteAdded,
    ReplySent,
    CaseAssigned,
    StatusChanged,
    CaseResolved,
    CaseClosed,
    ClockBreached,
    CaseEscalated,
    SurveySent,
    SurveySkipped,
    SurveyAnswered,
    FlowStarted,
    FlowMoved,
    FlowTimedOut,
    MoneyProposed,
    MoneyApproved,
    MoneyDeclined,
    MoneyRequested,
    MoneyUnknown,
    MoneyFailed,
    MoneyDone,
    TaskOpened,
    TaskLate,
    TaskDone,
    EvidenceAdded,
    EvidenceRefused,
    CaseQueued,
    CaseReleased,
    MoneyProven,
    MoneyReturned,
)
RANK = {kind: rank for rank, kind in enumerate(_ORDER)}


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact of one case. `at` is when it happened, `seq` how many events the case had with it when it was stored.

    Nothing happened after it was heard: where a later time was claimed, `at` is when it was heard, and the claim stands
    beside it. `heard_at`: when it was told; of openings that are history, and of words that may be.
    """

    id: str
    at: Instant
    by: Actor
    fact: AnyFact
    seq: int = 0
    receipt: str | None = None
    claimed_at: Instant | None = None
    heard_at: Instant | None = None

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


def event(
    at: Instant,
    by: Actor,
    fact: AnyFact,
    *identity: str,
    receipt: str | None = None,
    claimed: Instant | None = None,
) -> Event:
    """An event whose id follows from its identity, so that the same event told twice is stored once. `claimed`: when
    it happened as it was told, where it cannot have."""
    ahead = claimed if claimed is not None and claimed > at else None
    return Event(id=new_id(at, key_of(*identity)), at=at, by=by, fact=fact, receipt=receipt, claimed_at=ahead)
