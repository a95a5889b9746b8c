"""WooCommerce's refunds: those in the list of an order, and those that a plugin sends."""

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order_payload import OrderUpdate, RefundIn
from chalicelib.domain.orders.platform_order import CompleteOrder, name_refunds
from chalicelib.domain.platforms.payload_reader import (
    find_money_id,
    non_null,
    parse_amount,
    parse_leniently,
    parse_number,
)
from chalicelib.domain.platforms.woocommerce.payloads import Number, OrderPayload, RefundPayload


def read_refund(body: bytes) -> OrderUpdate:
    """`refund.*`: money the shop paid back. A plugin sends it; WooCommerce itself has no topic for refunds."""
    refund = parse_leniently(body, RefundPayload)
    order = refund.parent_id or refund.order_id
    if not order:
        raise invalid("parent_id", "is needed: the order the refund is of")
    refunded_at = refund.date_created_gmt
    amount = _paid_back(refund.amount or refund.total, refund.currency or "")
    refunds = (RefundIn(id=str(refund.id), amount=amount, refunded_at=refunded_at),) if amount else ()
    return CompleteOrder(external_id=str(order), refunds=refunds, occurred_at=refunded_at)


def refunds_of(order: OrderPayload, currency: str) -> tuple[RefundIn, ...]:
    """The refunds that the order lists with an amount."""
    refunds = []
    for refund in non_null(order.refunds):
        amount = _paid_back(refund.total, currency)
        if amount is not None:
            refunds.append(RefundIn(id=str(refund.id or ""), amount=amount, money=find_money_id(refund.reason)))
    return name_refunds(refunds)


def lists_all_refunds(order: OrderPayload) -> bool:
    """Whether a refund that is missing in the list was deleted. This is unknown if an entry has neither an id nor an
    amount."""
    if order.refunds is None:
        return False
    return all(refund and (refund.id or parse_number(refund.total) is not None) for refund in order.refunds)


def unread_refunds_of(order: OrderPayload) -> tuple[str, ...]:
    """The ids of the refunds that the order lists without an amount."""
    unread = (refund for refund in non_null(order.refunds) if parse_number(refund.total) is None)
    return tuple(str(refund.id) for refund in unread if refund.id)


def _paid_back(amount: Number, currency: str) -> MoneyIn | None:
    """The amount paid back: an order lists its refunds as negative totals."""
    value = parse_number(amount)
    return parse_amount(abs(value), currency) if value is not None else None
