"""Days on which more or less was said than on the days before: of everything, a topic, product, type or channel."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Literal

from msgspec import Struct

from chalicelib.domain.insights.findings import Anomaly, Counts
from chalicelib.domain.insights.night.rates import days_between
from chalicelib.domain.insights.unusual_days import FIRST_DAYS, score_days
from chalicelib.domain.kernel.timestamps import Day, next_day

FEWEST = 20
"""Of fewer texts in all days no day is judged."""
LISTED_DAYS = 28
"""Only the last so many days are listed."""
MOST_SERIES = 50
"""The most values of a dimension that are looked at, the largest first: each more brings false alarms."""


class Series(Struct, frozen=True, kw_only=True):
    """The counts of one value of a dimension."""

    dimension: Literal["all", "topic", "product", "type", "channel"]
    value: str
    label: str
    counts: Counts


def largest(series: Iterable[Series]) -> list[Series]:
    """The largest series of a dimension that have enough texts."""
    enough = [each for each in series if sum(each.counts.values()) >= FEWEST]
    ordered = sorted(enough, key=lambda each: (-sum(each.counts.values()), each.value))
    return list(islice(ordered, MOST_SERIES))


def unusual_counts(series: Iterable[Series], events: Mapping[Day, str], first: Day, last: Day) -> list[Anomaly]:
    """The flagged days of the last four weeks, by day and in the order of the series. `first`: the first day on which
    the shop had texts; the days before it are no zeros, and its first four weeks are never flagged."""
    days = [next_day(first, place) for place in range(days_between(first, last) + 1)]
    found = [anomaly for each in series for anomaly in _flagged(each, days, events)]
    return sorted(found, key=lambda each: each.day)


def _flagged(series: Series, days: list[Day], events: Mapping[Day, str]) -> Iterator[Anomaly]:
    counts = [series.counts.get(day, 0) for day in days]
    for place, scored in enumerate(score_days(counts)):
        if scored.flagged and place >= max(FIRST_DAYS, len(days) - LISTED_DAYS):
            yield Anomaly(
                day=days[place],
                dimension=series.dimension,
                value=series.value,
                label=series.label,
                count=counts[place],
                expected=scored.expected,
                score=scored.score,
                event=events.get(days[place]),
            )
