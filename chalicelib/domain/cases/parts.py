"""The parts of a case, each of one capability. They are stored flat beside the case's own fields (`case_codec`)."""

from typing import ClassVar

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import Instant


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


class Satisfaction(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the customer was asked, and what they answered."""

    surveys: tuple[SurveyState, ...] = ()
    answers: tuple[Answer, ...] = ()


class Routing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who works on the case, or where it waits for an agent."""

    held_by: str | None = None
    """The agent it was given to, until it is done: it takes a part of their capacity."""
    held_at: Instant | None = None
    heard_at: Instant | None = None
    """When its customer wrote last, while an agent has it."""
    worked_at: Instant | None = None
    """When that agent last did something on it."""
    queued: str | None = None
    """Its place in the queue, while it waits there for an agent."""
    avoid: str | None = None
    """The agent who had it and was silent."""
    shift: str | None = None
    """The calendar of the agent it was given to last."""
    shift_calendar: str | None = None
    """The version of it, `<id>@<version>`."""
    outside: bool = False
    """It was given by hand to somebody who is not an agent here: nobody else is looked for."""


class Ownership(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whose work it was, so that figures stay with who did it (`ownership`). None: of who holds it now."""

    handovers: tuple[Handover, ...] = ()
    """When it changed hands, newest last."""
    opened_for: Owner | None = None
    """Who held it first."""
    replied_for: Owner | None = None
    """Who sent its first reply."""
    resolved_for: Owner | None = None
    """Who resolved it last."""


class EmailState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the case's customer writes."""

    by_mail: bool = False
    """By email, so what is replied goes out by email."""


class CasePart(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The base of a part that the case itself does not know: a capability keeps its own state in one.

    `part_of(case, Kind)` reads it and `with_part(case, value)` writes it. It holds nothing personal: facts do.
    """

    name: ClassVar[str]
    """What it is stored under; it never changes."""
