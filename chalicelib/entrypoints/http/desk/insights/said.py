"""What customers say: topics over time, and what else stood out."""

from chalice.app import Response

from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.insights.common import find_findings, insights_page, not_computed
from chalicelib.entrypoints.http.requests import parameter
from chalicelib.usecases.insights import choose_findings as choose

PERIODS = (14, 30, 90)
DRAWN = 12
"""So many topics are drawn; the table has all."""
OFFERED = 200
"""So many products are offered, those with most texts."""


def show(desk: Desk) -> Response:
    """The topics of what was asked for, and hot questions, rising keywords, unusual days and segments."""
    from chalicelib.entrypoints.http.desk.insights.topic_cards import cards_of, total_chart

    findings = find_findings(desk, "said")
    if findings is None:
        return not_computed(desk, "said")
    asked = _asked(desk)
    lines = choose.topic_lines(findings, asked)
    return insights_page(
        desk,
        "said",
        "said.html",
        findings,
        asked=asked,
        is_bound=sum(value is not None for value in (asked.product, asked.type, asked.channel)) > 1,
        periods=PERIODS,
        totals=choose.over_time(findings.totals, choose.first_day(findings, asked), findings.day),
        total=total_chart(desk, findings, choose.first_day(findings, asked)),
        cards=cards_of(desk, findings, lines[:DRAWN]),
        lines=lines,
        keywords=choose.keywords_asked(findings, asked),
        anomalies=choose.anomalies_asked(findings, asked),
        products=_options(choose.products_of(findings), asked.product),
        types=_options(choose.types_of(findings), asked.type),
        channels=_options(choose.channels_of(findings), asked.channel),
    )


def _asked(desk: Desk) -> choose.Asked:
    product, kind, channel, days = (parameter(desk.request, name) for name in ("product", "type", "channel", "days"))
    period = next((each for each in PERIODS if str(each) == days), None)
    return choose.Asked(product=product, type=kind, channel=channel, days=period)


def _options(values: list[str], chosen: str | None) -> list[str]:
    """What a list offers; what was chosen is always there."""
    offered = values[:OFFERED]
    return offered if chosen is None or chosen in offered else [chosen, *offered]
