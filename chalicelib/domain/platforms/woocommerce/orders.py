"""WooCommerce's `order.*`: the whole order as it is now. WooCommerce knows when it was shipped, not when it arrived."""

from msgspec import Raw
from msgspec.structs import replace

from chalicelib.domain.orders.order import Payment
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.orders.platform_order import ParcelUpdate, Part, PlatformOrder
from chalicelib.domain.platforms.events import ChangeNotice
from chalicelib.domain.platforms.payload_reader import (
    RecordId,
    currency_code,
    drop_unread_fields,
    parse_leniently,
    parse_money,
    sent_fields,
)
from chalicelib.domain.platforms.woocommerce.customers import buyer_of
from chalicelib.domain.platforms.woocommerce.lines import items_of, shipping_of
from chalicelib.domain.platforms.woocommerce.payloads import OrderPayload, name_of
from chalicelib.domain.platforms.woocommerce.refunds import lists_all_refunds, refunds_of, unread_refunds_of

UNPAID = ("pending", "on-hold", "checkout-draft", "auto-draft", "draft", "failed")
"""Statuses of orders that are not paid, or whose payment is not confirmed yet."""
CALLED_OFF = ("cancelled", "failed", "trash")


def read_order(body: bytes) -> PlatformOrder:
    """`order.created`, `order.updated`."""
    order = parse_leniently(body, OrderPayload)
    currency = currency_code(order.currency)
    status = _status(order)
    changed_at = order.date_modified_gmt or order.date_modified
    is_cancelled = status in CALLED_OFF
    return PlatformOrder(
        external_id=str(order.id),
        number=name_of(order.number),
        items=items_of(order, currency),
        total=parse_money(order.total, currency),
        shipping=shipping_of(order, currency),
        purchased_at=order.date_created_gmt or order.date_created,
        cancelled_at=changed_at if is_cancelled else None,
        off=is_cancelled,
        customer=buyer_of(order),
        parcels=_parcels(order),
        refunds=refunds_of(order, currency),
        all_refunds=lists_all_refunds(order),
        unread_refunds=unread_refunds_of(order),
        occurred_at=changed_at,
        whole=_whole(order, sent_fields(body)),
        payment=_payment(status),
    )


def read_orders(body: bytes) -> tuple[OrderUpdate, ...]:
    """A page of orders of the REST API."""
    return tuple(read_order(bytes(order)) for order in parse_leniently(body, list[Raw]))


def read_restored_order(body: bytes) -> PlatformOrder:
    """`order.restored`: the whole order, restored from the trash."""
    return replace(read_order(body), gone=False)


def read_deleted_order(body: bytes) -> PlatformOrder:
    """`order.deleted`, which is also sent when an order is moved to the trash: only its id is left."""
    return PlatformOrder(external_id=str(parse_leniently(body, RecordId).id), gone=True)


def read_large_order(body: bytes) -> ChangeNotice:
    """An order that was too large to be stored: only its id is left."""
    return ChangeNotice(what="order", id=str(parse_leniently(body, RecordId).id))


def trim_order(body: bytes) -> bytes:
    """An order reduced to the fields that are read."""
    return drop_unread_fields(body, OrderPayload)


def _status(order: OrderPayload) -> str | None:
    """The status of the order, without the prefix that it has in the database and in bodies of some plugins."""
    return order.status.strip().lower().removeprefix("wc-") if order.status else None


def _payment(status: str | None) -> Payment | None:
    if status is None:
        return None
    if status in UNPAID:
        return "unpaid"
    return "refunded" if status == "refunded" else "paid"


def _parcels(order: OrderPayload) -> tuple[ParcelUpdate, ...]:
    """The one parcel of an order that was shipped."""
    shipped_at = order.date_completed_gmt or order.date_completed
    return (ParcelUpdate(id=str(order.id), shipped_at=shipped_at),) if shipped_at else ()


def _whole(order: OrderPayload, sent: frozenset[str]) -> tuple[Part, ...]:
    """The parts that are complete in this order."""
    parts: list[tuple[Part, bool]] = [
        ("cancelled_at", order.status is not None),
        ("items", bool(order.line_items)),
        ("parcels", bool(sent & {"date_completed_gmt", "date_completed"})),
    ]
    return tuple(part for part, is_sent in parts if is_sent)
