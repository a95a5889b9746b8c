"""What is due on a case by now, and when to look again, by all sources of timers together."""

from collections.abc import Iterable

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.sla.calendars import ALWAYS
from chalicelib.domain.sla.policies import Policy
from chalicelib.domain.timers.timer_source import Timer, TimerSource


def next_timer(case: Case, rules: Rules | Policy, sources: Iterable[TimerSource]) -> Timer | None:
    """When time will next do something to this case. Historical cases rest. A policy alone knows no hours: by it all
    delays run around the clock."""
    if case.historical:
        return None
    rules = _with_hours(rules)
    moments = ((source.next_at(case, rules), source.kind) for source in sources)
    return min((Timer(at, kind) for at, kind in moments if at is not None), default=None)


def due_facts(case: Case, rules: Rules | Policy, now: Instant, sources: Iterable[TimerSource]) -> list[Fact]:
    """What time has done to this case by `now`, to be written down: one step, that of the first source which has
    something due. Sources are asked in the order they are registered, the most urgent first."""
    if case.historical:
        return []
    rules = _with_hours(rules)
    return next((facts for source in sources if (facts := source.due(case, rules, now))), [])


def _with_hours(rules: Rules | Policy) -> Rules:
    return rules if isinstance(rules, Rules) else Rules(rules, ALWAYS)
