"""Platforms' events of orders, as they were observed: the order record is right, in whatever order they arrive."""

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


def deliveries_of(row: dict[str, Any]) -> list[AuthoredEmail]:
    """The deliveries of a row, and when each was received."""
    found = []
    for place, update in enumerate(row["events"]):
        source: Source = next(one for one in SOURCES if one in update)
        topic, now = update[source], NOON + place * MINUTE_MS
        if source == "standard":
            found.append((msgspec.convert(update["body"], OrderUpdate), now))
            continue
        plain = {} if update.get("only") else PLAIN[topic.replace(".", "/").partition("/")[0]]
        data = parse_platform_body(source, topic, json.dumps(plain | update["body"]).encode(), now)
        assert isinstance(data, OrderUpdate)
        found.append((data, now))
    return found


def record_after(deliveries: list[AuthoredEmail]) -> OrderRecord:
    services = FakeServices()
    for update, now in deliveries:
        record_order(services, SHOP, update, now)
    (order_record,) = services.order_records.stored.values()
    return order_record


def seen(order_record: OrderRecord) -> dict[str, Any]:
    parcels = order_record.parcels
    return {
        "cancelled": order_record.cancelled_at and format_instant(order_record.cancelled_at).replace(".000", ""),
        "delivered": order_record.delivered_at and format_instant(order_record.delivered_at).replace(".000", ""),
        "parcels": [one.id for one in parcels],
        "items": {item.sku: item.quantity for item in order_record.order.items},
        "total": order_record.order.total and order_record.order.total.amount,
        "tracking": parcels and [*(parcels[0].tracking_numbers or (parcels[0].tracking,))],
    }


@pytest.mark.parametrize("row", rows("platform_orders"))
def test_what_a_platform_tells_of_an_order(row: dict[str, Any]) -> None:
    deliveries = deliveries_of(row)
    found = seen(record_after(deliveries))
    assert {name: found[name] for name in row["want"]} == row["want"]
    for other in permutations(deliveries):
        assert seen(record_after([*other])) == found
        assert seen(record_after([*other, *other])) == found
