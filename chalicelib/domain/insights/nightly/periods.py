"""The days that the nightly job compares with each other."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from chalicelib.domain.insights.findings import Counts
from chalicelib.domain.insights.insight_inputs import InsightInputs, Said
from chalicelib.domain.insights.nightly.chance import rate_ratio
from chalicelib.domain.insights.outcomes.shares import Interval
from chalicelib.domain.kernel.timestamps import Day, next_day

RECENT_DAYS = 14
"""What is new is what was said in two weeks, against all days before."""
PERIOD_DAYS = 28
"""Keywords and unusual days are those of four weeks."""


def all_days(inputs: InsightInputs) -> list[Day]:
    """The days of the inputs, the oldest first."""
    days, day = [], inputs.first
    while day <= inputs.day:
        days.append(day)
        day = next_day(day)
    return days


def first_spoken(inputs: InsightInputs) -> Day:
    """The first day on which anything was said: a new shop has none before, which is no change."""
    return inputs.said[0].day if inputs.said else inputs.day


def counts_of(said: Iterable[Said]) -> Counts:
    """How much was said by day."""
    return dict(sorted(Counter(each.day for each in said).items()))


def trend_of(counts: Counts, inputs: InsightInputs) -> tuple[float, Interval] | None:
    """How many times as much is said a day in the last two weeks as before, with its interval; None if nothing was said
    by anybody before."""
    border = next_day(inputs.day, -RECENT_DAYS)
    before_days = (_number(border) - _number(first_spoken(inputs))) + 1
    recent = sum(count for day, count in counts.items() if day > border)
    return rate_ratio(recent, RECENT_DAYS, sum(counts.values()) - recent, before_days) if before_days > 0 else None


def _number(day: Day) -> int:
    return date.fromisoformat(day).toordinal()
