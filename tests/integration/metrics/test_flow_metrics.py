"""After-sales figures against an independent computation from the events, in plain Python."""

import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.flows.definitions import TABLES
from chalicelib.domain.flows.facts import FlowMoved, FlowTimedOut, MoneyDone, MoneyProposed, TaskLate
from chalicelib.domain.flows.moves import AMOUNT_MOVES
from chalicelib.domain.flows.payloads import MoneyAsked, MoneyStep, MoveIn
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import AftercareError
from chalicelib.domain.kernel.ids import case_key, key_of_id
from chalicelib.domain.kernel.timestamps import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    Instant,
    day_of,
    format_instant,
    next_day,
    parse_instant,
)
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.sla.policies import AfterSales, AutoApproval, Policy
from chalicelib.usecases.aftersales.compensate import propose_money, step_money
from chalicelib.usecases.aftersales.transition_flow import transition_flow
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.metrics.compute_day import compute_day
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.shops.manage_shop import put_policy
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.support.cases.webhooks import request
from tests.support.metrics.days import ZONE, Record, compute_one_day, plain_records, send_events, spread
from tests.support.metrics.records import records_of

START = parse_instant("2026-11-02T09:00:00+08:00")
LIVES = 24
RULE = AutoApproval(name="small", reason="size_too_small")
PRICE = {"amount": "19.90", "currency": "CNY"}


def live(services: AwsServices, chance: random.Random, name: str) -> None:
    """A case with random moves of customer and staff, whose deadlines pass now and then."""
    clock = [START + chance.randrange(3 * DAY_MS)]
    services.now = lambda: clock[0]  # type: ignore[method-assign]
    items = [{"sku": sku, "quantity": chance.randint(1, 3), "price": PRICE} for sku in chance.sample("ABC", 2)]
    opening = request(
        external_id=name,
        type=chance.choice(["return", "exchange", "repair", "refund", "complaint"]),
        order={"external_id": f"O-{name}", "items": items, "delivered_at": format_instant(START - DAY_MS)},
        occurred_at=None,
        claim={"reason": chance.choice(["size_too_small", "defective", "unwanted"])},
    )
    send_events(services, "case.requested", opening, int(name.removeprefix("f-")))
    key = case_key("demo", name)
    for _ in range(chance.randint(0, 9)):
        clock[0] += chance.randint(1, 30 * 60) * MINUTE_MS
        run_due_timers(services, key)
        with_person(services, chance, key)


def with_person(services: AwsServices, chance: random.Random, key: str) -> None:
    case = services.cases.load(key).case
    assert case is not None
    assert case.flow is not None
    command = Command(case=case.id, shop="demo", by=Actor("agent", "mei"))
    if chance.random() < 0.3:
        asked = MoneyAsked(kind=chance.choice(["refund", "goodwill"]), amount=MoneyIn("7.25", "CNY"))
        money = propose_money(services, command, asked).case.money[-1]  # type: ignore[union-attr]
        step_money(services, command, money.id, "finish", MoneyStep(), False)
        return
    moves = case.flow.table.allowed(case.flow.state)
    made = [name for name in moves if case.flow.table.moves[name].by != ("time",)]
    if made and not case.done:
        name = chance.choice(made)
        outcome = chance.choice(case.flow.table.moves[name].to) if len(case.flow.table.moves[name].to) > 1 else None
        move = MoveIn(
            reason="because",
            tracking="T1" if name == "ship" else None,
            outcome=outcome if name == "inspect" else None,
            amount=MoneyIn("5.00", "CNY") if name in AMOUNT_MOVES else None,
        )
        try:
            transition_flow(services, command, name, move)
        except AftercareError:
            return


def test_after_sales_records_equal_an_independent_computation_from_the_events(services: AwsServices) -> None:
    put_policy(services, "demo", Policy(after_sales=AfterSales(auto_approve=(RULE,))))
    chance = random.Random(20261122)
    for number in range(LIVES):
        live(services, chance, f"f-{number}")
    run, last = compute_one_day(services), START + 12 * DAY_MS
    for place in range(12):  # the nightly job of every day
        compute_day(run, shop_of(services, "demo"), day_of(START + place * DAY_MS, ZONE), f"run {place}", last)
    expected = independent([services.cases.events(case_key("demo", f"f-{number}")) for number in range(LIVES)])
    day, compared = day_of(START, ZONE), 0
    while day < day_of(last, ZONE):
        stored = {
            (dimension.removeprefix("flow_"), value): plain_records(record)
            for (dimension, value), record in records_of(services, "demo", day).items()
            if dimension.startswith("flow_")
        }
        assert stored == expected.get(day, {})
        compared += len(stored)
        day = next_day(day)
    assert compared > 60
    assert sum(one[("all", "all")]["auto_approved"] for one in expected.values()) > 1
    assert sum(sum(one[("all", "all")]["overdue"].values()) for one in expected.values()) > 3


Happening = tuple[Instant, str, dict[str, Any]]


def independent(stories: list[list[Event]]) -> dict[str, dict[tuple[str, str], Record]]:
    """The definitions of docs/metrics.md, implemented a second time from the events."""
    days: dict[str, dict[tuple[str, str], list[Happening]]] = defaultdict(lambda: defaultdict(list))
    for story in stories:
        opening = story[0].fact
        assert isinstance(opening, CaseOpened)
        assert opening.claim is not None
        assert opening.order is not None
        names = [("all", "all"), ("kind", opening.kind), ("reason", opening.claim.reason)]
        names += [("sku", item.sku) for item in opening.order.items]
        for at, what, more in happenings(story, opening):
            for name in names:
                days[day_of(at, ZONE)][name].append((at, what, more))
    return {day: {name: record(entries) for name, entries in groups.items()} for day, groups in days.items()}


def happenings(story: list[Event], opening: CaseOpened) -> list[Happening]:
    assert opening.order is not None
    asked = story[0].at
    found: list[Happening] = [(asked, "requested", {"items": sum(item.quantity for item in opening.order.items)})]
    amounts = {one.fact.money: one.fact for one in story if isinstance(one.fact, MoneyProposed)}
    for event in story:
        fact, at = event.fact, event.at
        after = {"seconds": (at - asked) / 1000}
        if isinstance(fact, FlowMoved):
            known = {what for _, what, _ in found}
            found += [
                (at, what, after | {"rule": fact.rule is not None})
                for what in moved(fact)
                if what not in known or what != "approved"
            ]
        elif isinstance(fact, FlowTimedOut) and fact.does not in ("remind", "let_stand", "accept", "complete"):
            found.append((at, "overdue", {"turn": TABLES[opening.kind].states[fact.state].turn}))  # type: ignore[index]
        elif isinstance(fact, MoneyDone):
            money = amounts[fact.money]
            found.append((at, "paid", after | {"kind": money.kind, "amount": money.amount}))
        elif isinstance(fact, TaskLate):
            found.append((at, "task_late", {}))
    return found


def moved(fact: FlowMoved) -> list[str]:
    names = {"approve": "approved", "reject": "reject", "dispute": "dispute", "repair": "repair"}
    return [names[fact.move]] if fact.move in names else ["refused"] if fact.outcome == "refused" else []


def record(entries: list[Happening]) -> Record:
    def of(what: str) -> list[dict[str, Any]]:
        return [more for _, kind, more in entries if kind == what]

    approved, rules = of("approved"), [one for one in of("approved") if one["rule"]]
    overdue = [one["turn"] for one in of("overdue")]
    paid: dict[str, dict[str, str]] = {}
    for one in of("paid"):
        place = paid.setdefault(one["amount"].currency, {"refund": "0", "compensation": "0"})
        what = "refund" if one["kind"] == "refund" else "compensation"
        place[what] = str(Decimal(place[what]) + Decimal(one["amount"].amount))
    turns = ("shop", "customer", "carrier", "warehouse", "finance")
    return {
        "requested": len(of("requested")),
        "items": sum(one["items"] for one in of("requested")),
        "approved": len(approved),
        "auto_approved": len(rules),
        "auto_approved_percent": round(100 * len(rules) / len(approved), 9) if approved else None,
        "approval": spread([one["seconds"] for one in approved]),
        "rejected": len(of("reject")),
        "refused": len(of("refused")),
        "disputed": len(of("dispute")),
        "repaired": len(of("repair")),
        "paid": spread([one["seconds"] for one in of("paid")]),
        "money": paid,
        "overdue": {turn: overdue.count(turn) for turn in turns},
        "tasks_late": len(of("task_late")),
        "delivered_items": 0,
        "returned_items": 0,
        "return_rate": None,
    }


@pytest.mark.parametrize("hours", [1, 30])
def test_a_flow_that_moves_on_another_day_restates_that_day_alone(services: AwsServices, hours: int) -> None:
    services.now = lambda: START  # type: ignore[method-assign]
    send_events(services, "case.requested", request(occurred_at=None), 1)
    key = case_key("demo", "web-1")
    compute_day(compute_one_day(services), shop_of(services, "demo"), day_of(START, ZONE), "1", START + 15 * HOUR_MS)
    services.now = lambda: START + hours * HOUR_MS  # type: ignore[method-assign]
    case = services.cases.load(key).case
    assert case is not None
    transition_flow(services, Command(case=case.id, shop="demo", by=Actor("agent", "mei")), "approve", MoveIn())
    day = day_of(START + hours * HOUR_MS, ZONE)
    compute_day(compute_one_day(services), shop_of(services, "demo"), day, "2", START + 60 * HOUR_MS)
    stored = records_of(services, "demo", day)[("flow_all", "all")]
    assert (stored["approved"], stored["approval"]["p50"]) == (1, hours * 3600)
    assert key_of_id(case.id) == key


def send_order(services: AwsServices, number: int, delivered: str | None, quantity: int = 2) -> None:
    order: Record = {
        "external_id": f"R-{number}",
        "items": [{"sku": "A", "quantity": quantity, "price": PRICE}, {"sku": "B"}],
        "delivered_at": delivered,
        "customer": {"external_id": "fang"},
    }
    send_events(services, "order.updated", order, 900 + number)


def ask_back(services: AwsServices, number: int, items: list[Record], kind: str = "return") -> None:
    opening = request(
        external_id=f"back-{number}",
        type=kind,
        order={"external_id": f"R-{number}"},
        occurred_at=None,
        claim={"reason": "unwanted", "items": items},
    )
    send_events(services, "case.requested", opening, 950 + number)


def rates(services: AwsServices, day: str) -> dict[str, tuple[int, int, float | None]]:
    found = records_of(services, "demo", day)
    return {
        value: (one["delivered_items"], one["returned_items"], one["return_rate"])
        for (dimension, value), one in found.items()
        if dimension in ("flow_all", "flow_sku") and one["delivered_items"]
    }


def test_the_return_rate_of_a_day_is_of_what_was_delivered_on_it_and_is_restated_as_returns_come(
    services: AwsServices,
) -> None:
    services.now = lambda: START  # type: ignore[method-assign]
    day, shop = day_of(START - 3 * DAY_MS, ZONE), shop_of(services, "demo")
    for number in range(4):
        send_order(services, number, format_instant(START - 3 * DAY_MS))
    send_order(services, 5, None)
    compute_day(compute_one_day(services), shop, day, "1", START)
    assert rates(services, day) == {"all": (12, 0, 0.0), "A": (8, 0, 0.0), "B": (4, 0, 0.0)}

    ask_back(services, 0, [{"sku": "A", "quantity": 2}, {"sku": "B"}])
    ask_back(services, 1, [{"sku": "A"}], "exchange")
    ask_back(services, 2, [{"sku": "A"}], "repair")
    ask_back(services, 5, [{"sku": "A"}])
    compute_day(compute_one_day(services), shop, day_of(START, ZONE), "2", START + DAY_MS)
    assert rates(services, day) == {"all": (12, 4, 33.333333333), "A": (8, 3, 37.5), "B": (4, 1, 25.0)}

    case = services.cases.load(case_key("demo", "back-1")).case
    assert case is not None
    transition_flow(
        services, Command(case=case.id, shop="demo", by=Actor("agent", "mei")), "reject", MoveIn(reason="used")
    )
    compute_day(compute_one_day(services), shop, day_of(START, ZONE), "3", START + DAY_MS)
    assert rates(services, day)["A"] == (8, 2, 25.0)


def test_what_goes_back_of_unknown_orders_is_in_no_rate(services: AwsServices) -> None:
    services.now = lambda: START  # type: ignore[method-assign]
    opening = request(
        order={"external_id": "own", "items": [{"sku": "A"}], "delivered_at": format_instant(START - DAY_MS)},
        occurred_at=None,
    )
    send_events(services, "case.requested", opening, 1)
    compute_day(compute_one_day(services), shop_of(services, "demo"), day_of(START - DAY_MS, ZONE), "1", START)
    assert rates(services, day_of(START - DAY_MS, ZONE)) == {}
