"""What was paid for an order's lines: to the coin, in sum what was paid; each can be given back whole, never more."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.aftersales.compensation_checks import paid_for
from chalicelib.domain.aftersales.flow_of_case import complete_claim
from chalicelib.domain.flows.approval import approving_rule
from chalicelib.domain.flows.claim_history import History
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.compensation import Compensation, Line, too_much
from chalicelib.domain.flows.eligibility import judge, value_of
from chalicelib.domain.flows.external_refunds import CLOCK_SLACK_MS, external_refunds
from chalicelib.domain.flows.flow import FlowItem, moved, start
from chalicelib.domain.flows.moves import check_move
from chalicelib.domain.flows.payloads import MoveIn
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.money import Money, coin_of, in_currency, is_whole, split
from chalicelib.domain.kernel.timestamps import SECOND_MS, parse_instant
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order import Order, OrderItem, Refund
from chalicelib.domain.platforms.lines import Sold, items_of
from chalicelib.domain.platforms.payload_reader import of
from chalicelib.domain.platforms.shopify.graphql.orders import order_answer
from chalicelib.domain.platforms.shopify.orders import read_order
from chalicelib.domain.sla.policies import AfterSales, AutoApproval
from tests.fakes import FakeServices
from tests.unit.test_hooks import request
from tests.unit.test_money import bought, propose

__all__ = ["bought"]
CURRENCIES = st.sampled_from(["CNY", "JPY", "KWD", "CLF"])
COINS = st.integers(0, 10**9)


@given(COINS, st.lists(COINS, min_size=1, max_size=9), CURRENCIES)
def test_parts_are_coins_come_to_the_whole_and_none_is_a_coin_from_its_share(
    coins: int, weights: list[int], currency: str
) -> None:
    coin, total = coin_of(currency), sum(weights) or len(weights)
    parts = split(coin * coins, [Decimal(one) for one in weights], currency)
    assert sum(parts) == coin * coins
    for part, weight in zip(parts, weights if any(weights) else [1] * len(weights), strict=True):
        assert is_whole(part, currency)
        assert abs(part / coin * total - coins * weight) < total


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """An order with any lines, some of one thing, discounts and taxes, and a total that is more, less, or not told."""
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
        Sold(sku=str(at), line=str(at), ordered=many, current=min(current, many), whole=Decimal(cents) / 100)
        for at, (many, current, cents) in enumerate(lines)
    ]
    sent = Decimal(shipping) / 100
    items = items_of(sold, sent, of(Decimal(total) / 100, "EUR"), "EUR")
    paid = {one.sku: one.paid.money().value for one in items if one.paid}
    assert list(paid) == [one.sku for one in sold if one.current]
    for one in (one for one in sold if one.current):
        whole_line = one.whole or Decimal(0)
        assert 0 <= paid[one.sku] <= whole_line
        if one.current == one.ordered or sum((each.whole or 0 for each in sold), sent) <= Decimal(total) / 100:
            assert paid[one.sku] == whole_line


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.integers(1, 50))
def test_parts_of_what_the_customer_saw_never_come_to_less_in_the_shops_currency(
    cents: int, yen: int, many: int
) -> None:
    total, presented = Decimal(cents) / 100, Decimal(yen)
    parts = split(presented, [Decimal(1)] * many, "JPY")
    back = sum(in_currency(part, total, presented, "EUR") for part in parts)
    assert total <= back < total + Decimal(many) / 100 + Decimal("0.01")


@pytest.mark.parametrize(
    ("amount", "currency", "fits"),
    [
        ("100.55", "JPY", False),
        ("100.00", "JPY", True),
        ("33.333333", "CNY", False),
        ("33.330000", "CNY", True),
        ("1.001", "KWD", True),
        ("1.0001", "KWD", False),
        ("1.0001", "CLF", True),
        ("5.5", "HUF", True),
    ],
)
def test_an_amount_is_as_fine_as_its_currencys_coin(amount: str, currency: str, fits: bool) -> None:
    assert is_whole(Decimal(amount), currency) is fits


def test_an_amount_finer_than_the_coin_is_refused_with_its_place(bought: FakeServices) -> None:
    with pytest.raises(Invalid, match=r"amount: 33\.333333 CNY cannot be paid: the smallest amount is 0\.01"):
        propose(bought, "33.333333")
    with pytest.raises(Invalid, match=r"lines\[0\]\.amount"):
        propose(bought, "10.00", SHOE="3.333", SOCK="6.667")


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"total": {"amount": "10.001", "currency": "CNY"}}, "total"),
        ({"shipping": {"amount": "-1.00", "currency": "CNY"}}, "shipping"),
        ({"refunds": [{"id": "R", "amount": {"amount": "-1.00", "currency": "CNY"}}]}, r"refunds\[0\]\.amount"),
        ({"disputes": [{"id": "D", "amount": {"amount": "0.5", "currency": "JPY"}}]}, r"disputes\[0\]\.amount"),
        ({"items": [{"sku": "A", "paid": {"amount": "1.001", "currency": "CNY"}}]}, r"items\[0\]\.paid"),
        ({"items": [{"sku": "A", "tax": {"amount": "1.00", "currency": "CNY"}}]}, r"items\[0\]\.tax"),
    ],
)
def test_what_cannot_have_been_paid_is_refused_with_its_place(more: dict[str, object], place: str) -> None:
    with pytest.raises(Invalid, match=place):
        FakeServices().deliver("order.updated", {"external_id": "O-1"} | more)
    if "refunds" not in more and "disputes" not in more:
        with pytest.raises(Invalid, match="order." + place):
            FakeServices().deliver("case.requested", request(order={"external_id": "O-1"} | more))


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


RULES = AfterSales(auto_approve=(AutoApproval(name="defects", reason="defective", max_value="100", currency="CNY"),))
LAMP = OrderItem("LAMP", price=Money("100.00", "CNY"))
CLAIM = Claim("defective", (FlowItem("LAMP"),))


@pytest.mark.parametrize(
    ("history", "rulings"),
    [
        (History(), ["fault"]),
        (History(elsewhere=(Money("5.00", "CNY"), Money("1.00", "USD"))), [*["already_refunded"] * 2, "fault"]),
        (History(cancelled=True), ["order_cancelled", "fault"]),
        (History(disputed=True), ["payment_disputed", "fault"]),
        (History(unpaid=True), ["not_paid", "fault"]),
        (History(refunded_whole=True), ["already_refunded", "fault"]),
    ],
)
def test_nothing_is_approved_by_rule_over_what_went_back_was_called_off_or_is_disputed(
    history: History, rulings: list[str]
) -> None:
    order, at = Order("O", (LAMP,)), parse_instant("2026-11-20T00:00:00Z")
    found = judge("return", CLAIM, order, at, RULES, "Asia/Shanghai", history)
    assert [one.name for one in found] == rulings
    by_rule = approving_rule("return", CLAIM, order, None, found, RULES)
    assert (by_rule == "defects") is (history == History())


def test_what_went_back_is_added_up_by_currency() -> None:
    history = History(refunded=Money("5.00", "CNY"), elsewhere=(Money("2.50", "CNY"),))
    at = parse_instant("2026-11-20T00:00:00Z")
    found = judge("return", CLAIM, Order("O", (LAMP,)), at, RULES, "Asia/Shanghai", history)
    assert (found[0].name, found[0].about) == ("already_refunded", "7.50 CNY")


def test_a_value_limit_looks_at_what_was_paid_with_taxes_too() -> None:
    taxed = OrderItem("LAMP", price=Money("100.00", "CNY"), paid=Money("120.00", "CNY"))
    assert value_of(CLAIM, Order("O", (taxed,)), "CNY") == Decimal(120)


def test_what_is_no_goods_is_not_sent_back_and_not_meant_where_nothing_is_named() -> None:
    card, at = OrderItem("CARD", goods=False), parse_instant("2026-11-20T00:00:00Z")
    order = Order("O", (LAMP, card))
    assert [one.sku for one in complete_claim(None, order).items] == ["LAMP"]
    assert [one.sku for one in complete_claim(None, Order("O", (card,))).items] == ["CARD"]
    claim = Claim("defective", (FlowItem("CARD"),))
    for kind, names in (("return", ["no_goods", "fault"]), ("refund", ["fault"])):
        assert [one.name for one in judge(kind, claim, order, at, RULES, "Asia/Shanghai")] == names  # type: ignore[arg-type]


def test_what_was_claimed_before_counts_against_what_was_ordered_at_first() -> None:
    left = OrderItem("LAMP", quantity=1, ordered=2)
    before, at = History(claimed=(FlowItem("LAMP"),)), parse_instant("2026-11-20T00:00:00Z")
    for many, names in ((1, ["fault"]), (2, ["more_than_ordered", "fault"])):
        claim = Claim("defective", (FlowItem("LAMP", many),))
        found = judge("return", claim, Order("O", (left,)), at, RULES, "Asia/Shanghai", before)
        assert [one.name for one in found] == names


def test_an_offer_finer_than_the_coin_is_refused_when_it_is_made() -> None:
    complaint = moved(start("complaint", 0, "other", ()), "acknowledge", None, 1)
    check_move(complaint, "propose", MoveIn(amount=MoneyIn("20.00", "CNY")), ("staff",))
    with pytest.raises(Invalid, match="cannot be paid"):
        check_move(complaint, "propose", MoveIn(amount=MoneyIn("20.001", "CNY")), ("staff",))


def test_a_webhook_and_an_answer_of_the_admin_api_tell_one_order_by_one_rule() -> None:
    def euro(amount: str) -> dict[str, object]:
        return {"shopMoney": {"amount": amount, "currencyCode": "EUR"}}

    line = {
        "id": "gid://shopify/LineItem/5",
        "sku": "LAMP",
        "quantity": 2,
        "currentQuantity": 1,
        "originalUnitPriceSet": euro("55.0"),
        "discountAllocations": [{"allocatedAmountSet": euro("10.0")}],
        "taxLines": [{"priceSet": euro("20.0")}],
        "isGiftCard": False,
        "requiresShipping": True,
    }
    sent = {"isRemoved": False, "discountedPriceSet": euro("7.0"), "taxLines": [{"priceSet": euro("1.4")}]}
    answer = {
        "id": "gid://shopify/Order/1",
        "currencyCode": "EUR",
        "taxesIncluded": False,
        "totalPriceSet": euro("128.4"),
        "currentTotalPriceSet": euro("68.4"),
        "shippingLines": {"nodes": [sent]},
        "lineItems": {"nodes": [line]},
    }
    webhook = {
        "id": 1,
        "currency": "EUR",
        "taxes_included": False,
        "total_price": "128.40",
        "current_total_price": "68.40",
        "shipping_lines": [
            {"price": "8.00", "discount_allocations": [{"amount": "1.00"}], "tax_lines": [{"price": "1.40"}]}
        ],
        "line_items": [
            {
                "id": 5,
                "sku": "LAMP",
                "quantity": 2,
                "current_quantity": 1,
                "price": "55.00",
                "gift_card": False,
                "discount_allocations": [{"amount": "10.00"}],
                "tax_lines": [{"price": "20.00"}],
            },
        ],
    }
    asked_for = order_answer(json.dumps({"data": {"order": answer}}).encode())
    assert asked_for is not None
    told = read_order(json.dumps(webhook).encode()).order()
    assert asked_for.order() == told
    assert (told.items[0].paid, told.shipping) == (Money("60.00", "EUR"), Money("8.40", "EUR"))


@pytest.mark.parametrize("answer", [b'{"data": {"order": {"id": "gid://shopify/Order/1", "test": true}}}'])
def test_a_test_order_that_was_asked_for_is_nobodys(answer: bytes) -> None:
    assert order_answer(answer) is None


@pytest.mark.parametrize(
    ("made", "heard", "ours"),
    [
        (-CLOCK_SLACK_MS, SECOND_MS, True),
        (-CLOCK_SLACK_MS - SECOND_MS, SECOND_MS, False),
        (-5 * SECOND_MS, -SECOND_MS, False),
        (-5 * SECOND_MS, None, False),
        (0, None, True),
    ],
)
def test_a_clock_a_little_behind_ours_is_believed_only_of_what_was_heard_after_we_asked(
    made: int, heard: int | None, ours: bool
) -> None:
    asked, money = parse_instant("2026-11-20T04:00:00Z"), Money("50.00", "EUR")
    own = Compensation(id="M", kind="refund", amount=money, by="mei", state="requested", requested_at=asked)
    refund = Refund(id="R", amount=money, at=asked + made, heard=asked + heard if heard is not None else None)
    found = external_refunds(Order("1", total=Money("100.00", "EUR")), "EUR", [refund], [], [own])
    assert found.ours == ({"R": "M"} if ours else {})
