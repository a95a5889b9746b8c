"""The state of a case, which follows from its events. It is kept small, because it is written with every event."""

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

MAX_ANSWERS = 20
"""The answers, handovers and late messages that the state keeps of each; the events have all of them."""
DEFINITION = 2
"""The version of the metrics' definition that cases are folded by. From 2 on a figure belongs to the owner that the
case had when it happened."""

P = TypeVar("P", bound=CasePart)


class Case(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The present state of a case. Its subject, order and first message are in its opening event; its customer's data
    is in the customer's record."""

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
    """The files that the customer uploaded while the case had no flow."""
    past_flows: tuple[Flow, ...] = ()
    """The flows that had ended when the present one was started."""
    money: tuple[Compensation, ...] = ()
    tasks: tuple[Task, ...] = ()
    historical: bool = False
    """It was imported as history, and nothing live has happened to it since."""
    history_until: Instant | None = None
    """When it was imported as history: events after this time are live."""
    spilled: tuple[str, ...] = ()
    """Ids of messages that came too long after the case was closed: each opens a linked case."""
    links: tuple[str, ...] = ()
    merged_into: str | None = None
    """The id of the case that it has become a part of: it is closed, and nothing happens to it until it is unmerged."""
    definition: int = 1
    """The version of the metrics' definition by which this state was folded (`DEFINITION`)."""
    satisfaction: Satisfaction = Satisfaction()
    routing: Routing = Routing()
    ownership: Ownership = Ownership()
    email: EmailState = EmailState()
    parts: dict[str, Any] = {}
    """The parts of further capabilities, as plain values, by name (`part_of`)."""

    @property
    def holder(self) -> Owner:
        """The present owner: assignee, team and shift."""
        return Owner(self.assignee, self.team, self.routing.shift)

    def clock(self, name: ClockName) -> Clock | None:
        """The latest clock of that name."""
        return next((clock for clock in self.clocks if clock.name == name), None)

    @property
    def traits(self) -> When:
        """The values of the case by which a policy chooses its rules."""
        return When(type=self.type, channel=self.channel, priority=self.priority, segment=self.segment)

    @property
    def done(self) -> bool:
        """Whether it is resolved or closed, so that nobody works on it."""
        return self.status in ("resolved", "closed")


def part_of(case: Case, kind: type[P]) -> P:
    """A capability's own part of a case; one with its default values while nothing was written to it."""
    return msgspec.convert(case.parts.get(kind.name, {}), kind)


def with_part(case: Case, part: CasePart) -> Case:
    """The case with this as the capability's part, in the values of JSON: a case that was folded now is the same as one
    that was stored."""
    return replace(case, parts=case.parts | {part.name: msgspec.json.decode(msgspec.json.encode(part))})
