"""Topics with their charts."""

from collections.abc import Sequence

from markupsafe import Markup
from msgspec import Struct

from chalicelib.adapters.desk.charts.day_counts import SMALL, WIDE, day_counts
from chalicelib.adapters.desk.charts.interval_mark import ratio_mark, share_mark
from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.kernel.timestamps import Day, next_day
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.words import Words
from chalicelib.usecases.insights.choose_findings import TopicLine, over_time


class TopicCard(Struct, frozen=True):
    """A topic, drawn: its counts over time, and its shares with their intervals."""

    line: TopicLine
    chart: Markup
    negative: Markup
    trend: Markup


def cards_of(
    desk: Desk, findings: Findings, lines: Sequence[TopicLine], size: tuple[int, int] = SMALL
) -> list[TopicCard]:
    """The cards of topics, all on one scale."""
    top = max((count for line in lines for _, count in line.over_time), default=1)
    return [_card(desk, findings, line, top, size) for line in lines]


def _card(desk: Desk, findings: Findings, line: TopicLine, top: int, size: tuple[int, int]) -> TopicCard:
    topic = line.topic
    words = Words(desk)
    text = chart_text(words, words.listed(topic.words), line.over_time)
    marked = unusual_starts(findings, "topic", topic.id, line.over_time)
    is_drawn = topic.trend is not None and topic.trend_interval is not None
    return TopicCard(
        line=line,
        chart=day_counts(line.over_time, top, text, marked, size),
        negative=share_mark(topic.negative, topic.negative_interval),
        trend=ratio_mark(topic.trend or 1, topic.trend_interval or (1, 1)) if is_drawn else Markup(""),
    )


def total_chart(desk: Desk, findings: Findings, first: Day) -> Markup:
    """All texts over time; nothing where they were not counted."""
    words, counts = Words(desk), over_time(findings.totals, first, findings.day)
    top = max((count for _, count in counts), default=0)
    if not top:
        return Markup("")
    marked = unusual_starts(findings, "all", None, counts)
    return day_counts(counts, top, chart_text(words, words.say("insights.all_texts"), counts), marked, WIDE)


def chart_text(words: Words, name: str, counts: Sequence[tuple[Day, int]]) -> str:
    """What a chart shows, for those who do not see it."""
    if not counts:
        return name
    is_daily = len(counts) == 1 or counts[1][0] == next_day(counts[0][0])
    return words.say(
        "insights.chart.days" if is_daily else "insights.chart.weeks",
        name=name,
        count=sum(count for _, count in counts),
        first=counts[0][0],
        most=max(count for _, count in counts),
        peak=max(counts, key=lambda each: each[1])[0],
    )


def unusual_starts(
    findings: Findings, dimension: str, value: str | None, counts: Sequence[tuple[Day, int]]
) -> set[Day]:
    """The days or weeks, by their first day, in which a day was unusual."""
    days = [each.day for each in findings.anomalies if each.dimension == dimension and value in (None, each.value)]
    starts = [start for start, _ in counts]
    return {max(start for start in starts if start <= day) for day in days if starts and day >= starts[0]}
