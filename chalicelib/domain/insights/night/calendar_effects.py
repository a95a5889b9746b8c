"""How many times as much was said on holidays and promotions as was expected."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import exp, log, sqrt
from statistics import fmean

from chalicelib.domain.insights.findings import Counts, EventEffect
from chalicelib.domain.insights.night.rates import Z, days_between
from chalicelib.domain.kernel.timestamps import Day, next_day

NEAR_DAYS = 28
"""A day is compared with the days without an event that are at most so far away."""
FEWEST_DAYS = 14
"""With fewer such days nothing is said."""
PRIOR = 10.0
"""So many texts without a weekday's difference are added to those of the weekday: few texts say little about it."""


class Ordinary:
    """What is said on days without an event."""

    def __init__(self, totals: Mapping[Day, int], events: Mapping[Day, str], first: Day, last: Day) -> None:
        days = (next_day(first, place) for place in range(days_between(first, last) + 1))
        self.counts = {day: totals.get(day, 0) for day in days if day not in events}
        self.mean = fmean(self.counts.values()) if self.counts else 0.0
        self.factors = [self._factor(weekday) for weekday in range(7)]

    def _factor(self, weekday: int) -> float:
        own = [count for day, count in self.counts.items() if date.fromisoformat(day).weekday() == weekday]
        return (sum(own) + PRIOR) / (len(own) * self.mean + PRIOR)

    def near(self, days: Sequence[Day]) -> list[Day]:
        """The ordinary days near to some days."""
        start, end = next_day(days[0], -NEAR_DAYS), next_day(days[-1], NEAR_DAYS)
        return [day for day in self.counts if start <= day <= end]

    def weight(self, days: Sequence[Day]) -> float:
        """How many mean days these days amount to, by their weekdays."""
        return sum(self.factors[date.fromisoformat(day).weekday()] for day in days)


def event_effects(totals: Counts, events: Mapping[Day, str], first: Day, last: Day) -> list[EventEffect]:
    """The effect of each event from one day to another, the oldest first: the count of its days divided by what is
    expected from the ordinary days near to it and their weekdays.

    The interval is that of a ratio of two Poisson counts on the log scale, with its variance multiplied by how much
    more than Poisson the ordinary days vary (quasi-Poisson; McCullagh and Nelder, Generalized Linear Models, 1989).
    """
    ordinary = Ordinary(totals, events, first, last)
    runs = _runs({day: name for day, name in events.items() if first <= day <= last})
    effects = [_effect(events[days[0]], days, totals, ordinary) for days in runs]
    return [effect for effect in effects if effect is not None]


def _runs(events: Mapping[Day, str]) -> list[list[Day]]:
    """The days of each event: days that follow each other and have the same name."""
    runs: list[list[Day]] = []
    for day in sorted(events):
        if runs and runs[-1][-1] == next_day(day, -1) and events[runs[-1][-1]] == events[day]:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _effect(name: str, days: list[Day], totals: Counts, ordinary: Ordinary) -> EventEffect | None:
    near = ordinary.near(days)
    compared = sum(ordinary.counts[day] for day in near)
    if len(near) < FEWEST_DAYS or not compared:
        return None
    count = sum(totals.get(day, 0) for day in days)
    level = compared / ordinary.weight(near)
    expected = level * ordinary.weight(days)
    certain = max(count, 0.5)  # of nothing the interval would have no end
    reach = Z * sqrt(_dispersion(near, level, ordinary) * (1 / certain + 1 / compared))
    middle = log(certain / expected)
    return EventEffect(
        event=name,
        first=days[0],
        last=days[-1],
        count=count,
        expected=expected,
        effect=count / expected,
        interval=(exp(middle - reach) if count else 0.0, exp(middle + reach)),
    )


def _dispersion(days: Sequence[Day], level: float, ordinary: Ordinary) -> float:
    """How many times as much as Poisson the counts of these days vary, 1 at least: Pearson's chi-squared divided by
    its degrees of freedom."""
    expected = [level * ordinary.weight([day]) for day in days]
    pairs = zip(days, expected, strict=True)
    return max(1.0, sum((ordinary.counts[day] - mean) ** 2 / mean for day, mean in pairs) / (len(days) - 1))
