"""What of the findings of a day may become an alert."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from chalicelib.domain.insights.findings import Anomaly, Association, Findings, Question, Sums, Topic
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.domain.insights.outcomes.reach import MOST_EVIDENCE, items_with, reach_of
from chalicelib.domain.kernel.timestamps import next_day

Kind = Literal["topic", "product", "anomaly", "question", "association"]
ANOMALY_DAYS = 7
ASKING = 10
CERTAIN = 0.01
LIFTED = 1.5
SUBJECTS = ("topic", "product", "type")
"""Of what unusual days are alerts: a day on which more is said by every channel is one of a topic or type, too."""
NAMED_BY = 4
"""So many words of a topic or question name it in a line."""


class Candidate(Struct, frozen=True, kw_only=True):
    """What may become an alert."""

    kind: Kind
    value: str
    label: str
    customers: int
    money: Sums
    evidence: list[str]
    link: str
    facts: dict[str, float]


def subject_of(kind: str, value: str) -> str:
    """What an alert is about: the same for a topic that grows and for an unusual day of it."""
    return f"{kind}:{value}" if kind in ("topic", "question") else value


def candidates(findings: Findings, inputs: InsightInputs) -> Iterator[Candidate]:
    """The candidates of a day: topics that grow and blame more than the shop's feedback does, unusual days that no
    event explains, questions of many, and products that occur with something more often than by chance."""
    said = inputs.said
    mean = sum(each.sentiment == "negative" for each in said) / len(said) if said else 0.0
    yield from (_of_topic(topic, mean) for topic in findings.topics if _is_growing(topic, mean))
    yield from _of_anomalies(findings, inputs)
    yield from (_of_question(question) for question in findings.questions if question.customers >= ASKING)
    for association in findings.associations:
        is_strong = association.q <= CERTAIN and association.interval[0] > LIFTED
        if is_strong and "product" in (association.left, association.right):
            yield _of_association(association, inputs, {topic.id: _label(topic.words) for topic in findings.topics})


def _label(words: Sequence[str]) -> str:
    """The first words that name a topic or question."""
    return ", ".join(words[:NAMED_BY])


def _is_growing(topic: Topic, mean: float) -> bool:
    """Whether its trend is certainly upwards and its share of blame certainly above the mean."""
    return topic.trend_interval is not None and topic.trend_interval[0] > 1 and topic.negative_interval[0] > mean


def _of_topic(topic: Topic, mean: float) -> Candidate:
    return Candidate(
        kind="topic",
        value=topic.id,
        label=_label(topic.words),
        customers=topic.customers,
        money=topic.money,
        evidence=_first([*topic.typical, *topic.items]),
        link=f"insights/topics/{topic.id}",
        facts={"count": float(topic.count), "negative": topic.negative, "mean": mean, "trend": topic.trend or 0.0},
    )


def _of_question(question: Question) -> Candidate:
    return Candidate(
        kind="question",
        value=question.id,
        label=_label(question.words),
        customers=question.customers,
        money=question.money,
        evidence=_first([question.typical, *question.items]),
        link=f"insights/questions/{question.id}",
        facts={"count": float(question.count), "answered": float(question.article is not None)},
    )


def _of_anomalies(findings: Findings, inputs: InsightInputs) -> Iterator[Candidate]:
    """A candidate a value. Days with less than expected are no alert: nobody is touched by them."""
    since = next_day(findings.day, -ANOMALY_DAYS)
    values = defaultdict[tuple[str, str], list[Anomaly]](list)
    for anomaly in sorted(findings.anomalies, key=lambda each: each.day):
        is_alert = anomaly.dimension in SUBJECTS and anomaly.event is None and anomaly.score > 0
        if is_alert and since < anomaly.day <= findings.day:
            values[anomaly.dimension, anomaly.value].append(anomaly)
    for (dimension, value), anomalies in sorted(values.items()):
        days = {anomaly.day for anomaly in anomalies}
        reach = reach_of((each for each in items_with(inputs, {dimension: value}) if each.day in days), inputs.cases)
        yield Candidate(
            kind="anomaly",
            value=f"{dimension}:{value}",
            label=anomalies[-1].label,
            customers=reach.customers,
            money=reach.money,
            evidence=reach.evidence,
            link=f"insights/days/{anomalies[-1].day}",
            facts=_sizes(anomalies),
        )


def _sizes(anomalies: list[Anomaly]) -> dict[str, float]:
    """The counts of the unusual days together, and the highest score."""
    return {
        "days": float(len(anomalies)),
        "count": float(sum(anomaly.count for anomaly in anomalies)),
        "expected": sum(anomaly.expected for anomaly in anomalies),
        "score": max(anomaly.score for anomaly in anomalies),
    }


def _of_association(association: Association, inputs: InsightInputs, topics: Mapping[str, str]) -> Candidate:
    reach = reach_of(
        items_with(inputs, {association.left: association.left_value, association.right: association.right_value}),
        inputs.cases,
    )
    pair = "+".join(
        sorted((f"{association.left}:{association.left_value}", f"{association.right}:{association.right_value}"))
    )
    return Candidate(
        kind="association",
        value=pair,
        label=" × ".join(topics.get(each, each) for each in (association.left_value, association.right_value)),
        customers=reach.customers or association.count,
        money=reach.money,
        evidence=reach.evidence,
        link="insights/associations",
        facts={
            "count": float(association.count),
            "expected": association.expected,
            "lift": association.lift,
            "q": association.q,
        },
    )


def _first(ids: list[str]) -> list[str]:
    return list(dict.fromkeys(ids))[:MOST_EVIDENCE]
