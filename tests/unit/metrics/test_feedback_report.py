"""The page of the nightly report about feedback."""

import pytest
from msgspec.structs import replace

from chalicelib.adapters.metrics.data_lake import DataLake
from chalicelib.adapters.metrics.feedback_report import publish_feedback_report
from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from tests.fakes import SHOP
from tests.support.insights.pages import alert, findings, topic


class PagesInMemory(DataLake):
    """Holds pages in memory."""

    def __init__(self) -> None:
        super().__init__("data")
        self.pages: dict[tuple[str, str], str] = {}

    def save_feedback_report(self, shop: str, day: str, html: str) -> None:
        self.pages[shop, day] = html


@pytest.mark.parametrize(("locale", "title"), [("en", "What to look at first"), ("zh-CN", "优先关注")])
def test_the_page_has_what_was_found_in_the_shops_language_and_escaped(locale: str, title: str) -> None:
    pages = PagesInMemory()
    hostile = replace(
        findings(), topics=[topic(words=("<b>hot</b>", "充电"))], alerts=[alert(label="<script>x</script>")]
    )
    publish_feedback_report(TemplateRenderer(), pages, replace(SHOP, locale=locale), hostile)
    page = pages.pages[SHOP.id, hostile.day]
    assert title in page
    assert "&lt;b&gt;hot&lt;/b&gt; · 充电" in page
    assert "<script" not in page
    assert f"{hostile.items}" in page


def test_a_day_without_findings_has_a_page_that_says_so() -> None:
    pages = PagesInMemory()
    nothing = replace(findings(), topics=[], alerts=[], questions=[], anomalies=[], drivers=[])
    publish_feedback_report(TemplateRenderer(), pages, SHOP, nothing)
    assert pages.pages
