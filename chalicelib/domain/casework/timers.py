"""The timer of a snoozed case: it is to be worked on again at its time."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.casework.facts import SnoozeEnded
from chalicelib.domain.casework.parts import snooze_of
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.timers.timer_source import TimerSource


def snooze_ends_at(case: Case, rules: Rules) -> Instant | None:
    """When the case is snoozed until; None if it is not, or until no time."""
    snooze = snooze_of(case)
    return snooze.until if snooze is not None else None


def snooze_end_due(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    """The end of a snooze whose time has come."""
    snooze = snooze_of(case)
    if snooze is None or snooze.since is None or snooze.until is None or snooze.until > now:
        return []
    return [SnoozeEnded(why="time", since=snooze.since)]


TIMERS = (TimerSource("a snooze ends", snooze_ends_at, snooze_end_due),)
