"""Who gets a case: the least loaded agent it fits, whoever knows it first, and else the queue.

An agent fits by team, type, language and tier; is there by presence and shift; and has room by capacity. A case that
nobody can take now waits in the queue, the most urgent first: by priority, then by the next promise that would break.
"""

from collections.abc import Iterable
from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.enums import CaseType
from chalicelib.domain.kernel.timestamps import Instant, day_of
from chalicelib.domain.kernel.validation import Input, Language, Line, Name
from chalicelib.domain.routing.urgency import urgency
from chalicelib.domain.shops.shop import CALENDAR_ID
from chalicelib.domain.sla.calendars import ALWAYS, Calendar, add_working, worked_on
from chalicelib.domain.sla.policies import Email

AGENT_ID = r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,79}\Z"
Tier = Annotated[int, Meta(ge=0, le=3)]
Presence = Literal["here", "away"]
Why = Literal["least_loaded", "knows_it", "adviser", "by_hand"]
WhyQueued = Literal["nobody_fits", "nobody_here", "all_full"]
MOST_HELD = 200


class AgentIn(Input, frozen=True, kw_only=True):
    """The body of `PUT /v1/shops/{shop}/agents/{agent}`. What is left empty fits everything; `calendar` is a shift."""

    name: Line | None = None
    email: Email | None = None
    teams: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()
    skills: Annotated[tuple[CaseType, ...], Meta(max_length=8)] = ()
    languages: Annotated[tuple[Language, ...], Meta(max_length=20)] = ()
    tiers: Annotated[tuple[Tier, ...], Meta(min_length=1, max_length=4)] = (0,)
    segments: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()
    capacity: Annotated[int, Meta(ge=1, le=MOST_HELD)] = 10
    calendar: Annotated[str, Meta(pattern=CALENDAR_ID)] = "always"


class PresenceIn(Input, frozen=True):
    """The body of `PUT /v1/shops/{shop}/agents/{agent}/presence`."""

    state: Presence


class Agent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody of the staff whom cases are given to. `segments`: whose adviser they are."""

    id: str
    name: str | None = None
    email: str | None = None
    """Where they write from: what comes from there for certain is theirs."""
    teams: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tiers: tuple[int, ...] = (0,)
    segments: tuple[str, ...] = ()
    capacity: int = 10
    calendar: str = ALWAYS.name

    @property
    def writes_from(self) -> str | None:
        """Their address: the one that was told, or the name they log in by, if that is one."""
        return self.email or (self.id if "@" in self.id else None)

    @property
    def shift(self) -> str:
        """The calendar they work by, whatever its version."""
        return self.calendar.rpartition("@")[0]


class AgentStatus(Struct, frozen=True, kw_only=True):
    """An agent as they are now: here or away, with so many cases, the last one given to them at that time."""

    agent: Agent
    here: bool = False
    load: int = 0
    last_at: Instant = 0

    @property
    def has_room(self) -> bool:
        """Whether one more case may be given to them."""
        return self.load < self.agent.capacity


class RoutingRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is asked of an agent for a case; of a case in the queue, too."""

    key: str
    type: str
    language: str
    tier: int = 0
    team: str | None = None
    segment: str | None = None
    knows: str | None = None
    """Who worked on it last."""
    avoid: str | None = None
    """Who was silent on it."""
    urgency: str = ""


class RoutingDecision(Struct, frozen=True, kw_only=True):
    """Whom a case goes to and why, of how many who fit and have room; or why to nobody."""

    post: AgentStatus | None = None
    why: Why = "least_loaded"
    fitting: int = 0
    queued: WhyQueued = "nobody_fits"


def routing_request(key: str, case: Case) -> RoutingRequest:
    """What is asked of an agent for this case."""
    return RoutingRequest(
        key=key,
        type=case.type,
        language=case.language,
        tier=case.tier,
        team=case.team,
        segment=case.segment,
        knows=case.assignee,
        avoid=case.routing.avoid,
        urgency=urgency(case),
    )


def wants_agent(case: Case | None) -> bool:
    """Whether a case is to be given to somebody, or to the queue."""
    if case is None or case.done or case.historical or case.routing.outside:
        return False
    return case.routing.held_by is None and case.routing.queued is None


def fits(agent: Agent, asked: RoutingRequest) -> bool:
    """Whether an agent works on such cases."""
    language = asked.language.partition("-")[0].casefold()
    spoken = {one.partition("-")[0].casefold() for one in agent.languages}
    return (
        asked.tier in agent.tiers
        and (asked.team is None or asked.team in agent.teams)
        and (not agent.skills or asked.type in agent.skills)
        and (not spoken or language in spoken)
    )


def choose(asked: RoutingRequest, posts: Iterable[AgentStatus]) -> RoutingDecision:
    """Whom a case goes to among agents whose shift it is: its segment's adviser, else who knows it, else who has the
    smallest part of their capacity filled; of equals, who has waited longest."""
    able = [post for post in posts if fits(post.agent, asked)]
    here = [post for post in able if post.here]
    here = [post for post in here if post.agent.id != asked.avoid] or here  # who was silent, if nobody else is here
    free = [post for post in here if post.has_room]
    if not free:
        return RoutingDecision(queued="all_full" if here else "nobody_here" if able else "nobody_fits")
    advisers = [post for post in free if asked.segment is not None and asked.segment in post.agent.segments]
    known = [post for post in free if post.agent.id == asked.knows]
    among, why = (advisers, "adviser") if advisers else (known, "knows_it") if known else (free, "least_loaded")
    best = min(among, key=lambda post: (post.load / post.agent.capacity, post.last_at, post.agent.id))
    return RoutingDecision(post=best, why=why, fitting=len(free))  # type: ignore[arg-type]


def on_shift(calendar: Calendar, now: Instant) -> bool:
    """Whether this moment is worked."""
    if calendar is ALWAYS:
        return True
    return any(begins <= now < ends for begins, ends in worked_on(calendar, day_of(now, calendar.time_zone)))


def silent_at(case: Case, seconds: float | None, shift: Calendar = ALWAYS) -> Instant | None:
    """When the silence of whoever holds a case has lasted too long, in the hours of their shift; None while the
    customer does not wait for them."""
    if (
        seconds is None
        or case.routing.held_by is None
        or case.routing.held_at is None
        or case.status not in ("new", "open")
    ):
        return None
    since = max(case.routing.held_at, case.routing.heard_at or case.opened_at)
    return None if (case.routing.worked_at or 0) >= since else add_working(shift, since, seconds)
