"""The part of what was found that somebody asked for: by product, type, channel and period."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from chalicelib.domain.insights.findings import Anomaly, Counts, Findings, Keyword, Topic
from chalicelib.domain.kernel.timestamps import Day, next_day

WEEKLY_FROM = 32
"""Periods of so many days are counted by weeks."""
WEEK = 7


class Asked(Struct, frozen=True, kw_only=True):
    """What somebody asked for; None for everything. `days`: the last days of what was found."""

    product: str | None = None
    type: str | None = None
    channel: str | None = None
    days: int | None = None

    def share_of(self, topic: Topic) -> int:
        """How many texts of a topic can have all that was asked for, at the most: texts are counted by product, by type
        and by channel, not by all of them together."""
        sides = ((self.product, topic.products), (self.type, topic.types), (self.channel, topic.channels))
        return min([topic.count, *(counts.get(value, 0) for value, counts in sides if value is not None)])


class TopicLine(Struct, frozen=True):
    """A topic with the number of its texts in the period, those that were asked for among all its texts, and its counts
    over the period."""

    topic: Topic
    count: int
    asked: int
    over_time: list[tuple[Day, int]]


def first_day(findings: Findings, asked: Asked) -> Day:
    """The first day of the period that was asked for."""
    return max(findings.first, next_day(findings.day, 1 - asked.days)) if asked.days else findings.first


def topic_lines(findings: Findings, asked: Asked) -> list[TopicLine]:
    """The topics that have texts of what was asked for, those with most texts first."""
    first = first_day(findings, asked)
    lines = [topic_line(topic, first, findings.day, asked.share_of(topic)) for topic in findings.topics]
    return sorted((each for each in lines if each.asked and each.count), key=lambda each: -min(each.count, each.asked))


def topic_line(topic: Topic, first: Day, last: Day, asked: int) -> TopicLine:
    """A topic in a period."""
    count = sum(count for day, count in topic.counts.items() if first <= day <= last)
    return TopicLine(topic, count, asked, over_time(topic.counts, first, last))


def over_time(counts: Counts, first: Day, last: Day) -> list[tuple[Day, int]]:
    """The counts of each day of a period, or of each whole week of a longer one, under its first day."""
    length = max(0, (date.fromisoformat(last) - date.fromisoformat(first)).days + 1)
    days = [next_day(first, place) for place in range(length)]
    size = WEEK if length >= WEEKLY_FROM else 1
    starts = range(length % size, length, size)
    return [(days[start], sum(counts.get(day, 0) for day in days[start : start + size])) for start in starts]


def keywords_asked(findings: Findings, asked: Asked) -> list[Keyword]:
    """The keywords that rose by more than chance, for what was asked for; those of everything where nothing was."""
    wanted = asked.product, asked.type
    rising = [each for each in findings.keywords if each.rose and (each.product, each.type) == wanted]
    return sorted(rising, key=lambda each: -each.weight)


def anomalies_asked(findings: Findings, asked: Asked) -> list[Anomaly]:
    """The days that break the pattern in the period, the newest first."""
    first = first_day(findings, asked)
    wanted = {("product", asked.product), ("type", asked.type), ("channel", asked.channel)}
    is_all = all(value is None for _, value in wanted)
    days = [
        each for each in findings.anomalies if each.day >= first and (is_all or (each.dimension, each.value) in wanted)
    ]
    return sorted(days, key=lambda each: (each.day, abs(each.score)), reverse=True)


def products_of(findings: Findings) -> list[str]:
    """The products that topics are about, those with most texts first."""
    return _summed(topic.products for topic in findings.topics)


def types_of(findings: Findings) -> list[str]:
    """The types of cases that topics are about."""
    return _summed(topic.types for topic in findings.topics)


def channels_of(findings: Findings) -> list[str]:
    """The channels on which topics came up."""
    return _summed(topic.channels for topic in findings.topics)


def _summed(counts: Iterable[dict[str, int]]) -> list[str]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return [value for value, _ in total.most_common()]
