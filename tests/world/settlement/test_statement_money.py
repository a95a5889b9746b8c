"""Refunds in statements reduce what is left of their order, once, by whatever name. Rows: `statement_money.yaml`."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.payloads import MoneyAsked, MoneyStep
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, Invalid
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import HOUR_MS, format_instant
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.entrypoints.http.aftersales.views import order_money_view
from chalicelib.usecases.aftersales.compensate import propose_money, step_money
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.orders.count_order_money import count_order_money
from chalicelib.usecases.settlement.settle_entries import settle_entries
from tests.fakes import FakeServices
from tests.support.cases.webhooks import request
from tests.support.platforms.platform_webhooks import process, shopify
from tests.support.world.rows import rows

WHOLE = {"amount": "310.00", "currency": "EUR"}
SHOPIFY = {"id": 5100000000001, "name": "#1042", "currency": "EUR", "line_items": []}


class Story:
    """Plays the steps of a row."""

    def __init__(self, services: FakeServices) -> None:
        self.services, self.cases = services, list[str]()

    def case(self, called: str) -> None:
        self.cases.append(f"web-{len(self.cases)}")
        order = {"external_id": called, "total": WHOLE}
        opening = request(order=order, type="question", external_id=self.cases[-1])
        assert self.services.hook("case.requested", opening).state == "processed"

    def statement(self, entries: list[str]) -> None:
        data = {
            "provider": "stripe",
            "statement": format_instant(self.services.time),
            "entries": [self._entry(one) for one in entries],
        }
        assert self.services.hook("statement.told", data).state == "processed"
        for group, place in self.services.settlements.new:
            settle_entries(self.services, "demo", group, place)

    def _entry(self, entry: str) -> dict[str, Any]:
        kind, name, amount, order, hours = (*entry.split(), "2")[:5]
        at = format_instant(self.services.time - int(hours) * HOUR_MS)
        return {"kind": kind, "id": name, "amount": WHOLE | {"amount": amount}, "at": at, "order": order}

    def order(self, data: dict[str, Any]) -> None:
        assert self.services.hook("order.updated", data).state == "processed"

    def shopify(self, more: dict[str, Any]) -> None:
        taken = shopify(
            self.services,
            "orders-create",
            body=json.dumps(SHOPIFY | more).encode(),
            delivery=format_instant(self.services.time),
        )
        assert process(self.services, taken).state == "processed"

    def hours(self, many: int) -> None:
        self.services.time += many * HOUR_MS

    def newest(self) -> Case:
        return self.known(self.cases[-1])

    def known(self, name: str) -> Case:
        case = self.services.cases.load(case_key("demo", name)).case
        assert case is not None
        return case

    def command(self, who: str) -> Command:
        return Command(case=self.newest().id, shop="demo", by=Actor("agent", who))

    def give(self, amount: str) -> str:
        try:
            propose_money(self.services, self.command("mei"), MoneyAsked(kind="refund", amount=MoneyIn(amount, "EUR")))
        except Conflict:
            return "refused"
        return self.newest().money[-1].state

    def ask(self, _: str) -> None:
        money = self.newest().money[-1]
        if money.state == "proposed":
            step_money(self.services, self.command("lee"), money.id, "approve", MoneyStep(), True)
        step_money(self.services, self.command("mei"), money.id, "request", MoneyStep(), False)

    def left(self) -> list[str]:
        openings = {name: self.services.cases.opening([case_key("demo", name)]) for name in self.cases}
        orders = [(name, next(iter(found.values())).order) for name, found in openings.items()]
        shown = [
            order_money_view(count_order_money(self.services, "demo", order, self.known(name)))
            for name, order in orders
        ]
        return [one["left"].amount for one in shown]


@pytest.mark.parametrize("row", rows("statement_money"))
def test_what_a_statement_says_takes_the_room_of_its_order(services: FakeServices, row: dict[str, Any]) -> None:
    story = Story(services)
    for step in row["does"] if isinstance(row["does"], list) else [row["does"]]:
        for what, argument in step.items():
            services.time += HOUR_MS
            getattr(story, what.rstrip("2345"))(argument)
    assert story.left() == row["want"]
    assert not row.get("done") or story.newest().money[-1].state == "done"
    for amount, becomes in row.get("then", {}).items():
        assert (amount, story.give(amount)) == (amount, becomes)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 300), st.sampled_from(["", ".0", ".00"]), st.integers(1, 9)), min_size=1, max_size=4
    )
)
def test_however_often_and_in_whatever_order_an_id_is_told_the_largest_of_its_amounts_is_gone(
    entries: list[tuple[int, str, int]],
) -> None:
    story = Story(FakeServices())
    story.case("77")
    for amount, digits, hours in entries:
        story.statement([f"refund re_1 {amount}{digits} 77 {hours}"])
        story.hours(1)
    assert story.left() == [f"{310 - max(amount for amount, *_ in entries)}.00"]


@pytest.mark.parametrize(("amount", "currency"), [("1.005", "CNY"), ("0.00", "CNY"), ("0", "JPY"), ("100.50", "JPY")])
def test_an_entry_that_cannot_be_paid_is_refused_with_its_place(
    services: FakeServices, amount: str, currency: str
) -> None:
    entry = {
        "kind": "refund",
        "id": "re_1",
        "amount": {"amount": amount, "currency": currency},
        "at": format_instant(services.time),
    }
    data = {"provider": "stripe", "statement": "s", "entries": [entry]}
    with pytest.raises(Invalid) as wrong:
        services.deliver("statement.told", data)
    assert "entries[0].amount" in str(wrong.value)
    assert services.settlements.stored == {}
