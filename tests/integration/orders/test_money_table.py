"""An order's money is counted at the order: a refund made elsewhere raises the order's version."""

from typing import Any

import pytest

from chalicelib.adapters.aws import keys
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.flows.payloads import MoneyAsked
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order import Order
from chalicelib.domain.orders.order_payload import OrderIn, OrderUpdate, RefundIn
from chalicelib.domain.orders.platform_order import CompleteOrder
from chalicelib.domain.platforms.events import PlatformDispute
from chalicelib.usecases.aftersales.compensate import propose_money
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.orders.count_order_money import OrderMoney, names_of
from chalicelib.usecases.orders.record_dispute import record_dispute
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.ports.read_ahead import Wanted
from chalicelib.usecases.ports.shop_rules import shop_of
from tests.support.moto.tables import given_case

HUNDRED = MoneyIn("100.00", "CNY")


def update_order(services: AwsServices, **more: Any) -> None:
    record_order(
        services, shop_of(services, "demo"), OrderUpdate(external_id="O-1", number="1042", **more), services.now()
    )


def ledgers(services: AwsServices) -> list[int]:
    return [services.cases.ledger("demo", name) for name in ("O-1", "1042")]


@pytest.mark.parametrize("name", ["O-1", "#1042"])
def test_money_is_counted_by_a_record_that_is_no_older_than_the_version_that_the_write_must_find(
    services: AwsServices, name: str
) -> None:
    update_order(services, total=HUNDRED)
    case = given_case(services).case
    assert case is not None
    services.ahead.read(Wanted(shop="demo", settings="fresh", order=name))
    update_order(AwsServices(), refunds=(RefundIn(id="R", amount=HUNDRED),))
    money = OrderMoney(services, "demo", Order(external_id=name))
    assert money.count(case).record == AwsServices().order_records.load("demo", "O-1")
    assert money.version == services.cases.ledger("demo", "O-1")


def test_an_update_of_an_orders_money_advances_its_ledger_and_nothing_else_does(services: AwsServices) -> None:
    update_order(services, total=HUNDRED)
    assert ledgers(services) == [1, 1]
    update_order(services, total=HUNDRED, estimated_delivery_at=None)
    assert ledgers(services) == [1, 1]
    update_order(services, refunds=(RefundIn(id="R", amount=HUNDRED),))
    dispute = PlatformDispute(id="D", order="O-1", kind="chargeback", reason="fraud", amount=HUNDRED)
    record_dispute(services, shop_of(services, "demo"), dispute, services.now())
    assert ledgers(services) == [3, 3]
    record = services.order_records.load("demo", "1042")
    assert record is not None
    assert ([one.id for one in record.refunds], [one.id for one in record.disputes]) == (["R"], ["D"])


@pytest.mark.parametrize("name", ["O-1", "1042"])
def test_a_proposal_that_was_counted_before_a_refund_was_told_is_counted_anew(
    services: AwsServices, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = given_case(services, order=OrderIn(external_id=name, total=HUNDRED))
    assert stored.case is not None
    commit = services.cases.commit

    def late(change: Any) -> None:
        monkeypatch.setattr(services.cases, "commit", commit)
        update_order(services, refunds=(RefundIn(id="R", amount=MoneyIn("60.00", "CNY")),))
        commit(change)

    monkeypatch.setattr(services.cases, "commit", late)
    mine = Command(case=stored.case.id, shop="demo", by=Actor("agent", "mei"))
    with pytest.raises(Conflict, match=r"40\.00 CNY of what was paid are left"):
        propose_money(services, mine, MoneyAsked(kind="refund", amount=HUNDRED))
    propose_money(services, mine, MoneyAsked(kind="refund", amount=MoneyIn("40.00", "CNY")))
    assert services.table.get(keys.order_cases("demo", "O-1"), keys.LEDGER) is not None


def test_what_a_statement_said_of_a_number_goes_to_the_order_once_that_is_known(services: AwsServices) -> None:
    shop = shop_of(services, "demo")
    back = RefundIn(id="statement/stripe/re_1", amount=HUNDRED)
    record_order(services, shop, OrderUpdate(external_id="1042", refunds=(back,)), services.now())
    update_order(services, total=HUNDRED)
    for name in ("O-1", "1042", "#1042", " 1042"):
        record = services.order_records.load("demo", name)
        assert record is not None
        assert (record.external_id, [one.id for one in record.refunds]) == ("O-1", ["statement/stripe/re_1"])


def test_an_order_is_found_with_and_without_its_sign_also_as_earlier_versions_kept_it(services: AwsServices) -> None:
    shop = shop_of(services, "demo")
    record_order(services, shop, OrderUpdate(external_id="#77", total=HUNDRED), services.now())
    found = [services.order_records.load("demo", name) for name in ("#77", "77")]
    assert [(one.external_id, one.version) for one in found if one] == [("#77", 1)] * 2
    services.table.delete(
        keys.order_record("demo", "77"), "A"
    )  # as it was before orders were found by their plain names
    assert services.order_records.load("demo", "77") is None
    record_order(
        services, shop, OrderUpdate(external_id="#77", number="77", refunds=(RefundIn(id="R", amount=HUNDRED),)), 0
    )
    found = [services.order_records.load("demo", name) for name in ("#77", "77")]
    assert [(one.external_id, one.version) for one in found if one] == [("#77", 2)] * 2
    stored = given_case(services, order=OrderIn(external_id="#88", total=HUNDRED))
    services.table.put({"pk": keys.former_order_cases("demo", "#88"), "sk": "OLD"})
    assert services.cases.of_order("demo", "88") == [stored.key]
    assert services.cases.of_order("demo", "#88") == [stored.key, "OLD"]


def test_an_order_whose_id_is_another_orders_number_is_an_order_of_its_own(services: AwsServices) -> None:
    shop, fifty = shop_of(services, "demo"), MoneyIn("55.00", "CNY")
    record_order(services, shop, CompleteOrder(external_id="77", number="1001", total=HUNDRED), services.now())
    refund = RefundIn(id="R", amount=fifty)
    record_order(
        services, shop, CompleteOrder(external_id="1001", number="1900", total=fifty, refunds=(refund,)), services.now()
    )
    found = [services.order_records.load_by_id("demo", name) for name in ("77", "1001")]
    assert [(one.number, one.order.total and one.order.total.amount, len(one.refunds)) for one in found if one] == [
        ("1001", "100.00", 0),
        ("1900", "55.00", 1),
    ]
    late = PlatformDispute(id="D", order="1001", kind="chargeback", reason="fraud", amount=fifty)
    record_dispute(services, shop, late, services.now())
    first = services.order_records.load_by_id("demo", "77")
    assert first is not None
    assert (first.disputes, names_of(services, "demo", first)) == ((), {"77"})
