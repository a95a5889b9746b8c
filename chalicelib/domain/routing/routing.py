"""Which agent gets a case: an adviser of its customer's segment, the agent who knows the case, or the least loaded.

An agent fits a case by team, type, language and tier. They are available if they are here and on shift, and have room
up to their capacity. A case that nobody can take now waits in the queue (`urgency.assigned_after` has its order).
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.timestamps import Instant, day_of
from chalicelib.domain.routing.agents import Agent, AgentStatus
from chalicelib.domain.routing.urgency import urgency
from chalicelib.domain.sla.calendars import ALWAYS, Calendar, worked_on
from chalicelib.domain.triage.parts import is_untyped

UNTYPED = ""
"""The type of a request for a case that nobody has typed: agents of every type may find out what it is about."""
Why = Literal["least_loaded", "knows_it", "adviser", "by_hand"]
WhyQueued = Literal["nobody_fits", "nobody_here", "all_full"]


class RoutingRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a case requires of its agent. It is stored for a case in the queue."""

    key: str
    type: str
    language: str
    tier: int = 0
    team: str | None = None
    segment: str | None = None
    knows: str | None = None
    """The agent who worked on it last."""
    avoid: str | None = None
    """The agent from whom it was taken because they were silent."""
    urgency: str = ""


class RoutingDecision(Struct, frozen=True, kw_only=True):
    """The chosen agent, why, and of how many who fit and have room; or why the case is queued."""

    chosen: AgentStatus | None = None
    why: Why = "least_loaded"
    fitting: int = 0
    queued: WhyQueued = "nobody_fits"


def routing_request(key: str, case: Case) -> RoutingRequest:
    """What this case requires of its agent."""
    return RoutingRequest(
        key=key,
        type=UNTYPED if is_untyped(case) else case.type,
        language=case.language,
        tier=case.tier,
        team=case.team,
        segment=case.segment,
        knows=case.assignee,
        avoid=case.routing.avoid,
        urgency=urgency(case),
    )


def needs_agent(case: Case | None) -> bool:
    """Whether a case is to be assigned or queued."""
    if case is None or case.done or case.historical or case.routing.outside:
        return False
    return case.routing.held_by is None and case.routing.queued is None


def is_above_its_agent(case: Case, agents: Iterable[AgentStatus]) -> bool:
    """Whether the case was escalated to a tier that its agent does not work on and another agent does."""
    if not case.routing.held_by or case.done:
        return False
    tiers = {status.agent.id: status.agent.tiers for status in agents}
    if case.tier in tiers.get(case.routing.held_by, (case.tier,)):
        return False
    return any(case.tier in worked for worked in tiers.values())


def fits(agent: Agent, request: RoutingRequest) -> bool:
    """Whether an agent works on cases such as this one."""
    spoken = {_language_of(tag) for tag in agent.languages}
    return (
        request.tier in agent.tiers
        and (request.team is None or request.team in agent.teams)
        and (not agent.skills or request.type == UNTYPED or request.type in agent.skills)
        and (not spoken or _language_of(request.language) in spoken)
    )


def _language_of(tag: str) -> str:
    return tag.partition("-")[0].casefold()


def choose_agent(request: RoutingRequest, agents: Iterable[AgentStatus]) -> RoutingDecision:
    """The agent for a case, among agents who are `here` only during their shift.

    An adviser of the customer's segment comes first, then the agent who knows the case, then all others. Among these
    the least loaded in relation to their capacity is chosen, then the one who has waited longest.
    """
    fitting = [status for status in agents if fits(status.agent, request)]
    here = [status for status in fitting if status.here]
    here = [status for status in here if status.agent.id != request.avoid] or here  # the silent one if nobody else
    free = [status for status in here if status.has_room]
    if not free:
        return RoutingDecision(queued=_why_queued(fitting, here))
    candidates, why = _preferred(request, free)
    chosen = min(candidates, key=lambda status: (status.load / status.agent.capacity, status.last_at, status.agent.id))
    return RoutingDecision(chosen=chosen, why=why, fitting=len(free))


def _why_queued(fitting: list[AgentStatus], here: list[AgentStatus]) -> WhyQueued:
    if here:
        return "all_full"
    return "nobody_here" if fitting else "nobody_fits"


def _preferred(request: RoutingRequest, free: list[AgentStatus]) -> tuple[list[AgentStatus], Why]:
    advisers = [status for status in free if request.segment is not None and request.segment in status.agent.segments]
    if advisers:
        return advisers, "adviser"
    knowing = [status for status in free if status.agent.id == request.knows]
    if knowing:
        return knowing, "knows_it"
    return free, "least_loaded"


def is_on_shift(calendar: Calendar, now: Instant) -> bool:
    """Whether this is working time in an agent's calendar."""
    if calendar is ALWAYS:
        return True
    return any(begins <= now < ends for begins, ends in worked_on(calendar, day_of(now, calendar.time_zone)))
