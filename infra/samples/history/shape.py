"""How many cases each of the sixty days before the sample day had: the weekdays, a promotion, a bad batch, a slow week.

Days are counted back from today. The last day of this history is the day before yesterday, because yesterday is the
sample day: the shop's anniversary, with five times as many cases as usual.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

FIRST_DAY_AGO, LAST_DAY_AGO = 60, 2
WEEKDAYS = (1.3, 1.15, 1.05, 1.0, 1.1, 0.7, 0.75)
"""The share of cases by weekday, Monday first: people write when the weekend is over."""
GROWTH = 0.5
"""The shop grows: the last day has this much more than the first."""
PROMOTION = 2.6
"""How many times as many cases the days of the promotion have."""
BATCH_DAYS = 14
BATCH_SHARE = 0.09
"""The share of all cases that are about the bad batch, in its two weeks."""


class Planned(NamedTuple):
    """A case of a day. `batch`: it is about the bad batch."""

    day: date
    batch: bool


def promotion(today: date) -> tuple[date, date]:
    """The Saturday and Sunday of the promotion, about three weeks ago."""
    near = today - timedelta(days=18)
    saturday = near - timedelta(days=(near.weekday() - 5) % 7)
    return saturday, saturday + timedelta(days=1)


def slow_week(today: date) -> tuple[date, date]:
    """The Monday and Sunday of the week in which one team was slow, about five weeks ago."""
    near = today - timedelta(days=35)
    monday = near - timedelta(days=near.weekday())
    return monday, monday + timedelta(days=6)


def days(today: date) -> list[date]:
    """The days of the history, the oldest first."""
    return [today - timedelta(days=ago) for ago in range(FIRST_DAY_AGO, LAST_DAY_AGO - 1, -1)]


def planned_cases(today: date, cases: int) -> list[Planned]:
    """So many cases, by day. The same for the same day."""
    every_day = days(today)
    about_batch = round(cases * BATCH_SHARE)
    ordinary = _shared_out(cases - about_batch, [_weight(today, day) for day in every_day])
    batch = _shared_out(about_batch, [_batch_weight(place, len(every_day)) for place in range(len(every_day))])
    planned = []
    for day, count, bad in zip(every_day, ordinary, batch, strict=True):
        planned += [Planned(day, False)] * count + [Planned(day, True)] * bad
    return planned


def _weight(today: date, day: date) -> float:
    first = today - timedelta(days=FIRST_DAY_AGO)
    grown = 1 + GROWTH * (day - first).days / (FIRST_DAY_AGO - LAST_DAY_AGO)
    return WEEKDAYS[day.weekday()] * grown * (PROMOTION if day in promotion(today) else 1)


def _batch_weight(place: int, count: int) -> float:
    """The complaints about the batch begin slowly, and there are most in the middle of the second week."""
    week_days = place - (count - BATCH_DAYS)
    return 0 if week_days < 0 else min(1 + week_days, 10.0)


def _shared_out(total: int, weights: Sequence[float]) -> list[int]:
    """The total by weights, in whole numbers that add up, by the largest remainder."""
    exact = [total * weight / sum(weights) for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: (shares[place] - exact[place], place))
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares
