"""The marketplace's orders as the rows of the task `risk`, and its days."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.evaluate.halves import half_of, table
from infra.learn.rows import Row

WRITTEN = "%m/%d/%Y %H:%M"
SPLIT = "2018-04"
"""Orders before this month teach; those of the other half from it on are measured."""
LOW = 2
FIRST_DAY, LAST_DAY = date(2017, 3, 1), date(2018, 8, 20)
BLACK_FRIDAY = date(2017, 11, 24)


def orders(folder: Path) -> tuple[list[Row], list[Row]]:
    """Orders of one half of the customers before `SPLIT`, and of the other half since then; `bad`: a score up to 2."""
    of_order = defaultdict[str, list[dict[str, Any]]](list)
    for item in table(folder, "olist/olist_order_items_dataset"):
        of_order[item["order_id"]].append(item)
    persons = {row["customer_id"]: row["customer_unique_id"] for row in table(folder, "olist/olist_customers_dataset")}
    known = {row["order_id"]: row for row in table(folder, "olist/olist_orders_dataset")}
    taught: list[Row] = []
    measured: list[Row] = []
    for review in table(folder, "olist/olist_order_reviews_dataset"):
        order, items = known.get(review["order_id"]), of_order[review["order_id"]]
        if order and items:
            row = _row(review, order, items)
            half = half_of(persons[order["customer_id"]])
            if (row["purchased_at"] < SPLIT) == (half == 0):
                (taught if half == 0 else measured).append(row)
    return taught, measured


def _row(review: dict[str, Any], order: dict[str, Any], items: Sequence[dict[str, Any]]) -> Row:
    return {
        "id": review["review_pk"],
        "purchased_at": _iso(order["order_purchase_timestamp"]),
        "handed_over_at": _iso(order["order_delivered_carrier_date"]),
        "delivered_at": _iso(order["order_delivered_customer_date"]),
        "promised_at": _iso(order["order_estimated_delivery_date"]),
        "items": [
            {
                "seller": item["seller_id"],
                "product": item["product_id"],
                "hand_over_by": _iso(item["shipping_limit_date"]),
            }
            for item in items
        ],
        "bad": int(int(review["review_score"]) <= LOW),
    }


def _iso(written: str) -> str | None:
    return datetime.strptime(written, WRITTEN).isoformat() if written else None  # noqa: DTZ007 # local, as all of them


def days(folder: Path) -> list[Row]:
    """The orders of each day."""
    rows = table(folder, "olist/olist_orders_dataset")
    counts = Counter(str(_iso(row["order_purchase_timestamp"]))[:10] for row in rows)
    every = [str(FIRST_DAY + timedelta(number)) for number in range((LAST_DAY - FIRST_DAY).days)]
    return [{"day": day, "count": counts[day]} for day in every]
