"""A rule of automatic approval that names a segment approves the claims of its customers, and of no others."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.customers.segments import Segments
from chalicelib.domain.flows.facts import FlowMoved
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.ids import case_key, key_of_id
from chalicelib.domain.platforms.events import ReturnLine, claim_of
from chalicelib.domain.sla.policies import AfterSales, AutoApproval, Policy
from chalicelib.usecases.platforms.open_platform_case import PlatformCase, open_platform_case
from chalicelib.usecases.ports.intake import Receipt
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import NOON, SHOP, FakeServices

RULE = AutoApproval(name="champions", kind="return", segment="champions")


def request(name: str) -> dict[str, Any]:
    return {
        "external_id": name,
        "type": "return",
        "channel": "web",
        "subject": "鞋子偏小",
        "message": "想退货",
        "customer": {"external_id": "fang"},
        "order": {"external_id": "O-1", "items": [{"sku": "SHOE-42"}], "delivered_at": "2026-11-18T08:00:00Z"},
        "claim": {"reason": "size_too_small"},
    }


def approvals(services: FakeServices, key: str) -> list[tuple[Actor, str | None]]:
    moved = [event for event in services.cases.events(key) if isinstance(event.fact, FlowMoved)]
    return [(event.by, event.fact.rule) for event in moved if isinstance(event.fact, FlowMoved)]


def place(services: FakeServices, key: str, segments: Segments | None) -> None:
    services.customers.stored[key] = replace(services.customers.stored[key], segments=segments)


@pytest.fixture
def ruled(services: FakeServices) -> FakeServices:
    """Services of a shop with that rule, and of a customer who came before."""
    services.hook("case.requested", request("before"))
    put_policy(services, SHOP.id, Policy(after_sales=AfterSales(auto_approve=(RULE,))))
    return services


def customer_of(services: FakeServices) -> str:
    case = services.cases.load(case_key(SHOP.id, "before")).case
    assert case is not None
    return key_of_id(case.customer)


@pytest.mark.parametrize(
    ("segments", "approved"),
    [(Segments(rfm="champions"), [(Actor("system"), "champions")]), (Segments(rfm="lost"), []), (None, [])],
)
def test_a_case_is_approved_by_its_customers_segment(
    ruled: FakeServices, segments: Segments | None, approved: list[tuple[Actor, str]]
) -> None:
    place(ruled, customer_of(ruled), segments)
    ruled.hook("case.requested", request("web-2") | {"order": request("")["order"] | {"external_id": "O-2"}})
    assert approvals(ruled, case_key(SHOP.id, "web-2")) == approved


def test_a_platforms_return_is_approved_by_its_buyers_segment(ruled: FakeServices) -> None:
    key = customer_of(ruled)
    place(ruled, key, Segments(rfm="champions"))
    items = [{"sku": "SHOE-42", "line": "1"}]
    order = {"external_id": "51", "items": items, "delivered_at": "2026-11-18T08:00:00Z"}
    ruled.hook("order.updated", order | {"customer": {"external_id": "fang"}})
    record = ruled.order_records.load(SHOP.id, "51")
    assert record is not None
    receipt = Receipt(
        id=ruled.customers.stored[key].id,
        shop=SHOP.id,
        source="shopify",
        delivery="d-1",
        type="returns/request",
        received_at=NOON,
        body=b"{}",
    )
    claim = claim_of((ReturnLine("1", 1, "size_too_small"),), record.order)
    about = PlatformCase(
        external_id="shopify/return/9", kind="return", subject="9", order=record.order, record=record, claim=claim
    )
    stored = open_platform_case(ruled, shop_of(ruled, SHOP.id), receipt, about)
    assert approvals(ruled, stored.key) == [(Actor("system"), "champions")]
    assert ruled.cases.opening([stored.key])[stored.key].segment == "champions"
