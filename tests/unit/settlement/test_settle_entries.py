"""Refunds that only a statement knows reduce what is left of their order, once."""

from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, format_instant, to_datetime
from chalicelib.domain.orders.order import Dispute, Order, Refund
from chalicelib.domain.platforms.events import CompleteOrder
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.settlement.find_unpaid import plan_checks
from chalicelib.usecases.settlement.settle_entries import settle_entries
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import case_in
from tests.support.orders.money import propose
from tests.support.orders.settlement import (
    PAID_AT,
    finance_tasks,
    lose_answer,
    money_state,
    room_left,
    statement_entry,
    store_and_settle,
)


def refunds(services: FakeServices) -> dict[str, str]:
    order_record = services.order_records.load("demo", "O-1")
    taken: tuple[Refund | Dispute, ...] = (
        (*order_record.reported_refunds, *order_record.disputes) if order_record else ()
    )
    return {one.id: one.amount.amount for one in taken if one.counts}


def test_a_refund_nobody_knew_takes_the_orders_room_once_and_finance_looks(bought: FakeServices) -> None:
    for _ in range(2):
        store_and_settle(bought, statement_entry("77", "60.00", refund_no="shop-77"))
    assert (money_state(bought, "77"), refunds(bought)) == ("unknown", {"statement/wechat/77": "60.00"})
    assert len(finance_tasks(case_in(bought))) == 1
    assert "60.00 CNY" in finance_tasks(case_in(bought))[0]


def test_what_the_platform_tells_late_is_the_same_refund(bought: FakeServices) -> None:
    store_and_settle(bought, statement_entry("77", "60.00"))
    refund = {"id": "R-1", "amount": {"amount": "60.00", "currency": "CNY"}, "refunded_at": format_instant(PAID_AT)}
    bought.time += DAY_MS
    bought.hook("order.updated", {"external_id": "O-1", "refunds": [refund]})
    assert plan_checks(bought, SHOP, "2026-11-21", bought.time) == 1
    (check,) = bought.settlements.checks.values()
    settle_entries(bought, "demo", check.group, check.place)
    assert money_state(bought, "77") == "known"
    assert refunds(bought) == {"R-1": "60.00"}


def test_a_second_payment_of_the_same_amount_takes_its_own_room(bought: FakeServices) -> None:
    given = lose_answer(bought)
    bought.time += 4 * HOUR_MS
    store_and_settle(
        bought,
        statement_entry("50", paid_at=NOON + HOUR_MS, refund_no=given.id),
        statement_entry("51", paid_at=NOON + HOUR_MS + MINUTE_MS),
    )
    assert (money_state(bought, "50"), money_state(bought, "51")) == ("settled", "unknown")
    assert room_left(bought) == Decimal("110.00")


def test_a_platform_that_tells_of_the_same_refund_takes_its_room_once(bought: FakeServices) -> None:
    given = lose_answer(bought)
    bought.time += 4 * HOUR_MS
    refund = {
        "id": "R-1",
        "amount": {"amount": "100.00", "currency": "CNY"},
        "refunded_at": format_instant(NOON + HOUR_MS),
    }
    bought.hook("order.updated", {"external_id": "O-1", "refunds": [refund]})
    store_and_settle(bought, statement_entry("50", paid_at=NOON + HOUR_MS, refund_no=given.id))
    assert room_left(bought) == Decimal("210.00")


def test_a_whole_order_does_not_take_back_what_only_statements_know(bought: FakeServices) -> None:
    store_and_settle(bought, statement_entry("77", "60.00"))
    bought.time += DAY_MS
    whole = CompleteOrder(external_id="O-1", all_refunds=True, occurred_at=to_datetime(bought.time))
    record_order(bought, SHOP, whole, bought.time)
    assert refunds(bought) == {"statement/wechat/77": "60.00"}
    assert room_left(bought) == Decimal("250.00")


def test_a_chargeback_the_platform_reported_is_known(bought: FakeServices) -> None:
    dispute = {"id": "D-1", "amount": {"amount": "75.00", "currency": "CNY"}, "disputed_at": format_instant(PAID_AT)}
    bought.hook("order.updated", {"external_id": "O-1", "disputes": [dispute]})
    store_and_settle(bought, statement_entry("dp_1", "75.00", provider="stripe", kind="dispute"))
    assert (money_state(bought, "dp_1"), room_left(bought)) == ("known", Decimal("235.00"))


