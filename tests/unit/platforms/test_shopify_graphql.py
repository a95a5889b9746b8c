"""A webhook and an answer of Shopify's Admin API make the same order."""

import json

import pytest

from chalicelib.domain.flows.compensation import Compensation
from chalicelib.domain.flows.external_refunds import CLOCK_SLACK_MS, ReportedMoney, external_refunds
from chalicelib.domain.kernel.money import Money
from chalicelib.domain.kernel.timestamps import SECOND_MS, parse_instant
from chalicelib.domain.orders.order import Order, Refund
from chalicelib.domain.platforms.shopify.graphql.orders import parse_order_answer
from chalicelib.domain.platforms.shopify.orders import read_order


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
    asked_for = parse_order_answer(json.dumps({"data": {"order": answer}}).encode())
    assert asked_for is not None
    order = read_order(json.dumps(webhook).encode()).order()
    assert asked_for.order() == order
    assert (order.items[0].paid, order.shipping) == (Money("60.00", "EUR"), Money("8.40", "EUR"))


@pytest.mark.parametrize("answer", [b'{"data": {"order": {"id": "gid://shopify/Order/1", "test": true}}}'])
def test_a_test_order_that_was_asked_for_is_nobodys(answer: bytes) -> None:
    assert parse_order_answer(answer) is None


@pytest.mark.parametrize(
    ("made", "received_at", "ours"),
    [
        (-CLOCK_SLACK_MS, SECOND_MS, True),
        (-CLOCK_SLACK_MS - SECOND_MS, SECOND_MS, False),
        (-5 * SECOND_MS, -SECOND_MS, False),
        (-5 * SECOND_MS, None, False),
        (0, None, True),
    ],
)
def test_a_clock_a_little_behind_ours_is_believed_only_of_what_was_received_after_we_asked(
    made: int, received_at: int | None, ours: bool
) -> None:
    asked, money = parse_instant("2026-11-20T04:00:00Z"), Money("50.00", "EUR")
    own = Compensation(id="M", kind="refund", amount=money, by="mei", state="requested", requested_at=asked)
    refund = Refund(
        id="R", amount=money, at=asked + made, heard=asked + received_at if received_at is not None else None
    )
    found = external_refunds(Order("1", total=Money("100.00", "EUR")), "EUR", ReportedMoney(refunds=(refund,)), [own])
    assert found.ours == ({"R": "M"} if ours else {})
