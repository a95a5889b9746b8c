"""Refunds outside Aftercare during the storm: a platform refunds an order, or a bank charges it back, while two agents
refund it, too."""

import json
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from bench.support.cloud import state_of
from bench.support.figures import Figure
from bench.support.traffic import format_time
from infra.samples.replay import Delivery

EVERY = 3
"""One in this many returns has its order refunded or charged back outside Aftercare, while our agents refund it."""
PRICE, CHARGED = Decimal("199.00"), Decimal("60.00")


def races(number: int) -> bool:
    """Whether the order of this return is refunded outside Aftercare, too."""
    return number % EVERY == 0


def deliveries(many: int, now: float) -> list[Delivery]:
    """The shop's updates of those orders, each sent twice: a refund of the whole order, a chargeback of a part of
    it, or a chargeback that the shop wins."""
    chance = Random(20261127)
    sent: list[Delivery] = []
    for number in filter(races, range(many)):
        for place, (what, entry) in enumerate(_updates(number, now)):
            body = {"external_id": f"O-back-{number}", what: [entry], "occurred_at": format_time(now - 1800 + place)}
            sent += [Delivery(f"back-{number}-{what}-{place}-{n}", "order.updated", body) for n in (1, 2)]
    chance.shuffle(sent)
    return sent


def _updates(number: int, now: float) -> Iterator[tuple[str, dict[str, Any]]]:
    if number % 2:
        yield "refunds", {"id": f"R-{number}", "amount": _money(PRICE), "refunded_at": format_time(now - 1800)}
        return
    charge = {"id": f"D-{number}", "amount": _money(CHARGED)}
    yield "disputes", charge
    if number % 4:
        yield "disputes", charge | {"state": "won"}


def _money(amount: Decimal) -> dict[str, str]:
    return {"amount": str(amount), "currency": "CNY"}


def ledger(stored: list[dict[str, Any]], many: int) -> list[Figure]:
    """Check that refunds outside Aftercare are recorded, and that finance has a task if both sides refunded an
    order."""
    cases = {case["external_id"]: case for case in _cases(stored)}
    refunded_elsewhere = {record["external_id"]: _paid_back(record) for record in _order_records(stored)}
    wrong = both = without_task = 0
    for number in filter(races, range(many)):
        case = cases.get(f"back-{number}", {})
        elsewhere = refunded_elsewhere.get(f"O-back-{number}", Decimal(0))
        wrong += elsewhere != _expected(number)
        money = (entry for entry in case.get("money", ()) if _counts(entry))
        ours = sum((Decimal(entry["amount"]["amount"]) for entry in money), Decimal(0))
        if ours and elsewhere:
            both += 1
            has_task = any(task["department"] == "finance" for task in case.get("tasks", ()))
            without_task += ours + elsewhere > PRICE and not has_task
    print(f"orders refunded outside Aftercare: {both} of them by us before it was reported")
    return [
        Figure("orders whose refund elsewhere is not recorded as reported", wrong, "", 0),
        Figure("orders refunded twice without a task for finance", without_task, "", 0),
    ]


def _expected(number: int) -> Decimal:
    if number % 2:
        return PRICE
    return Decimal(0) if number % 4 else CHARGED


def _counts(money: dict[str, Any]) -> bool:
    return money.get("state", "proposed") not in ("failed", "declined", "proposed")


def _cases(stored: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in stored:
        if item["pk"]["S"].startswith("CASE#") and "state" in item:
            yield json.loads(state_of(item))


def _order_records(stored: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in stored:
        if item["pk"]["S"].startswith("SALE#") and "sale" in item:
            yield json.loads(item["sale"]["S"])


def _paid_back(record: dict[str, Any]) -> Decimal:
    values = [value[1] for name, value in record["told"].items() if name.startswith(("refund/", "dispute/"))]
    return sum((Decimal(value["amount"]["amount"]) for value in values if value.get("state") != "won"), Decimal(0))
