"""A product: what was delivered and came back, what customers say about it, and what goes with its faults."""

from urllib.parse import unquote

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.timestamps import next_day
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.insights.common import (
    find_findings,
    insights_page,
    not_computed,
    product_path,
)
from chalicelib.entrypoints.http.requests import parameter

DAYS = 90
"""What was delivered and came back is counted over so many days at the most."""


def find(desk: Desk) -> Response:
    """The product that was asked for (`?sku=`)."""
    sku = parameter(desk.request, "sku")
    if sku is None:
        raise NotFound("There is no such page.")
    path = product_path(sku)
    return show(desk, sku) if "?" in path else see_other(desk.address(path))


def show(desk: Desk, sku: str) -> Response:
    """What was found about a product."""
    from chalicelib.domain.metrics.intervals import csat_interval
    from chalicelib.entrypoints.http.desk.insights.topic_cards import cards_of
    from chalicelib.usecases.insights.read_product import product_found, read_delivered

    findings = find_findings(desk, "said")
    if findings is None:
        return not_computed(desk, "said")
    about = product_found(findings, sku) or product_found(findings, unquote(sku))
    if about is None:
        raise NotFound("There is no such page.")
    first = max(findings.first, next_day(findings.day, 1 - DAYS))
    counted = read_delivered(services().metrics, desk.shop.id, about.sku, first, findings.day)
    return insights_page(
        desk,
        "said",
        "product.html",
        findings,
        about=about,
        first=first,
        counted=counted,
        limits=csat_interval(min(counted.returned, counted.delivered), counted.delivered),
        cards=cards_of(desk, findings, about.topics),
    )
