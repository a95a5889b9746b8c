"""The state of a case: what its events come to. Kept small, for it is written with every event."""

from msgspec import Struct

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


class Owner(Struct, frozen=True, array_like=True):
    """Who held a case at a moment: the assignee, their team, and the calendar they work by."""

    assignee: str | None = None
    team: str | None = None
    shift: str | None = None


class Answer(Struct, frozen=True, array_like=True):
    """One answer of the customer to one survey. `holder`: who held the case then, if it was handed on since."""

    at: Instant
    csat: int | None = None
    nps: int | None = None
    ces: int | None = None
    survey: str | None = None
    holder: Owner | None = None


class SurveyState(Struct, frozen=True, array_like=True):
    """What became of the survey of one round (a round begins when a case is opened or reopened)."""

    id: str
    round: int
    sent_at: Instant | None = None
    expires_at: Instant | None = None
    holder: Owner | None = None


class Handover(Struct, frozen=True, array_like=True):
    """The case changed hands: when, and who held it until then."""

    at: Instant
    holder: Owner


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
    surveys: tuple[SurveyState, ...] = ()
    answers: tuple[Answer, ...] = ()
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
    by_mail: bool = False
    """Its customer wrote by mail, so what is replied goes out by mail."""
    held_by: str | None = None
    """Whose capacity it takes a part of: the agent it was given to, until it is done."""
    held_at: Instant | None = None
    heard_at: Instant | None = None
    """When its customer wrote last, while somebody holds it; and when that agent last did something."""
    worked_at: Instant | None = None
    queued: str | None = None
    """Its place in the queue, while it waits there for an agent."""
    avoid: str | None = None
    """Who held it and was silent."""
    handovers: tuple[Handover, ...] = ()
    """When it changed hands, newest last."""
    opened_for: Owner | None = None
    """Who held it first; who sent its first reply; who resolved it last. None: who holds it now. They are set when it
    is handed on, so that figures stay with who did the work (`domain/cases/ownership.py`)."""
    replied_for: Owner | None = None
    resolved_for: Owner | None = None
    definition: int = 1
    """By which definition of the figures it was folded."""
    shift: str | None = None
    """The calendar of whom it was given to last."""
    shift_calendar: str | None = None
    """The version of it, `<id>@<version>`."""
    outside: bool = False
    """It was given by hand to somebody who is not on the roster: nobody else is looked for."""

    @property
    def holder(self) -> Owner:
        """Who holds it now."""
        return Owner(self.assignee, self.team, self.shift)

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
