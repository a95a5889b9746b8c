"""Refunds made elsewhere reduce what is left of the order; one that answers our own request counts once."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from chalicelib.domain.flows.payloads import MoneyAsked, MoneyStep
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.timestamps import HOUR_MS, MINUTE_MS
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.sla.policies import AfterSales, AutoApproval, Policy
from chalicelib.entrypoints.http.aftersales.views import order_money_view
from chalicelib.usecases.aftersales.compensate import propose_money, step_money
from chalicelib.usecases.orders.count_order_money import count_order_money
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import FakeServices
from tests.support.cases.case_work import LEE, case_in, command
from tests.support.cases.webhooks import KEY, request
from tests.support.platforms.platform_webhooks import process, shopify, woocommerce
from tests.support.world.rows import rows

ORDER = "5100000000001"
WHOLE: dict[str, Any] = {
    "external_id": ORDER,
    "total": {"amount": "100.00", "currency": "EUR"},
    "items": [
        {"sku": "LAMP", "price": {"amount": "60.00", "currency": "EUR"}},
        {"sku": "SHADE", "price": {"amount": "40.00", "currency": "EUR"}},
    ],
}


def propose(services: FakeServices, amount: str) -> str:
    """The outcome of proposing an amount."""
    try:
        propose_money(services, command(services), MoneyAsked(kind="refund", amount=MoneyIn(amount, "EUR")))
    except Conflict:
        return "refused"
    return case_in(services).money[-1].state


def do(services: FakeServices, what: str, argument: Any) -> None:
    what = what.rstrip("2")  # a row may repeat a step
    last = case_in(services).money[-1].id if case_in(services).money else ""
    if what == "order":
        refunds = [one | {"money": last} if one.get("money") == "last" else one for one in argument.get("refunds", ())]
        data = {"external_id": ORDER} | argument | ({"refunds": refunds} if refunds else {})
        assert services.hook("order.updated", data).state == "processed"
    elif what in ("shopify", "woocommerce"):
        name, body = argument
        send = shopify if what == "shopify" else woocommerce
        taken = send(
            services, name, body=json.dumps(body).replace("$last", last).encode(), delivery=f"d-{services.time}"
        )
        assert process(services, taken).state in ("processed", "ignored")
    elif what == "give":
        assert propose(services, argument) in ("proposed", "approved")
    elif what == "approve":
        step_money(services, command(services, LEE), last, "approve", MoneyStep(), True)
    elif what == "ask" and argument == "refused":
        with pytest.raises(Conflict):
            step_money(services, command(services), last, "request", MoneyStep(), False)
    elif what == "ask":
        step_money(services, command(services), last, "request", MoneyStep(), False)
    elif what == "answer":
        services.hook(f"refund.{argument}", {"case_external_id": "web-1", "money": last})
    else:
        assert what == "hours"
        services.time += argument * HOUR_MS


def steps(row: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    return ((what, argument) for one in row["does"] for what, argument in one.items())


@pytest.mark.parametrize("row", rows("money_elsewhere"))
def test_money_that_went_back_without_us(services: FakeServices, row: dict[str, Any]) -> None:
    services.hook("case.requested", request(order=WHOLE, type="question"))
    for what, argument in steps(row):
        services.time += MINUTE_MS
        do(services, what, argument)
    opening = services.cases.opening([KEY])[KEY]
    shown = order_money_view(count_order_money(services, "demo", opening.order, case_in(services)))
    assert (shown["left"].amount, shown["left"].currency) == (row["want"], "EUR")
    left = {one["sku"]: one["left"].amount for one in shown["lines"]}
    assert row.get("lines", {}).items() <= left.items()
    finance = [one for case in services.cases.stored.values() if case.case for one in case.case.tasks]
    money = [one for one in finance if one.department == "finance" and "went back without us" in one.title]
    assert "tasks" not in row or len(money) == row["tasks"]
    for amount, becomes in row.get("then", {}).items():
        assert (amount, propose(services, amount)) == (amount, becomes)


BY_RULE = AfterSales(auto_approve=(AutoApproval(name="defects", reason="defective"),))
FIVE = {"id": "X", "amount": {"amount": "5.00", "currency": "EUR"}}


@pytest.mark.parametrize(
    ("update", "ruling"),
    [
        ({}, None),
        ({"refunds": [FIVE]}, ("already_refunded", "5.00 EUR")),
        ({"refunds": [FIVE | {"state": "failed"}]}, None),
        ({"disputes": [FIVE]}, ("already_refunded", "5.00 EUR")),
        ({"disputes": [FIVE | {"kind": "inquiry"}]}, ("payment_disputed", "")),
        ({"disputes": [FIVE | {"state": "won"}]}, None),
        ({"cancelled_at": "2026-11-19T00:00:00Z"}, ("order_cancelled", "")),
    ],
)
def test_a_claim_is_not_approved_by_rule_over_money_that_went_back(
    services: FakeServices, update: dict[str, Any], ruling: tuple[str, str] | None
) -> None:
    put_policy(services, "demo", Policy(after_sales=BY_RULE))
    services.hook("order.updated", WHOLE | update)
    services.hook("case.requested", request(order={"external_id": ORDER}, claim={"reason": "defective"}))
    flow = case_in(services).flow
    assert flow is not None
    found = [(one.name, one.about) for one in flow.rulings]
    assert flow.state == ("requested" if ruling else "approved")
    assert ruling is None or ruling in found
    assert ("fault", "defective") in found
