"""The parts of a case, one for each capability. They are stored flat beside the case's own fields (`codecs`)."""

from typing import ClassVar

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import Instant


class Owner(Struct, frozen=True, array_like=True):
    """The owner of a case at some time: the assignee, the team, and the assignee's shift (the id of a calendar)."""

    assignee: str | None = None
    team: str | None = None
    shift: str | None = None


class Answer(Struct, frozen=True, array_like=True):
    """The customer's answer to a survey. `holder`: the owner at that time, if the case was handed over since."""

    at: Instant
    csat: int | None = None
    nps: int | None = None
    ces: int | None = None
    survey: str | None = None
    holder: Owner | None = None


class SurveyState(Struct, frozen=True, array_like=True):
    """The survey of one round (a round begins when a case is opened or reopened)."""

    id: str
    round: int
    sent_at: Instant | None = None
    expires_at: Instant | None = None
    holder: Owner | None = None


class Handover(Struct, frozen=True, array_like=True):
    """The case got another assignee: when, and its owner until then."""

    at: Instant
    holder: Owner


class Satisfaction(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The surveys that were sent to the customer, and their answers."""

    surveys: tuple[SurveyState, ...] = ()
    answers: tuple[Answer, ...] = ()


class Routing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who works on the case, or where it waits for an agent."""

    held_by: str | None = None
    """The agent it is assigned to, until it is done: it counts towards their load."""
    held_at: Instant | None = None
    heard_at: Instant | None = None
    """When its customer wrote last while it was assigned to this agent."""
    worked_at: Instant | None = None
    """When that agent last did something on it."""
    queued: str | None = None
    """Its urgency in the queue, while it waits there for an agent."""
    avoid: str | None = None
    """The agent from whom it was taken because they were silent; others are preferred as its next agent."""
    shift: str | None = None
    """The calendar of the agent it was assigned to last."""
    shift_calendar: str | None = None
    """The version of that calendar, `<id>@<version>`."""
    outside: bool = False
    """It was assigned by hand to somebody who is not one of the shop's agents, so it is not routed."""


class Ownership(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The earlier owners, so that metrics stay with them (`ownership`). None stands for the present owner."""

    handovers: tuple[Handover, ...] = ()
    """The changes of assignee, the newest last."""
    opened_for: Owner | None = None
    """The first owner."""
    replied_for: Owner | None = None
    """The owner at the first reply."""
    resolved_for: Owner | None = None
    """The owner at the last resolution."""


class EmailState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the customer writes on this case."""

    by_mail: bool = False
    """The customer writes by email, so replies are sent by email."""


class CasePart(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The base class of a part in which a further capability stores its own state of a case.

    `part_of(case, Kind)` reads it and `with_part(case, value)` writes it. It has no personal data: facts have.
    """

    name: ClassVar[str]
    """The name it is stored under, which never changes."""
