"""What platforms tell of orders, as they were seen to tell it: the sale comes out right, in whatever order it comes."""

import json
from itertools import permutations
from typing import Any

import msgspec
import pytest

from chalicelib.domain.intake.webhooks import parse_platform_body
from chalicelib.domain.kernel.enums import SOURCES, Source
from chalicelib.domain.kernel.timestamps import MINUTE_MS, format_instant
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.usecases.orders.record_order import record_order
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.platforms.platform_webhooks import ORDER_BODY
from tests.support.world.rows import rows

PLAIN: dict[str, dict[str, Any]] = {
    "orders": ORDER_BODY | {"cancelled_at": None, "fulfillment_status": None, "fulfillments": []},
    "fulfillments": {"order_id": 51, "created_at": "2026-11-11T08:00:00Z"},
    "order": {"currency": "CNY", "date_created_gmt": "2026-11-10T09:00:00"},
}
AuthoredEmail = tuple[OrderUpdate, int]


def heard_of(row: dict[str, Any]) -> list[AuthoredEmail]:
    """The deliveries of a row, and when each was received."""
    found = []
    for place, told in enumerate(row["told"]):
        source: Source = next(one for one in SOURCES if one in told)
        topic, now = told[source], NOON + place * MINUTE_MS
        if source == "standard":
            found.append((msgspec.convert(told["body"], OrderUpdate), now))
            continue
        plain = {} if told.get("only") else PLAIN[topic.replace(".", "/").partition("/")[0]]
        data = parse_platform_body(source, topic, json.dumps(plain | told["body"]).encode(), now)
        assert isinstance(data, OrderUpdate)
        found.append((data, now))
    return found


def sale_after(heard: list[AuthoredEmail]) -> OrderRecord:
    services = FakeServices()
    for told, now in heard:
        record_order(services, SHOP, told, now)
    (sale,) = services.order_records.stored.values()
    return sale


def seen(sale: OrderRecord) -> dict[str, Any]:
    parcels = sale.parcels
    return {
        "cancelled": sale.cancelled_at and format_instant(sale.cancelled_at).replace(".000", ""),
        "delivered": sale.delivered_at and format_instant(sale.delivered_at).replace(".000", ""),
        "parcels": [one.id for one in parcels],
        "items": {item.sku: item.quantity for item in sale.order.items},
        "total": sale.order.total and sale.order.total.amount,
        "tracking": parcels and [*(parcels[0].tracking_numbers or (parcels[0].tracking,))],
    }


@pytest.mark.parametrize("row", rows("platform_orders"))
def test_what_a_platform_tells_of_an_order(row: dict[str, Any]) -> None:
    heard = heard_of(row)
    found = seen(sale_after(heard))
    assert {name: found[name] for name in row["want"]} == row["want"]
    for other in permutations(heard):
        assert seen(sale_after([*other])) == found
        assert seen(sale_after([*other, *other])) == found
