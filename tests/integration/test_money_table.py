"""An order's money is counted at the order: what goes back without us takes its version on, whoever counts then."""

from typing import Any

import pytest

from chalicelib.adapters import keys
from chalicelib.bootstrap import AwsDesk
from chalicelib.domain.errors import Conflict
from chalicelib.domain.events import Actor
from chalicelib.domain.flows.inputs import MoneyAsked
from chalicelib.domain.order_inputs import OrderIn, OrderTold, RefundIn
from chalicelib.domain.platforms.told import DisputeTold
from chalicelib.domain.shapes import MoneyIn
from chalicelib.usecases.desk import shop_of
from chalicelib.usecases.give_money import propose_money
from chalicelib.usecases.keep_order import keep_dispute, keep_order
from chalicelib.usecases.work_case import Deed
from tests.integration.test_case_table import open_one

HUNDRED = MoneyIn("100.00", "CNY")


def told(desk: AwsDesk, **more: Any) -> None:
    keep_order(desk, shop_of(desk, "demo"), OrderTold(external_id="O-1", number="1042", **more), desk.now())


def ledgers(desk: AwsDesk) -> list[int]:
    return [desk.cases.ledger("demo", name) for name in ("O-1", "1042")]


def test_what_is_told_of_an_orders_money_advances_its_ledger_and_nothing_else_does(desk: AwsDesk) -> None:
    told(desk, total=HUNDRED)
    assert ledgers(desk) == [1, 1]
    told(desk, total=HUNDRED, estimated_delivery_at=None)
    assert ledgers(desk) == [1, 1]
    told(desk, refunds=(RefundIn(id="R", amount=HUNDRED),))
    dispute = DisputeTold(id="D", order="O-1", kind="chargeback", reason="fraud", amount=HUNDRED)
    keep_dispute(desk, shop_of(desk, "demo"), dispute, desk.now())
    assert ledgers(desk) == [3, 3]
    sale = desk.sales.load("demo", "1042")
    assert sale is not None
    assert ([one.id for one in sale.refunds], [one.id for one in sale.disputes]) == (["R"], ["D"])


@pytest.mark.parametrize("name", ["O-1", "1042"])
def test_a_proposal_that_was_counted_before_a_refund_was_told_is_counted_anew(
    desk: AwsDesk, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = open_one(desk, order=OrderIn(external_id=name, total=HUNDRED))
    assert stored.case is not None
    commit = desk.cases.commit

    def late(change: Any) -> None:
        monkeypatch.setattr(desk.cases, "commit", commit)
        told(desk, refunds=(RefundIn(id="R", amount=MoneyIn("60.00", "CNY")),))
        commit(change)

    monkeypatch.setattr(desk.cases, "commit", late)
    mine = Deed(case=stored.case.id, shop="demo", by=Actor("agent", "mei"))
    with pytest.raises(Conflict, match=r"40\.00 CNY of what was paid are left"):
        propose_money(desk, mine, MoneyAsked(kind="refund", amount=HUNDRED))
    propose_money(desk, mine, MoneyAsked(kind="refund", amount=MoneyIn("40.00", "CNY")))
    assert desk.table.get(keys.order_list("demo", "O-1"), keys.LEDGER) is not None
