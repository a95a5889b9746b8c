"""The storm over money that goes back without us: a platform refunds and a bank takes back, while two agents give."""

import json
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from bench.lines import Line
from bench.traffic import moment
from infra.samples.replay import Delivery

EVERY = 3
"""Of so many returns one has its order refunded or charged back by others while our agents give it back, too."""
PRICE, CHARGED = Decimal("199.00"), Decimal("60.00")


def races(number: int) -> bool:
    """Whether the order of this return is given back by others, too."""
    return number % EVERY == 0


def told(many: int, now: float) -> list[Delivery]:
    """What the shop tells of those orders, every word twice: a refund of all of it, a chargeback of a part, or one that
    is won in the end."""
    chance, found = Random(20261127), []
    for number in filter(races, range(many)):
        for place, (what, one) in enumerate(_words(number, now)):
            body = {"external_id": f"O-back-{number}", what: [one], "occurred_at": moment(now - 1800 + place)}
            found += [Delivery(f"back-{number}-{what}-{place}-{n}", "order.updated", body) for n in (1, 2)]
    chance.shuffle(found)
    return found


def _words(number: int, now: float) -> Iterator[tuple[str, dict[str, Any]]]:
    if number % 2:
        yield "refunds", {"id": f"R-{number}", "amount": _money(PRICE), "refunded_at": moment(now - 1800)}
        return
    charge = {"id": f"D-{number}", "amount": _money(CHARGED)}
    yield "disputes", charge
    if number % 4:
        yield "disputes", charge | {"state": "won"}


def _money(amount: Decimal) -> dict[str, str]:
    return {"amount": str(amount), "currency": "CNY"}


def ledger(found: list[dict[str, Any]], many: int) -> list[Line]:
    """Whatever came first: what went back without us is known, and where both gave, finance was asked."""
    cases = {state["external_id"]: state for state in _states(found) if state["external_id"].startswith("back-")}
    gone = {order: _gone(sale) for order, sale in _sales(found)}
    unheard = both = unasked = 0
    for number in filter(races, range(many)):
        case, back = cases.get(f"back-{number}", {}), gone.get(f"O-back-{number}", Decimal(0))
        unheard += back != _wanted(number)
        ours = sum((Decimal(one["amount"]["amount"]) for one in case.get("money", ()) if _counts(one)), Decimal(0))
        if ours and back:
            both += 1
            asked = any(task["department"] == "finance" for task in case.get("tasks", ()))
            unasked += ours + back > PRICE and not asked
    print(f"orders given back by others, too: {both} of them by us before it was told")
    return [
        Line("orders whose money elsewhere is not known as it was told", unheard, "", 0),
        Line("orders given back twice of which nobody was asked", unasked, "", 0),
    ]


def _wanted(number: int) -> Decimal:
    if number % 2:
        return PRICE
    return Decimal(0) if number % 4 else CHARGED


def _counts(money: dict[str, Any]) -> bool:
    return money.get("state", "proposed") not in ("failed", "declined", "proposed")


def _states(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in found:
        if item["pk"]["S"].startswith("CASE#") and "state" in item:
            yield json.loads(item["state"]["S"])


def _sales(found: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in found:
        if item["pk"]["S"].startswith("SALE#") and "sale" in item:
            sale = json.loads(item["sale"]["S"])
            yield sale["external_id"], sale


def _gone(sale: dict[str, Any]) -> Decimal:
    values = [one[1] for name, one in sale["told"].items() if name.startswith(("refund/", "dispute/"))]
    return sum((Decimal(one["amount"]["amount"]) for one in values if one.get("state") != "won"), Decimal(0))
