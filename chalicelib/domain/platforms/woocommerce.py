"""WooCommerce's webhooks: the REST API's resources, version 3 (woocommerce.github.io/woocommerce-rest-api-docs).
Prices are decimal strings but for a line's `price`, a number; times ending in `_gmt` are UTC without an offset.

What was paid for a line is its `total`, discounts off, and its `total_tax`. Its `price` is that total by its quantity,
unrounded and without tax (woocommerce/woocommerce#27911); quantities may be fractions, skus may be numbers. Bodies of
the API's version 1 have the shop's own times, without an offset: they are read as UTC.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import TypeAlias

from msgspec import Raw, Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.money import is_whole
from chalicelib.domain.kernel.timestamps import from_datetime
from chalicelib.domain.kernel.validation import MoneyIn, one_line
from chalicelib.domain.orders.order import Payment
from chalicelib.domain.orders.order_payload import MOST_OF_ONE, CustomerIn, OrderItemIn, OrderUpdate, RefundIn
from chalicelib.domain.orders.platform_order import CompleteOrder, ParcelUpdate, Part, PlatformOrder, name_refunds
from chalicelib.domain.platforms.events import AccountDeleted, ChangeNotice, PlatformCustomer
from chalicelib.domain.platforms.payload_people import person
from chalicelib.domain.platforms.payload_reader import (
    DeletedRecord,
    code,
    gone,
    loosely,
    money,
    money_named,
    name,
    number,
    of,
    says,
    some,
    trim,
)

SOURCE = "woocommerce"
Told: TypeAlias = OrderUpdate | PlatformCustomer | AccountDeleted | ChangeNotice
UNPAID = ("pending", "on-hold", "checkout-draft", "auto-draft", "draft", "failed")
"""Statuses of orders that were not paid, or of which nobody knows yet."""
CALLED_OFF = ("cancelled", "failed", "trash")


class _Address(Struct):
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None


Number: TypeAlias = int | float | str | None
"""Plugins and versions write the same field as a number or as text."""


class _Line(Struct):
    id: int | None = None
    quantity: Number = None
    name: Number = None
    sku: Number = None
    price: float | str | None = None
    total: Number = None
    total_tax: Number = None
    product_id: int | None = None
    variation_id: int | None = None


class _Part(Struct):
    """A fee."""

    id: int | None = None
    name: Number = None
    total: Number = None
    total_tax: Number = None


class _Refund(Struct):
    id: int | None = None
    reason: str | None = None
    total: Number = None


class _Order(Struct):
    id: int
    number: Number = None
    status: str | None = None
    currency: str | None = None
    total: Number = None
    shipping_total: Number = None
    shipping_tax: Number = None
    customer_id: int | None = None
    date_created_gmt: datetime | None = None
    date_modified_gmt: datetime | None = None
    date_completed_gmt: datetime | None = None
    date_created: datetime | None = None
    date_modified: datetime | None = None
    date_completed: datetime | None = None
    billing: _Address | None = None
    line_items: list[_Line | None] | None = None
    fee_lines: list[_Part | None] | None = None
    refunds: list[_Refund | None] | None = None


class _RefundTold(Struct):
    id: int
    parent_id: int | None = None
    order_id: int | None = None
    amount: Number = None
    total: Number = None
    currency: str | None = None
    date_created_gmt: datetime | None = None


class _Customer(Struct):
    id: int
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    date_created_gmt: datetime | None = None
    date_modified_gmt: datetime | None = None
    billing: _Address | None = None


def order_told(body: bytes) -> PlatformOrder:
    """`order.*`: the whole order as it is now. WooCommerce knows when it was sent, not when it came."""
    told = loosely(body, _Order)
    currency, changed = code(told.currency), told.date_modified_gmt or told.date_modified
    sent, created = told.date_completed_gmt or told.date_completed, told.date_created_gmt or told.date_created
    parcels, off = (ParcelUpdate(id=str(told.id), shipped_at=sent),) if sent else (), _status(told) in CALLED_OFF
    return PlatformOrder(
        external_id=str(told.id),
        number=_name(told.number),
        items=_items(told, currency),
        total=money(told.total, currency),
        shipping=_shipping(told, currency),
        purchased_at=created,
        cancelled_at=changed if off else None,
        off=off,
        customer=_buyer(told),
        parcels=parcels,
        refunds=_refunds(told, currency),
        all_refunds=_lists_all(told),
        unread_refunds=_unread(told),
        occurred_at=changed,
        whole=_whole(told, says(body)),
        payment=_payment(_status(told)),
    )


def _status(told: _Order) -> str | None:
    """Its status; plugins write it as the database has it, with a head."""
    return told.status.strip().lower().removeprefix("wc-") if told.status else None


def _payment(status: str | None) -> Payment | None:
    if status is None:
        return None
    return "unpaid" if status in UNPAID else "refunded" if status == "refunded" else "paid"


def _whole(told: _Order, said: frozenset[str]) -> tuple[Part, ...]:
    parts: list[tuple[Part, bool]] = [
        ("cancelled_at", told.status is not None),
        ("items", bool(told.line_items)),
        ("parcels", bool(said & {"date_completed_gmt", "date_completed"})),
    ]
    return tuple(part for part, is_told in parts if is_told)


def _items(told: _Order, currency: str) -> tuple[OrderItemIn, ...]:
    lines = ((one, number(one.quantity)) for one in some(told.line_items))
    items = [_item(one, many if many is not None else Decimal(1), currency) for one, many in lines if many != 0]
    return tuple(one for one in (*items, *(_fee(fee, currency) for fee in some(told.fee_lines))) if one is not None)


def _refunds(told: _Order, currency: str) -> tuple[RefundIn, ...]:
    found = ((one, _back(one.total, currency)) for one in some(told.refunds))
    return name_refunds(
        RefundIn(id=str(one.id or ""), amount=amount, money=money_named(one.reason)) for one, amount in found if amount
    )


def _lists_all(told: _Order) -> bool:
    """Whether what its refunds do not list was taken back: not where one is listed that nothing is known by."""
    return told.refunds is not None and all(one and (one.id or number(one.total) is not None) for one in told.refunds)


def _unread(told: _Order) -> tuple[str, ...]:
    return tuple(str(one.id) for one in some(told.refunds) if one.id and number(one.total) is None)


def orders_answer(body: bytes) -> tuple[OrderUpdate, ...]:
    """A page of orders of the REST API."""
    return tuple(order_told(bytes(one)) for one in loosely(body, list[Raw]))


def order_restored(body: bytes) -> PlatformOrder:
    """`order.restored`: the whole order, out of the bin."""
    return replace(order_told(body), gone=False)


def trimmed(body: bytes) -> bytes:
    """An order with nothing in it but what is read of it."""
    return trim(body, _Order)


def too_large(body: bytes) -> ChangeNotice:
    """An order that was too large to be kept as it came: its id was."""
    return ChangeNotice(what="order", id=str(loosely(body, DeletedRecord).id))


def _item(told: _Line, many: Decimal, currency: str) -> OrderItemIn | None:
    """A line; of a fraction as many as were begun. What was paid stands beside it, so nothing is lost by that."""
    if many < 0:
        return None
    product, total, tax = told.variation_id or told.product_id, number(told.total), number(told.total_tax)
    paid = of(max(total + (tax or 0), Decimal(0)), currency) if total is not None else None
    return OrderItemIn(
        sku=_name(told.sku) or (f"product-{product}" if product else f"line-{told.id}"),
        title=one_line(_text(told.name)),
        quantity=min(int(many.to_integral_value(ROUND_CEILING)), MOST_OF_ONE),
        price=_price(told, many, currency),
        line=str(told.id) if told.id else None,
        paid=paid,
    )


def _price(told: _Line, many: Decimal, currency: str) -> MoneyIn | None:
    """The price of one. It is told as a share of the total, unrounded: then the share is taken to the coin."""
    price, total = number(told.price), number(told.total)
    if price is not None and is_whole(price, currency):
        return MoneyIn(f"{price:f}", currency) if money(price, currency) else None
    return of(total / many, currency) if total is not None else money(price, currency)


def _fee(told: _Part, currency: str) -> OrderItemIn | None:
    """What was paid for no goods, such as gift wrapping. A fee below nothing is a discount: it is in the total."""
    total, tax = number(told.total), number(told.total_tax)
    paid = of(total + (tax or 0), currency) if total is not None and total > 0 else None
    title = one_line(_text(told.name))
    return (
        OrderItemIn(sku=f"fee-{told.id}", title=title, line=f"fee-{told.id}", paid=paid, goods=False) if paid else None
    )


def _shipping(told: _Order, currency: str) -> MoneyIn | None:
    total, tax = number(told.shipping_total), number(told.shipping_tax)
    return of(max(total + (tax or 0), Decimal(0)), currency) if total is not None else None


def _buyer(told: _Order) -> CustomerIn | None:
    who = told.billing or _Address()
    return person(SOURCE, told.customer_id or None, (who.first_name, who.last_name), who.email, who.phone)


def order_gone(body: bytes) -> PlatformOrder:
    """`order.deleted`, which is sent when an order is put into the bin, too: only its id is left."""
    return PlatformOrder(external_id=str(loosely(body, DeletedRecord).id), gone=True)


def refund_told(body: bytes) -> OrderUpdate:
    """Money the shop gave back of an order, as a plugin may tell it: core has no topic of refunds."""
    told = loosely(body, _RefundTold)
    order = told.parent_id or told.order_id
    if not order:
        raise invalid("parent_id", "is needed: the order the refund is of")
    at, amount = told.date_created_gmt, _back(told.amount or told.total, told.currency or "")
    refunds = (RefundIn(id=str(told.id), amount=amount, refunded_at=at),) if amount else ()
    return CompleteOrder(external_id=str(order), refunds=refunds, occurred_at=at)


def person_told(body: bytes) -> PlatformCustomer:
    """`customer.*`: a customer's account."""
    told = loosely(body, _Customer)
    phone = told.billing.phone if told.billing else None
    who = person(SOURCE, told.id, (told.first_name, told.last_name), told.email, phone)
    if who is None:
        raise invalid("id", "is needed")
    at = told.date_modified_gmt or told.date_created_gmt
    return PlatformCustomer(who, from_datetime(at) if at else 0)


