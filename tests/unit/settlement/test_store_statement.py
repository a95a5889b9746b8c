"""Entries of statements are stored once and settled where they lie."""

from decimal import Decimal
from typing import Any

from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, format_instant
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import case_in
from tests.support.orders.settlement import (
    PAID_AT,
    approved_money,
    lose_answer,
    outcomes,
    room_left,
    statement_entry,
    store_and_settle,
)


def test_a_statement_sent_in_parts_by_the_shops_own_webhook_is_settled(bought: FakeServices) -> None:
    given = lose_answer(bought)
    entry = {
        "kind": "refund",
        "id": "50",
        "amount": {"amount": "100.00", "currency": "CNY"},
        "at": format_instant(PAID_AT - HOUR_MS),
        "order": "O-1",
    }
    data = {"provider": "wechat", "statement": "d1", "entries": [entry | {"refund_no": given.id}]}
    bought.time += DAY_MS
    assert bought.hook("statement.told", data).state == "processed"
    store_and_settle(bought)
    assert case_in(bought).money[0].proof == "wechat/50"
    whole = {
        "provider": "wechat",
        "statement": "d1",
        "since": format_instant(NOON - DAY_MS),
        "until": format_instant(NOON + DAY_MS),
    }
    assert bought.hook("statement.told", whole).state == "processed"
    assert [one.statement for one in bought.settlements.coverages("demo")] == ["d1"]


def test_what_alipay_numbers_not_is_known_again_where_it_was_kept_under_its_payment() -> None:
    unnumbered: dict[str, Any] = {"provider": "alipay", "form": "trade", "payment": "T1", "amount": "10.00"}
    old, again = statement_entry("T1", **unnumbered), statement_entry("T1/a", **unnumbered)
    other = statement_entry("T1/b", paid_at=PAID_AT + HOUR_MS, **unnumbered)
    assert outcomes([old, again, other], []) == [("unknown", None), ("same", None), ("unknown", None)]
    assert outcomes([again, other], [approved_money("M-1", "10.00", reference="T1")]) == [
        ("settled", "M-1"),
        ("unknown", None),
    ]


def test_entries_of_earlier_versions_are_settled_where_they_lie(bought: FakeServices) -> None:
    for entry in (
        statement_entry("50", "60.0", order="#O-1"),
        statement_entry("51", "1.0", order="#O-1"),
        statement_entry("51", "1.00", order="#O-1"),
    ):
        assert bought.settlements.add(SHOP, entry)
    store_and_settle(bought, statement_entry("50", "60.00"))
    assert room_left(bought) == Decimal("249.00")
    assert sorted(str(one.state) for one in bought.settlements.stored.values()) == [
        "same",
        "unknown",
        "unknown",
        "unknown",
    ]
