"""What platforms tell of orders, as they were seen to tell it: the sale comes out right, in whatever order it comes."""

import json
from itertools import permutations
from typing import Any

import msgspec
import pytest

from chalicelib.domain.intake.webhooks import understand
from chalicelib.domain.kernel.enums import SOURCES, Source
from chalicelib.domain.kernel.timestamps import MINUTE, show
from chalicelib.domain.orders.order_payload import OrderTold
from chalicelib.domain.orders.order_record import Sale
from chalicelib.usecases.orders.record_order import keep_order
from tests.fakes import NOON, SHOP, FakeDesk
from tests.world.rows import rows

LINES = [
    {"id": 1, "sku": "LAMP", "quantity": 2, "price": "40.00"},
    {"id": 2, "sku": "SHADE", "quantity": 1, "price": "20"},
]
ORDER = {
    "id": 51,
    "currency": "EUR",
    "total_price": "100.00",
    "created_at": "2026-11-10T09:00:00Z",
    "line_items": LINES,
}
PLAIN: dict[str, dict[str, Any]] = {
    "orders": ORDER | {"cancelled_at": None, "fulfillment_status": None, "fulfillments": []},
    "fulfillments": {"order_id": 51, "created_at": "2026-11-11T08:00:00Z"},
    "order": {"currency": "CNY", "date_created_gmt": "2026-11-10T09:00:00"},
}
Heard = tuple[OrderTold, int]


def heard_of(row: dict[str, Any]) -> list[Heard]:
    """The deliveries of a row, and when each was received."""
    found = []
    for place, told in enumerate(row["told"]):
        source: Source = next(one for one in SOURCES if one in told)
        topic, now = told[source], NOON + place * MINUTE
        if source == "standard":
            found.append((msgspec.convert(told["body"], OrderTold), now))
            continue
        plain = {} if told.get("only") else PLAIN[topic.replace(".", "/").partition("/")[0]]
        data = understand(source, topic, json.dumps(plain | told["body"]).encode(), now).data
        assert isinstance(data, OrderTold)
        found.append((data, now))
    return found


def sale_after(heard: list[Heard]) -> Sale:
    desk = FakeDesk()
    for told, now in heard:
        keep_order(desk, SHOP, told, now)
    (sale,) = desk.sales.kept.values()
    return sale


def seen(sale: Sale) -> dict[str, Any]:
    parcels = sale.parcels
    return {
        "cancelled": sale.cancelled_at and show(sale.cancelled_at).replace(".000", ""),
        "delivered": sale.delivered_at and show(sale.delivered_at).replace(".000", ""),
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
