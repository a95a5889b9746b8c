"""What stood out: a day, and all that goes together more often than by chance."""

from chalice.app import Response

from chalicelib.domain.kernel.errors import NotFound
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.insights.common import find_findings, insights_page, not_computed


def day(desk: Desk, day: str) -> Response:
    """What was unusual on a day, and the topics of it."""
    findings = find_findings(desk, "said")
    if findings is None:
        return not_computed(desk, "said")
    if not findings.first <= day <= findings.day or day not in findings.totals:
        raise NotFound("There is no such page.")
    topics = sorted((topic for topic in findings.topics if day in topic.counts), key=lambda topic: -topic.counts[day])
    anomalies = [each for each in findings.anomalies if each.day == day]
    return insights_page(desk, "said", "day.html", findings, day=day, topics=topics, listed=anomalies)


def associations(desk: Desk) -> Response:
    """What goes together, the most certain first."""
    findings = find_findings(desk, "said")
    if findings is None:
        return not_computed(desk, "said")
    listed = sorted(findings.associations, key=lambda each: -each.interval[0])
    return insights_page(desk, "said", "associations.html", findings, listed=listed)
