"""How a rate of events changed."""

from collections.abc import Mapping
from datetime import date
from math import exp, log, sqrt

from chalicelib.domain.insights.findings import Interval
from chalicelib.domain.kernel.timestamps import Day, next_day

Z = 1.96
FEWEST = 5
"""Of fewer events nothing is said."""
RECENT_DAYS = 14


def rate_ratio(recent: float, recent_days: float, before: float, before_days: float) -> tuple[float, Interval] | None:
    """The rate of the recent time divided by that of the time before, with its 95 % interval; None where there is too
    little to say.

    The counts are taken as Poisson, so the logarithm of the ratio has the variance 1/recent + 1/before (Rothman,
    Greenland and Lash, Modern Epidemiology, chapter 14). If a count is 0, half an event is added to both (Haldane,
    Ann. Hum. Genet. 20, 1956).
    """
    if recent + before < FEWEST or recent_days <= 0 or before_days <= 0:
        return None
    if not recent or not before:
        recent, before = recent + 0.5, before + 0.5
    ratio = (recent / recent_days) / (before / before_days)
    reach = Z * sqrt(1 / recent + 1 / before)
    return ratio, (exp(log(ratio) - reach), exp(log(ratio) + reach))


def trend_of(counts: Mapping[Day, int], first: Day, last: Day) -> tuple[float, Interval] | None:
    """The texts a day in the last two weeks divided by those in the time before, from the day `first` on."""
    start = next_day(last, 1 - RECENT_DAYS)
    recent = sum(count for day, count in counts.items() if start <= day <= last)
    before = sum(count for day, count in counts.items() if first <= day < start)
    return rate_ratio(recent, RECENT_DAYS, before, days_between(first, start))


def days_between(first: Day, last: Day) -> int:
    """The days from one to another, the other not included; negative if it is earlier."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
