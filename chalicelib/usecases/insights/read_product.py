"""Read what was found about a product, and how much of it was delivered and came back."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.insights.findings import Alert, Anomaly, Association, Findings, Keyword
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.usecases.insights.choose_findings import TopicLine, topic_line

if TYPE_CHECKING:
    from chalicelib.usecases.ports.metrics import AgentRecords

PRODUCT, WEEK, TOPIC = "product", "week", "topic"


class Delivered(Struct, frozen=True):
    """Items that were delivered in a period, and how many of these same items are to go back."""

    delivered: int
    returned: int


class ProductFound(Struct, frozen=True, kw_only=True):
    """What was found about a product. `weeks`: what goes with the week in which it was bought, which stands for its
    batch; `others`: what else goes with it; `alert`: what it cost, if it is among the alerts."""

    sku: str
    topics: list[TopicLine]
    keywords: list[Keyword]
    anomalies: list[Anomaly]
    weeks: list[Association]
    others: list[Association]
    alert: Alert | None


def product_found(findings: Findings, sku: str) -> ProductFound | None:
    """What was found about a product; None if nothing was."""
    topics = [
        topic_line(topic, findings.first, findings.day, topic.products[sku])
        for topic in findings.topics
        if topic.products.get(sku)
    ]
    associations = _associations(findings, sku, {line.topic.id for line in topics})
    about = ProductFound(
        sku=sku,
        topics=sorted(topics, key=lambda line: -line.asked),
        keywords=sorted((each for each in findings.keywords if each.product == sku), key=lambda each: -each.weight),
        anomalies=[each for each in findings.anomalies if (each.dimension, each.value) == (PRODUCT, sku)],
        weeks=[each for each in associations if WEEK in (each.left, each.right)],
        others=[each for each in associations if WEEK not in (each.left, each.right)],
        alert=next((each for each in findings.alerts if (each.kind, each.value) == (PRODUCT, sku)), None),
    )
    is_there = about.topics or about.keywords or about.anomalies or associations or about.alert
    return about if is_there else None


def _associations(findings: Findings, sku: str, topics: set[str]) -> list[Association]:
    """What goes with the product; and which of its topics go with the week of purchase."""
    chosen = []
    for each in findings.associations:
        sides = {(each.left, each.left_value), (each.right, each.right_value)}
        is_topic_of_week = WEEK in (each.left, each.right) and any((TOPIC, topic) in sides for topic in topics)
        if (PRODUCT, sku) in sides or is_topic_of_week:
            chosen.append(each)
    return sorted(chosen, key=lambda each: -each.interval[0])


def read_delivered(records: "AgentRecords", shop: str, sku: str, first: Day, last: Day) -> Delivered:
    """What was delivered of a product in a period and how much of that goes back, from the daily metrics."""
    days = [each for each in records.records_between(shop, "flow_sku", first, last) if each["value"] == sku]
    return Delivered(*(sum(int(day.get(name) or 0) for day in days) for name in ("delivered_items", "returned_items")))
