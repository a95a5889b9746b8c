"""The page of the nightly report about feedback."""

from chalicelib.adapters.metrics.data_lake import DataLake
from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.shops.shop import Shop

MOST = 20
"""So many questions and unusual days are listed; the desk has all."""


def publish_feedback_report(pages: TemplateRenderer, data_lake: DataLake, shop: Shop, findings: Findings) -> None:
    """Store the page beside the report of the day, in the shop's language, in place of an earlier one."""
    html = pages.render(
        "feedback_report.html",
        shop.locale,
        shop=shop.name,
        found=findings,
        items=findings.items,
        customers=findings.customers,
        most=MOST,
    )
    data_lake.save_feedback_report(shop.id, findings.day, html)
