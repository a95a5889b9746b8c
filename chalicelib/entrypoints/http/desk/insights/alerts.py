"""Alerts: what to look at first, and whether it was worth it."""

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotAllowed, invalid
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.insights.common import insights_page, not_computed, open_tab

EVIDENCE = 3
"""So many texts are shown with an alert."""


def show(desk: Desk) -> Response:
    """The alerts, the weightiest first, each with some of its texts and what was thought of it."""
    from chalicelib.domain.metrics.intervals import csat_interval
    from chalicelib.usecases.insights.read_insights import read_texts, recent_findings

    open_tab(desk, "alerts")
    recent = recent_findings(services(), desk.shop)
    if not recent:
        return not_computed(desk, "alerts")
    latest = {alert.id: alert for findings in reversed(recent) for alert in findings.alerts}
    alerts = sorted(latest.values(), key=lambda alert: -alert.weight)
    wanted = [item for alert in alerts for item in alert.evidence[:EVIDENCE]]
    texts = {item.id: item for item in read_texts(services(), desk.shop.id, wanted).items}
    note_access(desk.request, [item.customer for item in texts.values() if item.customer], "feedback")
    opinions = services().findings.opinions(desk.shop.id)
    useful = sum(opinion.useful for opinion in opinions.values())
    return insights_page(
        desk,
        "alerts",
        "alerts.html",
        recent[0],
        alerts=[(alert, [texts[each] for each in alert.evidence[:EVIDENCE] if each in texts]) for alert in alerts],
        opinions=opinions,
        useful=useful,
        limits=csat_interval(useful, len(opinions)),
    )


def judge(desk: Desk) -> Response:
    """Store whether an alert was useful."""
    from chalicelib.usecases.insights.judge_alert import judge_alert

    if not desk.caller.is_second_person:
        raise NotAllowed("Only supervisors and admins may judge alerts.")
    useful = desk.form.get("useful")
    if useful not in ("1", "0"):
        raise invalid("useful", "is 1 or 0")
    judge_alert(services(), desk.shop, desk.form.get("alert", ""), useful == "1", desk.caller.name)
    return see_other(desk.address("insights/alerts"))
