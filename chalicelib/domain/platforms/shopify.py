"""Shopify's webhooks of API version 2025-04 or newer. Field names are those of Shopify's webhook reference
(shopify.dev/docs/api/webhooks); ids are numbers, prices are decimal strings, times have offsets."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from chalicelib.domain.errors import invalid
from chalicelib.domain.flows.words import Reason
from chalicelib.domain.instants import of_datetime
from chalicelib.domain.order_inputs import CustomerIn, OrderItemIn, OrderTold, ParcelIn, RefundIn
from chalicelib.domain.platforms.people import person
from chalicelib.domain.platforms.reading import line, loosely, money, name
from chalicelib.domain.platforms.told import DataWanted, DisputeTold, Redaction, ReturnLine, ReturnState, ReturnTold
from chalicelib.domain.shapes import MoneyIn

SOURCE = "shopify"
Told: TypeAlias = OrderTold | ReturnTold | DisputeTold | Redaction | DataWanted


class _Customer(Struct):
    id: int | None = None
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class _Line(Struct):
    id: int
    quantity: int = 1
    sku: str | None = None
    title: str | None = None
    price: str | None = None
    variant_id: int | None = None


class _Fulfillment(Struct):
    id: int
    order_id: int
    created_at: datetime | None = None
    updated_at: datetime | None = None
    status: str | None = None
    shipment_status: str | None = None
    tracking_company: str | None = None
    tracking_number: str | None = None


class _Transaction(Struct):
    amount: str
    currency: str | None = None
    kind: str = "refund"
    status: str = "success"


class _Refund(Struct):
    id: int
    order_id: int
    created_at: datetime | None = None
    processed_at: datetime | None = None
    transactions: list[_Transaction] = []


class _Order(Struct):
    id: int
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    currency: str | None = None
    total_price: str | None = None
    customer_locale: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    cancelled_at: datetime | None = None
    customer: _Customer | None = None
    line_items: list[_Line] = []
    fulfillments: list[_Fulfillment] = []
    refunds: list[_Refund] = []


class _OrderRef(Struct):
    id: int


class _LineRef(Struct):
    line_item: _OrderRef


class _ReturnLine(Struct):
    fulfillment_line_item: _LineRef
    quantity: int = 1
    return_reason: str | None = None
    return_reason_note: str | None = None
    customer_note: str | None = None


class _Decline(Struct):
    reason: str | None = None
    note: str | None = None


class _Return(Struct):
    id: int
    order: _OrderRef | None = None
    order_id: int | None = None
    status: str | None = None
    name: str | None = None
    total_return_line_items: int | None = None
    return_line_items: list[_ReturnLine] = []
    decline: _Decline | None = None


class _Dispute(Struct):
    id: int
    amount: str
    currency: str
    order_id: int | None = None
    type: str = "chargeback"
    reason: str = "general"
    evidence_due_by: datetime | None = None


class _Privacy(Struct):
    shop_domain: str
    customer: _Customer | None = None


def order_told(body: bytes) -> OrderTold:
    """`orders/*`: the whole order as it is now."""
    told = loosely(body, _Order)
    currency = told.currency or ""
    return OrderTold(
        external_id=str(told.id), number=name((told.name or "").removeprefix("#")), items=_items(told, currency),
        total=money(told.total_price, currency), purchased_at=told.created_at, cancelled_at=told.cancelled_at,
        customer=_customer(told), parcels=tuple(_parcel(one) for one in told.fulfillments if one.status != "cancelled"),
        refunds=tuple(one for refund in told.refunds for one in _refunds(refund, currency)),
        occurred_at=told.updated_at or told.created_at,
    )  # fmt: skip


def _items(told: _Order, currency: str) -> tuple[OrderItemIn, ...]:
    return tuple(
        OrderItemIn(
            sku=name(one.sku) or (f"variant-{one.variant_id}" if one.variant_id else f"line-{one.id}"),
            title=line(one.title), quantity=one.quantity, price=money(one.price, currency), line=str(one.id),
        )
        for one in told.line_items if one.quantity > 0
    )  # fmt: skip


def _customer(told: _Order) -> CustomerIn | None:
    who = told.customer or _Customer()
    return person(
        SOURCE, who.id, (who.first_name, who.last_name), who.email or told.email, who.phone or told.phone,
        told.customer_locale,
    )  # fmt: skip


def _parcel(told: _Fulfillment) -> ParcelIn:
    return ParcelIn(
        id=str(told.id), carrier=name(told.tracking_company), tracking=name(told.tracking_number),
        shipped_at=told.created_at, delivered_at=told.updated_at if told.shipment_status == "delivered" else None,
    )  # fmt: skip


def _refunds(told: _Refund, currency: str) -> list[RefundIn]:
    """What went back of it: a refund of goods that moved no money is none."""
    paid = [one for one in told.transactions if one.kind == "refund" and one.status == "success"]
    amounts = [amount for one in paid if (amount := money(one.amount, one.currency or currency))]
    if not amounts or len({one.currency for one in amounts}) != 1:
        return []
    whole = MoneyIn(str(sum(Decimal(one.amount) for one in amounts)), amounts[0].currency)
    return [RefundIn(id=str(told.id), amount=whole, refunded_at=told.processed_at or told.created_at)]


def parcel_told(body: bytes) -> OrderTold:
    """`fulfillments/*`: a parcel of an order."""
    told = loosely(body, _Fulfillment)
    parcels = () if told.status == "cancelled" else (_parcel(told),)
    return OrderTold(external_id=str(told.order_id), parcels=parcels, occurred_at=told.updated_at or told.created_at)


def refund_told(body: bytes) -> OrderTold:
    """`refunds/create`: money the shop gave back."""
    told = loosely(body, _Refund)
    at = told.processed_at or told.created_at
    return OrderTold(external_id=str(told.order_id), refunds=tuple(_refunds(told, "")), occurred_at=at)


REASONS: dict[str, Reason] = {
    "defective": "defective", "not_as_described": "not_as_described", "wrong_item": "wrong_item",
    "size_too_small": "size_too_small", "size_too_large": "size_too_large", "unwanted": "unwanted",
    "style": "unwanted", "color": "unwanted",
}  # fmt: skip
STATES: dict[str, ReturnState] = {
    "requested": "requested", "open": "approved", "declined": "declined", "canceled": "cancelled",
    "cancelled": "cancelled", "closed": "closed",
}  # fmt: skip


def return_told(body: bytes) -> ReturnTold:
    """`returns/*`: a return, as far as the platform tells of it."""
    told = loosely(body, _Return)
    order = told.order.id if told.order else told.order_id
    state = STATES.get((told.status or "").lower())
    if order is None or state is None:
        raise invalid("order" if order is None else "status", "is needed, and one of Shopify's")
    lines = tuple(
        ReturnLine(
            str(one.fulfillment_line_item.line_item.id), max(one.quantity, 1),
            REASONS.get((one.return_reason or "").lower(), "other"), one.customer_note or one.return_reason_note or "",
        )
        for one in told.return_line_items
    )  # fmt: skip
    declined = told.decline and (told.decline.note or told.decline.reason)
    return ReturnTold(
        id=str(told.id), order=str(order), state=state, name=told.name, total=told.total_return_line_items, lines=lines,
        reason=declined or None,
    )  # fmt: skip


def dispute_told(body: bytes) -> DisputeTold:
    """`disputes/create`: a chargeback or an inquiry of the customer's bank."""
    told = loosely(body, _Dispute)
    amount = money(told.amount, told.currency)
    if amount is None:
        raise invalid("amount", "is a decimal amount with its currency")
    return DisputeTold(
        id=str(told.id), order=str(told.order_id) if told.order_id else None, kind=told.type, reason=told.reason,
        amount=MoneyIn(amount.amount, amount.currency),
        due_by=of_datetime(told.evidence_due_by) if told.evidence_due_by else None,
    )  # fmt: skip


