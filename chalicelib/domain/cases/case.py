"""The state of a case: what its events come to. Kept small, for it is written with every event."""

from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.parts import CasePart, EmailState, Owner, Ownership, Routing, Satisfaction
from chalicelib.domain.flows.compensation import Compensation
from chalicelib.domain.flows.flow import Flow
from chalicelib.domain.flows.tasks import Task
from chalicelib.domain.kernel.enums import CaseType, Channel, Priority, Status
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.sla.clocks import Clock
from chalicelib.domain.sla.policies import ClockName, When

MAX_ANSWERS = 20  # kept in the state; the events hold all
DEFINITION = 2
"""The definition of the figures that cases are folded for. 2: they belong to who held the case when it happened."""


P = TypeVar("P", bound=CasePart)


class Case(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A case as it stands. Its subject, order and first message stay in its opening event; its customer's data
    in the customer's record."""

    id: str
    number: str
    shop: str
    external_id: str
    type: CaseType
    channel: Channel
    customer: str
    opened_at: Instant
    policy: int
    calendar: str
    language: str = "en"
    status: Status = "new"
    priority: Priority = "normal"
    segment: str | None = None
    assignee: str | None = None
    team: str | None = None
    tier: int = 0
    tags: tuple[str, ...] = ()
    first_reply_at: Instant | None = None
    replied_at: Instant | None = None
    resolved_at: Instant | None = None
    closed_at: Instant | None = None
    reopened: int = 0
    replies: int = 0
    """Public messages by agents."""
    escalations: int = 0
    escalated_at: Instant | None = None
    clocks: tuple[Clock, ...] = ()
    skus: tuple[str, ...] = ()
    flow: Flow | None = None
    evidence: tuple[str, ...] = ()
    """What the customer showed while the case carried no flow."""
    past_flows: tuple[Flow, ...] = ()
    """Those that had ended when the present one was started."""
    money: tuple[Compensation, ...] = ()
    tasks: tuple[Task, ...] = ()
    historical: bool = False
    """It was told as history, and nobody has said anything on it since."""
    history_until: Instant | None = None
    """When it was told as history: what happens later is live."""
    spilled: tuple[str, ...] = ()
    """Ids of messages that came too long after closing: each opens a linked case."""
    links: tuple[str, ...] = ()
    definition: int = 1
    """By which definition of the figures it was folded."""
    satisfaction: Satisfaction = Satisfaction()
    routing: Routing = Routing()
    ownership: Ownership = Ownership()
    email: EmailState = EmailState()
    parts: dict[str, Any] = {}
    """The parts of further capabilities, in plain values, by name."""

    @property
    def holder(self) -> Owner:
        """Who holds it now."""
        return Owner(self.assignee, self.team, self.routing.shift)

    def clock(self, name: ClockName) -> Clock | None:
        """The latest clock of that name."""
        return next((clock for clock in self.clocks if clock.name == name), None)

    @property
    def traits(self) -> When:
        """What a policy's rules look at."""
        return When(type=self.type, channel=self.channel, priority=self.priority, segment=self.segment)

    @property
    def done(self) -> bool:
        """Nobody works on it: it is resolved or closed."""
        return self.status in ("resolved", "closed")


def part_of(case: Case, kind: type[P]) -> P:
    """A capability's own part of a case; empty while nothing was written to it."""
    return msgspec.convert(case.parts.get(kind.name, {}), kind)


def with_part(case: Case, part: CasePart) -> Case:
    """The case with a capability's part as it is now."""
    return replace(case, parts=case.parts | {part.name: msgspec.to_builtins(part)})
