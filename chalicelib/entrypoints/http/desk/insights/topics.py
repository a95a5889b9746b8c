"""A topic or a question: its figures, and the sentences that it rests on."""

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.insights.common import find_findings, insights_page, not_computed

MOST = 50
"""So many texts are shown."""


def show(desk: Desk, topic: str) -> Response:
    """The topic with its newest texts, and the three that are most typical."""
    from chalicelib.adapters.desk.charts.day_counts import WIDE
    from chalicelib.entrypoints.http.desk.insights.topic_cards import cards_of
    from chalicelib.usecases.insights.choose_findings import topic_line
    from chalicelib.usecases.insights.read_insights import topic_named

    findings = find_findings(desk, "said")
    if findings is None:
        return not_computed(desk, "said")
    shown = topic_named(findings, topic)
    line = topic_line(shown, findings.first, findings.day, shown.count)
    card = cards_of(desk, findings, [line], WIDE)[0]
    texts = _texts(desk, shown.typical, shown.items)
    return insights_page(desk, "said", "topic.html", findings, card=card, **texts)


def question(desk: Desk, question: str) -> Response:
    """A question that is asked again and again, with the texts that ask it."""
    findings = find_findings(desk, "said")
    if findings is None:
        return not_computed(desk, "said")
    asked = next((each for each in findings.questions if each.id == question), None)
    if asked is None:
        raise NotFound("There is no such page.")
    texts = _texts(desk, [asked.typical], asked.items)
    return insights_page(desk, "said", "question.html", findings, asked=asked, **texts)


def _texts(desk: Desk, typical: list[str], newest: list[str]) -> dict[str, Any]:
    """The texts with these ids, and the number of those that are left out. Reading them is recorded."""
    from chalicelib.usecases.insights.read_insights import read_texts

    texts = read_texts(services(), desk.shop.id, [*typical, *newest][:MOST])
    note_access(desk.request, [item.customer for item in texts.items if item.customer], "feedback")
    return {
        "typical": [item for item in texts.items if item.id in typical],
        "newest": [item for item in texts.items if item.id not in typical],
        "gone": texts.gone,
    }
