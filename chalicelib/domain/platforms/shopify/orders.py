"""Shopify's `orders/*` and `refunds/create`: prices are decimal strings, ids are numbers."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from chalicelib.domain.order_inputs import CustomerIn, OrderItemIn, OrderTold, RefundIn
from chalicelib.domain.platforms.orders import Part, PlatformOrder
from chalicelib.domain.platforms.people import person
from chalicelib.domain.platforms.reading import Gone, line, loosely, money, name, says, trim
from chalicelib.domain.platforms.shopify.parcels import FULFILLED, Fulfillment, parcel_of
from chalicelib.domain.platforms.shopify.people import SOURCE, Customer
from chalicelib.domain.shapes import MoneyIn


class _Line(Struct):
    id: int
    quantity: int = 1
    sku: str | None = None
    title: str | None = None
    price: str | None = None
    variant_id: int | None = None


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
    fulfillment_status: str | None = None
    customer: Customer | None = None
    line_items: list[_Line] = []
    fulfillments: list[Fulfillment] = []
    refunds: list[_Refund] = []


def order_told(body: bytes) -> PlatformOrder:
    """`orders/*`: the whole order as it is now, as far as the shop has it sent."""
    told = loosely(body, _Order)
    currency = told.currency or ""
    return PlatformOrder(
        external_id=str(told.id), number=name((told.name or "").removeprefix("#")), items=_items(told, currency),
        total=money(told.total_price, currency), purchased_at=told.created_at, cancelled_at=told.cancelled_at,
        customer=_customer(told),
        parcels=tuple(parcel_of(one) for one in told.fulfillments if one.is_parcel),
        refunds=tuple(one for refund in told.refunds for one in _refunds(refund, currency)),
        occurred_at=told.updated_at or told.created_at, whole=_whole(told, says(body)),
        fulfilled=FULFILLED.get(told.fulfillment_status or ""),
    )  # fmt: skip


def _whole(told: _Order, said: frozenset[str]) -> tuple[Part, ...]:
    """Of an order whose lines are all taken away, the lines are still listed; an empty list of them says nothing."""
    parts: list[tuple[Part, bool]] = [
        ("cancelled_at", "cancelled_at" in said), ("items", bool(told.line_items)), ("parcels", "fulfillments" in said),
        ("delivered", "fulfillments" in said),
    ]  # fmt: skip
    return tuple(part for part, is_told in parts if is_told)


def trimmed(body: bytes) -> bytes:
    """An order with nothing in it but what is read of it."""
    return trim(body, _Order)


def refund_trimmed(body: bytes) -> bytes:
    """A refund with nothing in it but what is read of it."""
    return trim(body, _Refund)


def order_gone(body: bytes) -> PlatformOrder:
    """`orders/delete`: only its id is left."""
    return PlatformOrder(external_id=str(loosely(body, Gone).id), gone=True)


def _items(told: _Order, currency: str) -> tuple[OrderItemIn, ...]:
    return tuple(
        OrderItemIn(
            sku=name(one.sku) or (f"variant-{one.variant_id}" if one.variant_id else f"line-{one.id}"),
            title=line(one.title), quantity=one.quantity, price=money(one.price, currency), line=str(one.id),
        )
        for one in told.line_items if one.quantity > 0
    )  # fmt: skip


def _customer(told: _Order) -> CustomerIn | None:
    who = told.customer or Customer()
    return person(
        SOURCE, who.id, (who.first_name, who.last_name), who.email or told.email, who.phone or told.phone,
        told.customer_locale,
    )  # fmt: skip


def _refunds(told: _Refund, currency: str) -> list[RefundIn]:
    """What went back of it: a refund of goods that moved no money is none."""
    paid = [one for one in told.transactions if one.kind == "refund" and one.status == "success"]
    amounts = [amount for one in paid if (amount := money(one.amount, one.currency or currency))]
    if not amounts or len({one.currency for one in amounts}) != 1:
        return []
    whole = MoneyIn(str(sum(Decimal(one.amount) for one in amounts)), amounts[0].currency)
    return [RefundIn(id=str(told.id), amount=whole, refunded_at=told.processed_at or told.created_at)]


def refund_told(body: bytes) -> OrderTold:
    """`refunds/create`: money the shop gave back."""
    told = loosely(body, _Refund)
    at = told.processed_at or told.created_at
    return OrderTold(external_id=str(told.order_id), refunds=tuple(_refunds(told, "")), occurred_at=at)
