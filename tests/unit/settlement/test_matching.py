"""Which refund a statement's entry proves."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.flows.compensation import MoneyState
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS
from chalicelib.domain.orders.order import Refund
from chalicelib.domain.settlement.entries import Entry
from chalicelib.domain.settlement.fitting import CaseMoney
from chalicelib.domain.settlement.matching import PAYABLE, Outcome, match
from tests.fakes import NOON
from tests.support.orders.settlement import PAID_AT, approved_money, outcomes, statement_entry


def test_the_id_decides_even_where_other_money_has_the_same_amount() -> None:
    given = [approved_money("M-1"), approved_money("M-2")]
    assert outcomes([statement_entry(refund_no="M-2")], given) == [("settled", "M-2")]
    assert outcomes([statement_entry("re_9")], [approved_money("M-1", reference="re_9"), approved_money("M-2")]) == [
        ("settled", "M-1")
    ]


def test_without_an_id_order_amount_and_time_decide_where_only_one_fits() -> None:
    assert outcomes([statement_entry()], [approved_money("M-1"), approved_money("M-2", "99.99")]) == [
        ("settled", "M-1")
    ]
    assert outcomes([statement_entry(paid_at=NOON - 2 * HOUR_MS)], [approved_money()]) == [("unknown", None)]
    assert outcomes([statement_entry(paid_at=NOON + 31 * DAY_MS)], [approved_money()]) == [("unknown", None)]
    assert outcomes([statement_entry(currency="USD")], [approved_money()]) == [("unknown", None)]


def test_what_fits_several_is_listed_until_there_are_as_many_payments_as_money() -> None:
    given = [approved_money("M-1"), approved_money("M-2", since=NOON + HOUR_MS)]
    assert outcomes([statement_entry("E-1")], given) == [("ambiguous", "M-1")]
    both = outcomes([statement_entry("E-1"), statement_entry("E-2", paid_at=PAID_AT + 1)], given)
    assert both == [("settled", "M-1"), ("settled", "M-2")]
    third = outcomes(
        [
            statement_entry("E-1"),
            statement_entry("E-2", paid_at=PAID_AT + 1),
            statement_entry("E-3", paid_at=PAID_AT + 2),
        ],
        given,
    )
    assert third == [*both, ("unknown", None)]


def test_the_same_id_with_another_amount_or_currency_is_different_and_settles_nothing() -> None:
    assert outcomes([statement_entry(amount="90.00", refund_no="M-1")], [approved_money()]) == [("different", "M-1")]
    assert outcomes([statement_entry(currency="USD", refund_no="M-1")], [approved_money()]) == [("different", "M-1")]


def test_a_second_payment_under_one_id_is_one_that_nobody_knows() -> None:
    results = outcomes(
        [statement_entry("E-1", refund_no="M-1"), statement_entry("E-2", refund_no="M-1", paid_at=PAID_AT + 1)],
        [approved_money()],
    )
    assert results == [("settled", "M-1"), ("unknown", None)]


@pytest.mark.parametrize("state", ["proposed", "declined"])
def test_money_that_nobody_approved_was_paid_by_somebody_else(state: MoneyState) -> None:
    assert outcomes([statement_entry(refund_no="M-1")], [approved_money(state=state)]) == [("unknown", None)]


def test_what_the_platform_told_the_order_of_is_known_but_its_echo_of_our_own_is_not_counted_twice() -> None:
    reported = (Refund(id="R-1", amount=Money("100.00", "CNY"), at=PAID_AT),)
    assert outcomes([statement_entry()], [], reported) == [("known", None)]
    assert outcomes(
        [statement_entry("E-1"), statement_entry("E-2", paid_at=PAID_AT + 1)], [approved_money()], reported
    ) == [
        ("settled", "M-1"),
        ("unknown", None),
    ]
    assert outcomes(
        [statement_entry("R-1", amount="1.00")], [], (replace(reported[0], amount=Money("2.00", "CNY")),)
    ) == [("known", None)]


def test_what_came_back_again_proves_nothing() -> None:
    gave, back = (
        statement_entry("re_1", refund_no="M-1"),
        statement_entry("re_1", paid_at=PAID_AT + DAY_MS, kind="refund_failed", refund_no="M-1"),
    )
    result = match([back, gave], [approved_money()], ())
    assert [(one.state, one.money) for one in result] == [("reversed", "M-1"), ("taken_back", "M-1")]
    assert outcomes([back], [approved_money()]) == [("failed", "M-1")]


def test_a_failure_takes_back_its_own_refund_and_not_another_of_the_same_amount() -> None:
    entries = [
        statement_entry("re_1", payment="pi"),
        statement_entry("re_2", payment="pi", paid_at=PAID_AT + 1),
        statement_entry("re_2", payment="pi", paid_at=PAID_AT + 2, kind="refund_failed"),
    ]
    assert [one.state for one in match(entries, [], ())] == ["unknown", "reversed", "taken_back"]


def test_a_chargeback_is_no_refund_of_ours_and_a_won_one_gives_back() -> None:
    taken = statement_entry("dp_1", kind="dispute")
    assert outcomes([taken], [approved_money()]) == [("unknown", None)]
    won = statement_entry("CB-9", paid_at=PAID_AT + DAY_MS, kind="dispute_won", reverses="dp_1")
    assert [one.state for one in match([taken, won], [approved_money()], ())] == ["reversed", "taken_back"]


def test_a_refund_in_both_statements_of_alipay_counts_once() -> None:
    trade = statement_entry("T/R-1", provider="alipay", form="trade", refund_no="M-1")
    account = statement_entry("900", provider="alipay", form="account", paid_at=PAID_AT + 2)
    assert outcomes([account, trade], [approved_money()]) == [("settled", "M-1"), ("same", None)]
    other = statement_entry("901", provider="alipay", form="account", paid_at=PAID_AT + 3)
    assert outcomes([account, trade, other], [approved_money()]) == [
        ("settled", "M-1"),
        ("same", None),
        ("unknown", None),
    ]


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[Entry], list[CaseMoney], tuple[Refund, ...]]:
    """An order with few amounts, so that many entries match."""
    amounts, times = st.sampled_from(["10.00", "20.00"]), st.integers(0, 40).map(lambda days: NOON + days * DAY_MS)
    states: st.SearchStrategy[MoneyState] = st.sampled_from(PAYABLE)
    given = [approved_money(f"M-{n}", draw(amounts), draw(states), draw(times)) for n in range(draw(st.integers(0, 4)))]
    names = st.sampled_from([None, *(one.money.id for one in given)])
    entries = [
        statement_entry(
            f"E-{draw(st.integers(0, 5))}",
            draw(amounts),
            draw(times),
            refund_no=draw(names),
            kind=draw(st.sampled_from(["refund", "refund", "refund", "refund_failed", "dispute"])),
        )
        for _ in range(draw(st.integers(0, 6)))
    ]
    reported = tuple(
        Refund(id=f"R-{n}", amount=Money(draw(amounts), "CNY"), at=draw(times)) for n in range(draw(st.integers(0, 2)))
    )
    return list({one.place: one for one in entries}.values()), given, reported  # as the table stores them


@settings(max_examples=150)
@given(orders(), st.randoms())
def test_no_entry_proves_two_and_no_money_has_two_proofs_in_whatever_order_they_come(case: Any, chance: Any) -> None:
    entries, given, reported = case
    found = match(entries, given, reported)
    assert {one.entry.place for one in found} == {one.place for one in entries}
    assert len(found) == len({one.place for one in entries})
    proven = [one.money for one in found if one.state == "settled"]
    assert len(proven) == len(set(proven))
    for one in found:
        if one.state == "settled":
            (money_of,) = [other.money for other in given if other.money.id == one.money]
            assert money_of.amount == one.entry.amount
    refunds = [one.refund for one in found if one.refund]
    assert len(refunds) == len(set(refunds))
    mixed = [list(some) for some in (entries, given, reported)]
    for some in mixed:
        chance.shuffle(some)
    assert match(mixed[0], mixed[1], tuple(mixed[2])) == found


@settings(max_examples=100)
@given(orders())
def test_what_was_proven_stays_proven_when_all_is_matched_again(case: Any) -> None:
    entries, given, reported = case
    proofs = {one.money: one.entry.proof for one in match(entries, given, reported) if one.state == "settled"}
    done = {one.money.id: replace(one.money, proof=proofs.get(one.money.id), state="done") for one in given}
    after = [replace(one, money=done[one.money.id]) if one.money.id in proofs else one for one in given]
    again: list[Outcome] = match(entries, after, reported)
    assert proofs.items() <= {one.money: one.entry.proof for one in again if one.state == "settled"}.items()