def test_what_the_platform_says_answers_our_money_is_our_money(bought: FakeServices) -> None:
    for _ in range(2):
        lose_answer(bought, "50.00")
    refund = {"id": "re_9", "amount": {"amount": "50.00", "currency": "CNY"}, "money": case_in(bought).money[1].id}
    bought.time += MINUTE_MS
    bought.hook("order.updated", {"external_id": "O-1", "refunds": [refund]})
    store_and_settle(bought, statement_entry("re_9", "50.00", provider="stripe"))
    assert [one.proof for one in case_in(bought).money] == [None, "stripe/re_9"]


def test_a_refund_of_an_order_nobody_knows_is_listed_and_kept_for_whoever_tells_of_the_order(
    bought: FakeServices,
) -> None:
    store_and_settle(bought, statement_entry("78", order="X-9"), statement_entry("79", order=None, payment="pi_9"))
    assert (money_state(bought, "78"), money_state(bought, "79")) == ("unknown", "unknown")
    order_record = bought.order_records.load("demo", "X-9")
    assert order_record is not None
    assert (order_record.is_of_statements, [one.id for one in order_record.refunds]) == (True, ["statement/wechat/78"])
    assert order_record.order == Order("X-9")


def test_another_amount_under_our_id_settles_nothing_and_finance_looks(bought: FakeServices) -> None:
    given = lose_answer(bought)
    store_and_settle(bought, statement_entry("50", "90.00", refund_no=given.id))
    assert (case_in(bought).money[0].state, money_state(bought, "50")) == ("unknown", "different")
    assert "another amount" in finance_tasks(case_in(bought))[-1]
    assert room_left(bought) == Decimal("210.00")


def test_more_than_was_asked_for_by_our_id_takes_the_room_of_what_was_paid(bought: FakeServices) -> None:
    given = lose_answer(bought)
    for _ in range(2):
        store_and_settle(bought, statement_entry("50", "120.00", refund_no=given.id))
        bought.settlements.new.append(next(iter(bought.settlements.stored)))
    assert (case_in(bought).money[0].state, room_left(bought)) == ("unknown", Decimal("190.00"))


def test_a_refund_that_came_back_is_no_longer_done_and_its_room_is_free(bought: FakeServices) -> None:
    given = lose_answer(bought, "200.00")
    store_and_settle(bought, statement_entry("50", "200.00", refund_no=given.id))
    bought.time += 2 * DAY_MS
    store_and_settle(
        bought, statement_entry("50", "200.00", paid_at=PAID_AT + DAY_MS, kind="refund_failed", refund_no=given.id)
    )
    (after,) = case_in(bought).money
    assert (after.state, after.proof, after.counts) == ("failed", None, False)
    assert "came back" in finance_tasks(case_in(bought))[-1]
    assert propose(bought, "200.00").state == "approved"


def test_a_refund_the_service_says_failed_is_failed(bought: FakeServices) -> None:
    given = lose_answer(bought)
    store_and_settle(bought, statement_entry("50", kind="refund_failed", refund_no=given.id))
    assert (case_in(bought).money[0].state, money_state(bought, "50")) == ("failed", "failed")


def test_a_chargeback_takes_the_room_and_a_won_one_gives_it_back(bought: FakeServices) -> None:
    store_and_settle(bought, statement_entry("dp_1", "75.00", provider="stripe", kind="dispute"))
    assert refunds(bought) == {"statement/stripe/dp_1": "75.00"}
    bought.time += DAY_MS
    store_and_settle(
        bought, statement_entry("dp_1", "75.00", paid_at=PAID_AT + HOUR_MS, provider="stripe", kind="dispute_won")
    )
    assert refunds(bought) == {}


def test_two_entries_that_race_for_one_money_settle_it_once(
    bought: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_answer(bought)
    commit, raced = bought.cases.commit, list[bool]()

    def slower(change: Any) -> None:
        if not raced:
            raced.append(True)
            store_and_settle(bought, statement_entry("51", paid_at=PAID_AT + MINUTE_MS))
        commit(change)

    monkeypatch.setattr(bought.cases, "commit", slower)
    store_and_settle(bought, statement_entry("50"))
    states = sorted(str(one.state) for one in bought.settlements.stored.values())
    assert states == ["settled", "unknown"]
    proof = case_in(bought).money[0].proof
    assert list(refunds(bought)) == [f"statement/wechat/{51 if proof == 'wechat/50' else 50}"]
