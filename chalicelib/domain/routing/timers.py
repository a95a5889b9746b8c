"""The timer of an assignment: a case is taken from an agent who does nothing while the customer waits."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.routing.facts import CaseReleased
from chalicelib.domain.sla.calendars import add_working
from chalicelib.domain.timers.timer_source import TimerSource


def agent_silent_at(case: Case, rules: Rules) -> Instant | None:
    """When the case's agent will have been silent for too long, in the hours of their shift; None while the customer
    does not wait for them."""
    routing, seconds = case.routing, rules.policy.routing.silence_seconds
    if seconds is None or routing.held_by is None or routing.held_at is None or case.status not in ("new", "open"):
        return None
    waiting_since = max(routing.held_at, routing.heard_at or case.opened_at)
    if (routing.worked_at or 0) >= waiting_since:
        return None
    return add_working(rules.shift, waiting_since, seconds)


def release_due(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    """The release of the case, if its agent was silent for too long."""
    silence_at = agent_silent_at(case, rules)
    if case.routing.held_by is None or silence_at is None or silence_at > now:
        return []
    return [CaseReleased(agent=case.routing.held_by, why="silent")]


TIMERS = (TimerSource("an agent is silent", agent_silent_at, release_due),)
