"""WooCommerce's refunds: those that an order lists, and those that a plugin sends."""

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order_payload import OrderUpdate, RefundIn
from chalicelib.domain.orders.platform_order import CompleteOrder, name_refunds
from chalicelib.domain.platforms.payload_reader import gone, loosely, money_named, number, some
from chalicelib.domain.platforms.woocommerce.payloads import Number, OrderPayload, RefundPayload


def read_refund(body: bytes) -> OrderUpdate:
    """`refund.*`: money the shop gave back of an order, as a plugin may send it; core has no topic of refunds."""
    refund = loosely(body, RefundPayload)
    order = refund.parent_id or refund.order_id
    if not order:
        raise invalid("parent_id", "is needed: the order the refund is of")
    at = refund.date_created_gmt
    amount = _paid_back(refund.amount or refund.total, refund.currency or "")
    refunds = (RefundIn(id=str(refund.id), amount=amount, refunded_at=at),) if amount else ()
    return CompleteOrder(external_id=str(order), refunds=refunds, occurred_at=at)


def refunds_of(order: OrderPayload, currency: str) -> tuple[RefundIn, ...]:
    """The refunds that an order lists with an amount."""
    refunds = []
    for refund in some(order.refunds):
        amount = _paid_back(refund.total, currency)
        if amount is not None:
            refunds.append(RefundIn(id=str(refund.id or ""), amount=amount, money=money_named(refund.reason)))
    return name_refunds(refunds)


def lists_all_refunds(order: OrderPayload) -> bool:
    """Whether what its refunds do not list was taken back: not where one is listed that nothing is known by."""
    if order.refunds is None:
        return False
    return all(refund and (refund.id or number(refund.total) is not None) for refund in order.refunds)


def unread_refunds_of(order: OrderPayload) -> tuple[str, ...]:
    """The ids of the refunds that are listed without an amount."""
    return tuple(str(refund.id) for refund in some(order.refunds) if refund.id and number(refund.total) is None)


def _paid_back(amount: Number, currency: str) -> MoneyIn | None:
    """What went back: an order lists its refunds as negative totals."""
    value = number(amount)
    return gone(abs(value), currency) if value is not None else None
