"""The days that break the pattern of the days before: of everything that was said, and by topic, product, type and
channel."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from chalicelib.domain.insights.findings import Anomaly, EventEffect, Topic
from chalicelib.domain.insights.insight_inputs import InsightInputs, Said
from chalicelib.domain.insights.nightly.calendar_effects import event_effects
from chalicelib.domain.insights.nightly.periods import PERIOD_DAYS, all_days, first_spoken
from chalicelib.domain.insights.unusual_days import FIRST_DAYS, score_days
from chalicelib.domain.kernel.timestamps import Day

FEWEST = 20
"""Texts that a topic, product, type or channel must have before its days are looked at."""
Dimension = Literal["all", "topic", "product", "type", "channel"]
VALUES: Mapping[Dimension, Callable[[Said], Sequence[str]]] = {
    "all": lambda _said: ["all"],
    "topic": lambda said: [said.topic] if said.topic else [],
    "product": lambda said: said.item.products,
    "type": lambda said: [said.item.type] if said.item.type else [],
    "channel": lambda said: [said.item.channel] if said.item.channel else [],
}


class DaysFound(NamedTuple):
    """The unusual days of the last four weeks, the newest first, and what events did."""

    anomalies: list[Anomaly]
    events: list[EventEffect]


def unusual_days(inputs: InsightInputs, said: Sequence[Said], topics: Sequence[Topic]) -> DaysFound:
    """What breaks the pattern. Days before anything was said are none of a shop that had nothing to say."""
    begin = first_spoken(inputs)
    days = [day for day in all_days(inputs) if day >= begin]
    labels = {topic.id: " ".join(topic.words[:3]) for topic in topics}
    anomalies = [
        anomaly
        for dimension, values in VALUES.items()
        for value, counts in sorted(_series(said, values, days).items())
        for anomaly in _of_series(dimension, value, labels.get(value, value), days, counts, inputs)
    ]
    ordered = sorted(anomalies, key=lambda each: (each.day, abs(each.score), each.dimension, each.value), reverse=True)
    whole = _series(said, VALUES["all"], days).get("all", [0] * len(days))
    expected = [score.expected for score in score_days(whole)]
    return DaysFound(ordered, event_effects(days, whole, expected, inputs.events, FIRST_DAYS))


def _series(said: Sequence[Said], values: Callable[[Said], Sequence[str]], days: Sequence[Day]) -> dict[str, list[int]]:
    """The daily counts of each value that has enough texts."""
    places = {day: place for place, day in enumerate(days)}
    series = defaultdict[str, list[int]](lambda: [0] * len(days))
    for each in said:
        place = places[each.day]
        for value in set(values(each)):
            series[value][place] += 1
    return {value: counts for value, counts in series.items() if sum(counts) >= FEWEST}


def _of_series(
    dimension: Dimension, value: str, label: str, days: Sequence[Day], counts: Sequence[int], inputs: InsightInputs
) -> Iterator[Anomaly]:
    scores = score_days(counts)
    for day, count, score in list(zip(days, counts, scores, strict=True))[-PERIOD_DAYS:]:
        if score.flagged:
            yield Anomaly(
                day=day,
                dimension=dimension,
                value=value,
                label=label,
                count=count,
                expected=score.expected,
                score=score.score,
                event=inputs.events.get(day),
            )
