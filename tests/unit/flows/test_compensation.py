"""What was paid for an order's lines, and how much of it can be given back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.aftersales.compensation_checks import paid_for
from chalicelib.domain.flows.compensation import Compensation, Line, too_much
from chalicelib.domain.flows.flow import moved, start
from chalicelib.domain.flows.moves import check_move
from chalicelib.domain.flows.payloads import MoveIn
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.money import Money, coin_of, in_currency, split
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order import Order, OrderItem
from chalicelib.domain.platforms.lines import SoldLine, remaining_items
from chalicelib.domain.platforms.payload_reader import money_of
from tests.support.orders.money import CURRENCIES


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """An order with any lines, some of one SKU, discounts and taxes, and a total that is higher, lower, or missing."""
    currency = draw(CURRENCIES)
    coin = coin_of(currency)

    def money(most: int = 10_000) -> Money:
        return Money(f"{coin * draw(st.integers(0, most)):f}", currency)

    items = tuple(
        OrderItem(
            draw(st.sampled_from("ABC")),
            quantity=draw(st.integers(1, 5)),
            price=money(),
            paid=money() if draw(st.booleans()) else None,
        )
        for _ in range(draw(st.integers(1, 6)))
    )
    total = money(60_000) if draw(st.booleans()) else None
    return Order("O", items, total, shipping=money() if draw(st.booleans()) else None)


@given(orders(), st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 4_000)), max_size=20))
def test_whatever_was_bought_and_given_every_line_is_given_back_to_its_last_coin_and_never_more(
    order: Order, tries: list[tuple[str, int]]
) -> None:
    paid = paid_for(order)
    assert paid is not None
    currency, coin = paid.total.currency, coin_of(paid.total.currency)
    parts = sum(paid.lines.values(), paid.shipping or Decimal(0))
    assert parts <= paid.total.value
    known = sum(
        (one.paid.value if one.paid else one.price.value * one.quantity for one in order.items if one.price),
        order.shipping.value if order.shipping else Decimal(0),
    )
    assert parts == min(known, paid.total.value)
    given_: tuple[Compensation, ...] = ()

    def give(sku: str, amount: Decimal) -> bool:
        nonlocal given_
        wanted = Compensation(
            id=str(len(given_)),
            kind="refund",
            amount=Money(f"{amount:f}", currency),
            by="mei",
            lines=(Line(sku, f"{amount:f}"),),
        )
        if too_much(paid, given_, wanted) is not None:
            return False
        given_ = (*given_, wanted)
        return True

    for sku, coins in tries:
        give(sku, coin * coins)
    for sku, whole_line in paid.lines.items():
        left = whole_line - sum(Decimal(one.lines[0].amount) for one in given_ if one.lines[0].sku == sku)
        assert left >= 0
        assert not give(sku, left + coin)
        assert give(sku, left) or not left
    assert sum(one.amount.value for one in given_) == sum(paid.lines.values())


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5), st.integers(0, 9_999)), min_size=1, max_size=5),
    st.integers(0, 3_000),
    st.integers(0, 60_000),
)
def test_what_was_taken_off_a_platforms_order_lowers_its_own_line_first(
    lines: list[tuple[int, int, int]], shipping: int, total: int
) -> None:
    sold = [
        SoldLine(sku=str(at), line=str(at), ordered=many, current=min(current, many), line_total=Decimal(cents) / 100)
        for at, (many, current, cents) in enumerate(lines)
    ]
    sent = Decimal(shipping) / 100
    items = remaining_items(sold, sent, money_of(Decimal(total) / 100, "EUR"), "EUR")
    paid = {one.sku: one.paid.money().value for one in items if one.paid}
    assert list(paid) == [one.sku for one in sold if one.current]
    for one in (one for one in sold if one.current):
        whole_line = one.line_total or Decimal(0)
        assert 0 <= paid[one.sku] <= whole_line
        if one.current == one.ordered or sum((each.line_total or 0 for each in sold), sent) <= Decimal(total) / 100:
            assert paid[one.sku] == whole_line


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.integers(1, 50))
def test_parts_of_what_the_customer_saw_never_come_to_less_in_the_shops_currency(
    cents: int, yen: int, many: int
) -> None:
    total, presented = Decimal(cents) / 100, Decimal(yen)
    parts = split(presented, [Decimal(1)] * many, "JPY")
    back = sum(in_currency(part, total, presented, "EUR") for part in parts)
    assert total <= back < total + Decimal(many) / 100 + Decimal("0.01")


def test_shipping_is_given_back_up_to_what_was_paid_for_it() -> None:
    order = Order(
        "O", (OrderItem("A", price=Money("50.00", "CNY")),), Money("60.00", "CNY"), shipping=Money("10.00", "CNY")
    )
    paid = paid_for(order)
    first = Compensation(id="1", kind="shipping", amount=Money("4.00", "CNY"), by="mei")
    for amount, why in (("6.00", None), ("6.01", "6.00 CNY of what was paid for shipping are left")):
        wanted = Compensation(id="2", kind="shipping", amount=Money(amount, "CNY"), by="mei")
        assert too_much(paid, (first,), wanted) == why


def test_prices_of_another_currency_say_nothing_of_what_was_paid() -> None:
    order = Order("O", (OrderItem("A", price=Money("5000", "JPY")),), Money("60.00", "CNY"))
    paid = paid_for(order)
    assert paid is not None
    assert paid.lines == {}


def test_an_offer_finer_than_the_coin_is_refused_when_it_is_made() -> None:
    complaint = moved(start("complaint", 0, "other", ()), "acknowledge", None, 1)
    check_move(complaint, "propose", MoveIn(amount=MoneyIn("20.00", "CNY")), ("staff",))
    with pytest.raises(Invalid, match="cannot be paid"):
        check_move(complaint, "propose", MoveIn(amount=MoneyIn("20.001", "CNY")), ("staff",))
