"""WooCommerce's webhooks: the REST API's resources, version 3 (woocommerce.github.io/woocommerce-rest-api-docs).
Prices are decimal strings but for a line's `price`, a number; times ending in `_gmt` are UTC without an offset, those
of the API's version 1 are the shop's own, without an offset either, and read as UTC."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from msgspec import Raw, Struct
from msgspec.structs import replace

from chalicelib.domain.errors import invalid
from chalicelib.domain.instants import of_datetime
from chalicelib.domain.order_inputs import CustomerIn, OrderItemIn, OrderTold, RefundIn
from chalicelib.domain.platforms.orders import ParcelTold, Part, PlatformOrder
from chalicelib.domain.platforms.people import person
from chalicelib.domain.platforms.reading import Gone, line, loosely, money, name, says, trim
from chalicelib.domain.platforms.told import AccountGone, Changed, PersonTold

SOURCE = "woocommerce"
Told: TypeAlias = OrderTold | PersonTold | AccountGone | Changed
CALLED_OFF = ("cancelled", "failed", "trash")


class _Address(Struct):
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None


class _Line(Struct):
    id: int
    quantity: int = 1
    name: str | None = None
    sku: str | None = None
    price: float | str | None = None
    product_id: int | None = None
    variation_id: int | None = None


class _Refund(Struct):
    id: int
    total: str | None = None


class _Order(Struct):
    id: int
    number: str | None = None
    status: str | None = None
    currency: str | None = None
    total: str | None = None
    customer_id: int = 0
    date_created_gmt: datetime | None = None
    date_modified_gmt: datetime | None = None
    date_completed_gmt: datetime | None = None
    date_created: datetime | None = None
    date_modified: datetime | None = None
    date_completed: datetime | None = None
    billing: _Address | None = None
    line_items: list[_Line] = []
    refunds: list[_Refund] = []


class _RefundTold(Struct):
    id: int
    parent_id: int | None = None
    order_id: int | None = None
    amount: str | None = None
    total: str | None = None
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
    return _order(loosely(body, _Order), says(body))


def _order(told: _Order, said: frozenset[str]) -> PlatformOrder:
    currency, changed = told.currency or "", told.date_modified_gmt or told.date_modified
    sent, created = told.date_completed_gmt or told.date_completed, told.date_created_gmt or told.date_created
    parcels = (ParcelTold(id=str(told.id), shipped_at=sent),) if sent else ()
    refunds = ((one.id, money(_positive(one.total), currency)) for one in told.refunds)
    return PlatformOrder(
        external_id=str(told.id), number=name(told.number), items=tuple(_item(one, currency) for one in told.line_items
        if one.quantity > 0), total=money(told.total, currency), purchased_at=created,
        cancelled_at=changed if told.status in CALLED_OFF else None, customer=_buyer(told), parcels=parcels,
        refunds=tuple(RefundIn(id=str(one), amount=amount) for one, amount in refunds if amount),
        occurred_at=changed or created, whole=_whole(told, said),
    )  # fmt: skip


def _whole(told: _Order, said: frozenset[str]) -> tuple[Part, ...]:
    parts: list[tuple[Part, bool]] = [
        ("cancelled_at", told.status is not None), ("items", bool(told.line_items)),
        ("parcels", bool(said & {"date_completed_gmt", "date_completed"})),
    ]  # fmt: skip
    return tuple(part for part, is_told in parts if is_told)


def orders_answer(body: bytes) -> tuple[OrderTold, ...]:
    """A page of orders of the REST API."""
    return tuple(order_told(bytes(one)) for one in loosely(body, list[Raw]))


def order_restored(body: bytes) -> PlatformOrder:
    """`order.restored`: the whole order, out of the bin."""
    return replace(order_told(body), gone=False)


def trimmed(body: bytes) -> bytes:
    """An order with nothing in it but what is read of it."""
    return trim(body, _Order)


def _item(told: _Line, currency: str) -> OrderItemIn:
    product = told.variation_id or told.product_id
    return OrderItemIn(
        sku=name(told.sku) or (f"product-{product}" if product else f"line-{told.id}"), title=line(told.name),
        quantity=told.quantity, price=money(told.price, currency), line=str(told.id),
    )  # fmt: skip


def _buyer(told: _Order) -> CustomerIn | None:
    who = told.billing or _Address()
    return person(SOURCE, told.customer_id or None, (who.first_name, who.last_name), who.email, who.phone)


def order_gone(body: bytes) -> PlatformOrder:
    """`order.deleted`, which is sent when an order is put into the bin, too: only its id is left."""
    return PlatformOrder(external_id=str(loosely(body, Gone).id), gone=True)


def refund_told(body: bytes) -> OrderTold:
    """Money the shop gave back of an order, as a plugin may tell it: core has no topic of refunds."""
    told = loosely(body, _RefundTold)
    order = told.parent_id or told.order_id
    if not order:
        raise invalid("parent_id", "is needed: the order the refund is of")
    at, amount = told.date_created_gmt, money(_positive(told.amount or told.total), told.currency or "")
    refunds = (RefundIn(id=str(told.id), amount=amount, refunded_at=at),) if amount else ()
    return OrderTold(external_id=str(order), refunds=refunds, occurred_at=at)


def person_told(body: bytes) -> PersonTold:
    """`customer.*`: a customer's account."""
    told = loosely(body, _Customer)
    phone = told.billing.phone if told.billing else None
    who = person(SOURCE, told.id, (told.first_name, told.last_name), told.email, phone)
    if who is None:
        raise invalid("id", "is needed")
    at = told.date_modified_gmt or told.date_created_gmt
    return PersonTold(who, of_datetime(at) if at else 0)


def person_gone(body: bytes) -> AccountGone:
    """`customer.deleted`: an account that is no more."""
    return AccountGone(customer=f"{SOURCE}/{loosely(body, Gone).id}")


def _positive(amount: str | None) -> str | None:
    """An order lists its refunds as negative totals."""
    return amount.strip().removeprefix("-") if amount else None


TOO_LARGE = "order.too_large"
"""Of an order that is too large to be kept as it came; no topic of WooCommerce's."""


def too_large(body: bytes) -> Changed:
    """An order that was too large to be kept as it came: its id was."""
    return Changed(what="order", id=str(loosely(body, Gone).id))


TOPICS: dict[str, Callable[[bytes], Told]] = {
    "order.created": order_told, "order.updated": order_told, "order.restored": order_restored,
    "order.deleted": order_gone, "refund.created": refund_told, "refund.updated": refund_told,
    "customer.created": person_told, "customer.updated": person_told, "customer.deleted": person_gone,
    TOO_LARGE: too_large,
}  # fmt: skip
TRIMMED: dict[str, Callable[[bytes], bytes]] = dict.fromkeys(
    ("order.created", "order.updated", "order.restored"), trimmed
)
"""How what is too large to be kept is made smaller, with nothing lost that is read."""
