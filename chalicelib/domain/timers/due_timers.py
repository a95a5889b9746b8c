"""What is due on a case now, and when its next timer is due, over all sources of timers."""

from collections.abc import Iterable

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.sla.calendars import ALWAYS
from chalicelib.domain.sla.policies import Policy
from chalicelib.domain.timers.timer_source import Timer, TimerSource


def next_timer(case: Case, rules: Rules | Policy, sources: Iterable[TimerSource]) -> Timer | None:
    """The next timer of a case; None when nothing will be due. Imported cases and merged ones have none.
    With a policy alone, without a calendar, all delays run around the clock."""
    if case.historical or case.merged_into is not None:
        return None
    rules = _with_calendar(rules)
    moments = ((source.next_at(case, rules), source.kind) for source in sources)
    return min((Timer(due_at, kind) for due_at, kind in moments if due_at is not None), default=None)


def due_facts(case: Case, rules: Rules | Policy, now: Instant, sources: Iterable[TimerSource]) -> list[Fact]:
    """The facts that are due on a case at `now`, of the first source that has any. Sources are asked in the order in
    which they are registered, the most urgent first."""
    if case.historical or case.merged_into is not None:
        return []
    rules = _with_calendar(rules)
    for source in sources:
        facts = source.due(case, rules, now)
        if facts:
            return facts
    return []


def _with_calendar(rules: Rules | Policy) -> Rules:
    return rules if isinstance(rules, Rules) else Rules(rules, ALWAYS)
