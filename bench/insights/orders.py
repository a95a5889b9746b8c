"""Made-up orders of the nightly job's inputs: one item, one parcel, and one in seven handed over late."""

import random
from typing import Any

from bench.support.requests import SHOP
from chalicelib.domain.insights.outcomes.stages import handed_over_at
from chalicelib.domain.kernel.timestamps import DAY_MS, parse_instant
from chalicelib.domain.orders.order_record import OrderRecord, apply_revisions
from infra.samples.history.words import Product, Words

START, DAYS = parse_instant("2026-07-25T16:00:00Z"), 112
CUSTOMERS, PRODUCTS = 0.6, 40
"""Customers for each item, and products in all."""
CARRIERS = ("SF", "YTO", "ZTO", "DHL")
LATE = 0.15


def sku_at(words: Words, place: int) -> str:
    """The SKU of the product of this number: there are more than in the history, with the same titles."""
    return f"{words.products[place % len(words.products)].sku}-{place // len(words.products)}"


def product_of(words: Words, sku: str) -> Product:
    """The product of the history that a SKU stands for."""
    return words.product(sku.rpartition("-")[0])


def made_order(words: Words, chance: random.Random, place: int, items: int) -> OrderRecord:
    """An order with one parcel; one in seven is handed over late."""
    bought = START + round((DAYS - 3) * DAY_MS * chance.random())
    handed = bought + round(chance.uniform(5, 7) if chance.random() < LATE else chance.uniform(0.5, 2)) * DAY_MS
    sku = sku_at(words, chance.randrange(PRODUCTS))
    values: dict[str, Any] = {
        "purchased_at": bought,
        "items": [{"sku": sku, "title": product_of(words, sku).title}],
        "customer": f"C-{chance.randrange(round(items * CUSTOMERS))}",
        "total": {"amount": product_of(words, sku).price, "currency": "CNY"},
        "estimated_delivery_at": bought + 6 * DAY_MS,
        "parcel/1/shipped_at": handed,
        "parcel/1/carrier": chance.choice(CARRIERS),
        "delivered_at": handed + 3 * DAY_MS,
    }
    return apply_revisions(OrderRecord(shop=SHOP, external_id=f"H-{place:05d}"), values, bought)


def is_late(order: OrderRecord | None) -> bool:
    """Whether it was handed over late."""
    handed_at = handed_over_at(order) if order is not None else None
    return order is not None and handed_at is not None and handed_at - order.purchased_at > 4 * DAY_MS


def week_of(order: OrderRecord) -> str:
    """The week in which it was bought."""
    return f"2026-W{30 + (order.purchased_at - START) // (7 * DAY_MS)}"
