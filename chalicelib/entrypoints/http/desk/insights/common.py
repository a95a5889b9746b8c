"""What the pages of insights share: who may open which, and the page while nothing was computed."""

from typing import TYPE_CHECKING, Any, NamedTuple

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.timestamps import day_of, next_day
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import page
from chalicelib.entrypoints.http.desk.settings.cards import may
from chalicelib.entrypoints.http.desk.words import Words

if TYPE_CHECKING:
    from chalicelib.domain.insights.findings import Findings


class Tab(NamedTuple):
    """A page of insights: its name, its path, and who may open it (`agent`: everybody whose shop it is)."""

    name: str
    path: str
    opens: str


TABS = (
    Tab("said", "insights", "agent"),
    Tab("alerts", "insights/alerts", "supervisor"),
    Tab("warnings", "insights/warnings", "supervisor"),
    Tab("corrections", "insights/corrections", "agent"),
    Tab("models", "insights/models", "supervisor"),
)
"""The pages in their order. Everybody may read what customers say and correct types; what is decided about orders,
alerts and models is for supervisors."""


def open_tab(desk: Desk, name: str) -> None:
    """NotFound unless the caller may open this page."""
    if not may(desk.caller, next(tab.opens for tab in TABS if tab.name == name)):
        raise NotFound("There is no such page.")


def find_findings(desk: Desk, tab: str) -> "Findings | None":
    """What was found last, for a page that is being opened. NotFound unless the caller may open it."""
    from chalicelib.usecases.insights.read_insights import newest_findings

    open_tab(desk, tab)
    return newest_findings(services(), desk.shop)


def insights_page(
    desk: Desk, tab: str, template: str, findings: "Findings | None" = None, /, **values: Any
) -> Response:
    """A page of insights, from `templates/insights/<template>`."""
    yesterday = next_day(day_of(desk.now, desk.shop.time_zone), -1)
    tabs = [each for each in TABS if may(desk.caller, each.opens)]
    is_old = findings is not None and findings.day < yesterday
    comma = Words(desk).listed
    names = {topic.id: comma(topic.words) or topic.id for topic in findings.topics} if findings else {}
    shared = {"tabs": tabs, "tab": tab, "findings": findings, "is_old": is_old, "topic_names": names}
    values |= {"product_path": product_path}
    return page(desk, f"insights/{template}", **shared, **values)


def not_computed(desk: Desk, tab: str) -> Response:
    """The page that says when there will be something."""
    tomorrow = next_day(day_of(desk.now, desk.shop.time_zone))
    return insights_page(desk, tab, "none.html", None, tomorrow=tomorrow)


def product_path(sku: str) -> str:
    """The path of a product's page: a SKU that an address cannot have as it is stands in its query."""
    from urllib.parse import urlencode

    is_plain = sku.isascii() and sku.replace("-", "").replace("_", "").isalnum()
    return f"insights/products/{sku}" if is_plain else f"insights/products?{urlencode({'sku': sku})}"