def person_gone(body: bytes) -> AccountDeleted:
    """`customer.deleted`: an account that is no more."""
    return AccountDeleted(customer=f"{SOURCE}/{loosely(body, DeletedRecord).id}")


def _back(amount: Number, currency: str) -> MoneyIn | None:
    """What went back: an order lists its refunds as negative totals."""
    value = number(amount)
    return gone(abs(value), currency) if value is not None else None


def _text(told: Number) -> str | None:
    return None if told is None else str(told)


def _name(told: Number) -> str | None:
    return name(_text(told))


TOO_LARGE = "order.too_large"
"""Of an order that is too large to be kept as it came; no topic of WooCommerce's."""
TOPICS: dict[str, Callable[[bytes], Told]] = {
    "order.created": order_told,
    "order.updated": order_told,
    "order.restored": order_restored,
    "order.deleted": order_gone,
    "refund.created": refund_told,
    "refund.updated": refund_told,
    "customer.created": person_told,
    "customer.updated": person_told,
    "customer.deleted": person_gone,
    TOO_LARGE: too_large,
}
TRIMMED: dict[str, Callable[[bytes], bytes]] = dict.fromkeys(
    ("order.created", "order.updated", "order.restored"), trimmed
)
"""How what is too large to be kept is made smaller, with nothing lost that is read."""