def redaction(body: bytes) -> Redaction:
    """`customers/redact`: a person is to be forgotten."""
    return Redaction(customer=f"{SOURCE}/{_who(body).id}")


def shop_redaction(body: bytes) -> Redaction:
    """`shop/redact`: the shop left the platform, and all its customers are to be forgotten."""
    loosely(body, _Privacy)
    return Redaction()


def data_wanted(body: bytes) -> DataWanted:
    """`customers/data_request`: a person wants to know what is held of them."""
    return DataWanted(customer=f"{SOURCE}/{_who(body).id}")


def _who(body: bytes) -> _Customer:
    who = loosely(body, _Privacy).customer
    if who is None or who.id is None:
        raise invalid("customer.id", "is needed")
    return who


TOPICS: dict[str, Callable[[bytes], Told]] = {
    "orders/create": order_told, "orders/updated": order_told, "orders/fulfilled": order_told,
    "orders/cancelled": order_told, "fulfillments/create": parcel_told, "fulfillments/update": parcel_told,
    "refunds/create": refund_told, "returns/request": return_told, "returns/approve": return_told,
    "returns/decline": return_told, "returns/cancel": return_told, "returns/close": return_told,
    "returns/update": return_told, "disputes/create": dispute_told, "customers/redact": redaction,
    "shop/redact": shop_redaction, "customers/data_request": data_wanted,
}  # fmt: skip
