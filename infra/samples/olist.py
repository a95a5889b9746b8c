"""A replay of the Olist marketplace's real orders and reviews: each review is one historical case."""

import csv
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from chalicelib.domain.kernel.timestamps import zone_info
from infra.samples.replay import Delivery

SHOP, ZONE = "olist", zone_info("America/Sao_Paulo")
SHOP_BODY = {
    "name": "Olist",
    "time_zone": "America/Sao_Paulo",
    "locale": "pt-BR",
    "mail_from": "care@example.com",
    "calendar": "BR",
}
NEEDED = ("orders", "order_reviews", "order_items", "order_payments", "customers")
TIMES = {
    "purchased_at": "order_purchase_timestamp",
    "delivered_at": "order_delivered_customer_date",
    "estimated_delivery_at": "order_estimated_delivery_date",
}
"""An order's times, and the columns they stand in."""
Row = dict[str, str]


class DataSet(NamedTuple):
    """The webhooks of all reviews in order of time, what was skipped and why, and the days they touch."""

    deliveries: list[Delivery]
    skipped: Counter[str]
    days: list[str]


def is_olist(folder: Path) -> bool:
    """Whether the folder holds this data set."""
    return all((folder / f"olist_{name}_dataset.csv").exists() for name in NEEDED)


def read(folder: Path) -> DataSet:
    """Read the data set."""
    orders = {row["order_id"]: row for row in _rows(folder, "orders")}
    customers = {row["customer_id"]: row["customer_unique_id"] for row in _rows(folder, "customers")}
    items, payments = _by_order(folder, "order_items"), _by_order(folder, "order_payments")
    timed: list[tuple[datetime, Delivery]] = []
    skipped: Counter[str] = Counter()
    for review in _rows(folder, "order_reviews"):
        order = orders.get(review["order_id"])
        reason = _reason_to_skip(review, order, customers)
        if reason or order is None:
            skipped[reason or "no order"] += 1
            continue
        body = _order(order, items[review["order_id"]], payments[review["order_id"]])
        timed += _case(review, _type(order, int(review["review_score"])), body, customers[order["customer_id"]])
    timed.sort(key=lambda pair: pair[0])
    days = sorted({occurred_at.astimezone(ZONE).date().isoformat() for occurred_at, _ in timed})
    return DataSet([delivery for _, delivery in timed], skipped, days)


def _reason_to_skip(review: Row, order: Row | None, customers: dict[str, str]) -> str | None:
    if order is None:
        return "the review's order is not in the data"
    if order["customer_id"] not in customers:
        return "the order's customer is not in the data"
    if not review["review_creation_date"] or not review["review_answer_timestamp"]:
        return "the review has no time"
    if review["review_score"] not in "12345":
        return "the review has no score"
    return None


def _case(review: Row, case_type: str, order: dict[str, Any], customer: str) -> list[tuple[datetime, Delivery]]:
    external_id, score = review["review_pk"], int(review["review_score"])
    opened_at, answered_at = _time(review["review_creation_date"]), _time(review["review_answer_timestamp"])
    request = {
        "external_id": external_id,
        "type": case_type,
        "channel": "review",
        "subject": f"Review {score}/5",
        "message": "",
        "customer": {"external_id": customer},
        "order": order,
        "occurred_at": opened_at.isoformat(),
        "historical": True,
    }
    answered = {"case_external_id": external_id, "occurred_at": answered_at.isoformat()}
    resolved = {**answered, "agent": "seller", "message": "…"}
    return [
        (opened_at, Delivery(f"{external_id}-requested", "case.requested", request)),
        (answered_at, Delivery(f"{external_id}-resolved", "case.resolved", resolved)),
        (answered_at, Delivery(f"{external_id}-answered", "survey.answered", {**answered, "csat": score})),
    ]


def _type(order: Row, score: int) -> str:
    delivered, estimated = order["order_delivered_customer_date"], order["order_estimated_delivery_date"]
    if delivered and estimated and _time(delivered) > _time(estimated):
        return "order_issue"
    return "review" if score <= 2 else "question"


def _order(order: Row, items: list[Row], payments: list[Row]) -> dict[str, Any]:
    lines: dict[str, dict[str, Any]] = {}
    for item in items:
        sku = item["product_id"]
        line = lines.setdefault(sku, {"sku": sku, "quantity": 0, "price": _money(item["price"])})
        line["quantity"] += 1
    body: dict[str, Any] = {"external_id": order["order_id"], "items": list(lines.values())}
    if payments:
        body["total"] = _money(f"{sum(float(payment['payment_value']) for payment in payments):.2f}")
    return body | {name: _time(order[column]).isoformat() for name, column in TIMES.items() if order[column]}


def _money(text: str) -> dict[str, str]:
    return {"amount": text, "currency": "BRL"}


def _time(text: str) -> datetime:
    """Month/day/year hour:minute in São Paulo; a time that a change of clocks skips takes the offset before it."""
    return datetime.strptime(text, "%m/%d/%Y %H:%M").replace(tzinfo=ZONE)


def _rows(folder: Path, name: str) -> list[Row]:
    with (folder / f"olist_{name}_dataset.csv").open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def _by_order(folder: Path, name: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(folder, name):
        groups[row["order_id"]].append(row)
    return groups
