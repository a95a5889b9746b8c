"""What was paid for a line can be given back for it to the last coin, and not a coin more."""

import json
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.flows.payloads import MoneyAsked
from chalicelib.domain.kernel.errors import CareError, Conflict
from chalicelib.domain.kernel.money import coin_of
from chalicelib.domain.kernel.validation import LineIn, MoneyIn
from chalicelib.usecases.aftersales.compensate import propose_money
from tests.fakes import FakeDesk
from tests.unit.desk_work import case_in, deed
from tests.unit.test_hooks import request
from tests.unit.test_platforms import heard, shopify, woocommerce
from tests.world.rows import rows

ORDER = "5100000000001"


def told(desk: FakeDesk, row: dict[str, Any]) -> None:
    """The order, as its source tells it, and a case about it."""
    if "shopify" in row:
        body = json.dumps({"id": int(ORDER), **row["shopify"]}).encode()
        assert heard(desk, shopify(desk, "orders-updated", body=body)).state == "processed"
    elif "woocommerce" in row:
        body = json.dumps({"id": int(ORDER), **row["woocommerce"]}).encode()
        assert heard(desk, woocommerce(desk, "order-updated", body=body)).state == "processed"
    else:
        assert desk.hook("order.updated", {"external_id": ORDER, **row["standard"]}).state == "processed"
    desk.hook("case.requested", request(order={"external_id": ORDER}))


def give(desk: FakeDesk, amount: Decimal, currency: str, sku: str | None = None) -> None:
    lines = (LineIn(sku, f"{amount:f}"),) if sku else ()
    propose_money(desk, deed(desk), MoneyAsked(kind="refund", amount=MoneyIn(f"{amount:f}", currency), lines=lines))


def currency_of(row: dict[str, Any]) -> str:
    for source in ("shopify", "woocommerce"):
        if source in row:
            return str(row[source]["currency"])
    if "currency" in row:
        return str(row["currency"])
    return str(row["standard"]["items"][0]["price"]["currency"])


@pytest.mark.parametrize("row", rows("paid_for_a_line"))
def test_what_was_paid_for_a_line(desk: FakeDesk, row: dict[str, Any]) -> None:
    told(desk, row)
    currency, want = currency_of(row), Decimal(row["want"])
    with pytest.raises(Conflict, match="too much"):
        give(desk, want + coin_of(currency), currency, row["line"])
    if want:
        give(desk, want, currency, row["line"])
    if "total" in row:
        left = Decimal(row["total"]) - want
        with pytest.raises(CareError):
            give(desk, left + coin_of(currency), currency)
        if left:
            give(desk, left, currency)
        assert sum(one.amount.value for one in case_in(desk).money) == Decimal(row["total"])
