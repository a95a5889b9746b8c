"""Shopify's refunds: the amount, currency, state and lines of each refund that moves money."""

import re
from collections.abc import Iterable, Iterator

from chalicelib.domain.kernel.errors import IgnoredTopic, invalid
from chalicelib.domain.kernel.money import MIXED, UNSTATED
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order import RefundState
from chalicelib.domain.orders.order_payload import OrderUpdate, RefundIn
from chalicelib.domain.orders.platform_order import CompleteOrder, name_refunds
from chalicelib.domain.platforms.payload_reader import (
    currency_code,
    drop_unread_fields,
    find_money_id,
    non_null,
    parse_amount,
    parse_leniently,
)
from chalicelib.domain.platforms.shopify.amounts import ZERO, AmountSet, convert_to_shop_currency
from chalicelib.domain.platforms.shopify.payloads.refunds import Refund, Transaction
from chalicelib.domain.platforms.shopify.refund_parts import refund_parts

FAILED = ("failure", "error")
"""Statuses of a payment that was never made. A payment with any other status, or none, may still be made, so it counts
against what can be refunded for the order."""
NO_REFUND = ("authorization", "emv_authorization", "capture", "sale", "void", "change", "suggested_refund")
"""Kinds of a payment that pays nothing back. A payment in a refund that has no kind is a repayment."""


def read_refund(body: bytes) -> OrderUpdate:
    """`refunds/create`: money the shop paid back. IgnoredTopic: a refund of a test order."""
    refund = parse_leniently(body, Refund)
    transactions = non_null(refund.transactions)
    if transactions and all(transaction.test for transaction in transactions):
        raise IgnoredTopic("a refund of a test order gives nothing back")
    if refund.order_id is None:
        raise invalid("order_id", "is needed: the order the refund is of")
    shop = next((amounts.shop for amounts in _amount_sets(refund) if amounts and amounts.shop), None)
    return CompleteOrder(
        external_id=str(refund.order_id),
        refunds=refunds_of([refund], shop.currency if shop else UNSTATED),
        occurred_at=refund.processed_at or refund.created_at,
    )


def trim_refund(body: bytes) -> bytes:
    """A refund reduced to the fields that are read."""
    return drop_unread_fields(body, Refund)


def refunds_of(refunds: Iterable[Refund], currency: str, order: AmountSet | None = None) -> tuple[RefundIn, ...]:
    """The refunds of one order that move money; those without an id get different ones."""
    made = (refund_of(refund, currency, order) for refund in refunds)
    return name_refunds(refund for refund in made if refund is not None)


def refund_of(refund: Refund, currency: str, order: AmountSet | None = None) -> RefundIn | None:
    """A refund in the shop's currency, or None if it never was to move money. `order`: the total of its order in both
    currencies. A refund whose payments all failed has the state `failed`, because an earlier webhook may have given
    another state. If one payment was made and another is pending, the refund is `done`; if the pending one fails, the
    platform sends the refund again."""
    payments = [payment for payment in non_null(refund.transactions) if _pays_back(payment)]
    made = [payment for payment in payments if _state(payment) != "failed"]
    amount_sets = [*_amount_sets(refund), order]
    amounts = [amount for payment in made or payments if (amount := _amount(payment, currency, amount_sets))]
    if not amounts:
        return None
    state: RefundState = min((_state(payment) for payment in made), default="failed")  # "done" sorts before "pending"
    value, refund_currency = sum((amount.money().value for amount in amounts), ZERO), _common_currency(amounts)
    lines, shipping = refund_parts(refund, value, refund_currency) if made and refund_currency != MIXED else ((), ZERO)
    return RefundIn(
        id=_refund_id(refund),
        amount=MoneyIn(f"{value:f}", refund_currency),
        refunded_at=refund.processed_at or refund.created_at,
        state=state,
        lines=lines,
        money=find_money_id(refund.note),
        shipping=parse_amount(shipping, refund_currency) if shipping else None,
    )


def _pays_back(payment: Transaction) -> bool:
    return (payment.kind or "").strip().lower() not in NO_REFUND and not payment.test


def _state(payment: Transaction) -> RefundState:
    status = (payment.status or "").strip().lower()
    if status == "success":
        return "done"
    return "failed" if status in FAILED else "pending"


def _refund_id(refund: Refund) -> str:
    if refund.id:
        return str(refund.id)
    match = re.search("[0-9]{1,20}$", refund.admin_graphql_api_id or "")
    return match.group() if match else ""


def _common_currency(amounts: list[MoneyIn]) -> str:
    """The currency of all amounts. An amount without one is in the currency of the others."""
    currencies = {amount.currency for amount in amounts} - {UNSTATED}
    return MIXED if len(currencies) > 1 else next(iter(currencies), UNSTATED)


def _amount_sets(refund: Refund) -> Iterator[AmountSet | None]:
    for line in non_null(refund.refund_line_items):
        yield from (line.subtotal_set, line.total_tax_set)
    yield from (adjustment.amount_set for adjustment in non_null(refund.order_adjustments))


def _amount(payment: Transaction, currency: str, amount_sets: list[AmountSet | None]) -> MoneyIn | None:
    shop = payment.amount_set.shop_money if payment.amount_set else None
    in_shop_currency = parse_amount(shop.amount, currency_code(shop.currency_code) or currency) if shop else None
    if in_shop_currency is not None:
        return in_shop_currency
    amount = parse_amount(payment.amount, currency_code(payment.currency) or currency)
    if amount is None or amount.currency in (UNSTATED, currency):
        return amount
    return convert_to_shop_currency(amount, amount_sets)
