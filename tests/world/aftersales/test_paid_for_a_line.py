"""What was paid for a line can be refunded to the last coin, and not a coin more."""

import json
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.flows.payloads import MoneyAsked
from chalicelib.domain.kernel.errors import AftercareError, Conflict
from chalicelib.domain.kernel.money import coin_of
from chalicelib.domain.kernel.validation import LineIn, MoneyIn
from chalicelib.usecases.aftersales.compensate import propose_money
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.cases.webhooks import request
from tests.support.platforms.platform_webhooks import process, shopify, woocommerce
from tests.support.world.rows import rows

ORDER = "5100000000001"


def send_order_and_case(services: FakeServices, row: dict[str, Any]) -> None:
    """Send the order as its source sends it, and open a case about it."""
    if "shopify" in row:
        body = json.dumps({"id": int(ORDER), **row["shopify"]}).encode()
        assert process(services, shopify(services, "orders-updated", body=body)).state == "processed"
    elif "woocommerce" in row:
        body = json.dumps({"id": int(ORDER), **row["woocommerce"]}).encode()
        assert process(services, woocommerce(services, "order-updated", body=body)).state == "processed"
    else:
        assert services.hook("order.updated", {"external_id": ORDER, **row["standard"]}).state == "processed"
    services.hook("case.requested", request(order={"external_id": ORDER}))


def give(services: FakeServices, amount: Decimal, currency: str, sku: str | None = None) -> None:
    lines = (LineIn(sku, f"{amount:f}"),) if sku else ()
    propose_money(
        services, command(services), MoneyAsked(kind="refund", amount=MoneyIn(f"{amount:f}", currency), lines=lines)
    )


def currency_of(row: dict[str, Any]) -> str:
    for source in ("shopify", "woocommerce"):
        if source in row:
            return str(row[source]["currency"])
    if "currency" in row:
        return str(row["currency"])
    return str(row["standard"]["items"][0]["price"]["currency"])


@pytest.mark.parametrize("row", rows("paid_for_a_line"))
def test_what_was_paid_for_a_line(services: FakeServices, row: dict[str, Any]) -> None:
    send_order_and_case(services, row)
    currency, want = currency_of(row), Decimal(row["want"])
    with pytest.raises(Conflict, match="too much"):
        give(services, want + coin_of(currency), currency, row["line"])
    if want:
        give(services, want, currency, row["line"])
    if "total" in row:
        left = Decimal(row["total"]) - want
        with pytest.raises(AftercareError):
            give(services, left + coin_of(currency), currency)
        if left:
            give(services, left, currency)
        assert sum(one.amount.value for one in case_in(services).money) == Decimal(row["total"])
