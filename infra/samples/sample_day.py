"""The sample shop's recorded day (`examples/day.yaml`) as webhooks: doubled, out of order, always the same."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import yaml

from chalicelib.domain.kernel.timestamps import zone_info
from infra.paths import ROOT
from infra.samples.replay import Delivery

ZONE = zone_info("Asia/Shanghai")
TYPES = {
    "replied": "case.replied",
    "resolved": "case.resolved",
    "message": "message.received",
    "answered": "survey.answered",
}


class Case(NamedTuple):
    """A case of the file, in the order of its columns."""

    id: str
    time: str
    type: str
    channel: str
    customer: str
    sku: str
    subject: str
    message: str
    steps: list[list[Any]]


def read_day(date: str) -> list[Delivery]:
    """The deliveries of the sample day, as if it were that date."""
    day = yaml.safe_load((ROOT / "examples" / "day.yaml").read_text("utf-8"))
    customers = {key: {"external_id": key, **fields} for key, fields in day["customers"].items()}
    cases = [Case(*row) for row in day["cases"]]
    deliveries = [delivery for case in cases for delivery in _case(date, customers[case.customer], case)]
    return _disordered(deliveries + [_review(date, customers, row) for row in day["reviews"]])


def _review(date: str, customers: dict[str, Any], row: list[Any]) -> Delivery:
    review_id, time, score, customer, sku, text = row
    data = {
        "external_id": f"{date}-{review_id}",
        "score": score,
        "customer": customers[customer],
        "order": _order(review_id, sku),
        "occurred_at": _instant(date, time),
        "historical": True,
        **({"text": text} if text else {}),
    }
    return Delivery(f"{date}-{review_id}", "review.created", data)


def _case(date: str, customer: dict[str, Any], case: Case) -> Iterator[Delivery]:
    external_id = f"{date}-{case.id}"
    request = {
        "external_id": external_id,
        "type": case.type,
        "channel": case.channel,
        "subject": case.subject,
        "message": case.message,
        "customer": customer,
        "order": _order(case.id, case.sku),
        "occurred_at": _instant(date, case.time),
        "historical": True,
    }
    yield Delivery(external_id, "case.requested", request)
    for number, (time, what, *rest) in enumerate(case.steps):
        if what in TYPES:
            common = {"case_external_id": external_id, "occurred_at": _instant(date, time)}
            yield Delivery(f"{external_id}-{number}", TYPES[what], common | _step(what, rest))


def _step(what: str, rest: list[Any]) -> dict[str, Any]:
    if what == "answered":
        csat, nps, ces, comment = rest
        return {"csat": csat, "nps": nps, "ces": ces} | ({"comment": comment} if comment else {})
    agent, text = rest
    if what == "message":
        return {"author": "customer", "message": text}
    return {"agent": agent} | ({"message": text} if text else {})


def _order(order_id: str, sku: str) -> dict[str, Any]:
    price = {"amount": "199.00", "currency": "CNY"}
    items = [{"sku": sku, "quantity": 1, "price": price}]
    return {"external_id": f"O-{order_id}", "items": items, "total": price}


def _instant(date: str, time: str) -> str:
    return datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=ZONE).isoformat()


def _disordered(deliveries: list[Delivery]) -> list[Delivery]:
    """Neighbours change places, every twentieth comes twice under its id, every thirtieth under another id too."""
    chance = random.Random(20261120)  # noqa: S311 - the same disorder each time, nothing secret
    doubled = [delivery for number, delivery in enumerate(deliveries) if number % 20 == 7]
    renamed = [replace(each, id=f"{each.id}-again") for number, each in enumerate(deliveries) if number % 30 == 11]
    placed = [(number + chance.uniform(0, 12), delivery) for number, delivery in enumerate(deliveries)]
    placed += [(chance.uniform(0, len(deliveries)), delivery) for delivery in (*doubled, *renamed)]
    return [delivery for _, delivery in sorted(placed, key=lambda pair: pair[0])]
