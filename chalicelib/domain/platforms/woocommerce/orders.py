"""WooCommerce's `order.*`: the whole order as it is now. WooCommerce knows when it was sent, not when it came."""

from msgspec import Raw
from msgspec.structs import replace

from chalicelib.domain.orders.order import Payment
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.orders.platform_order import ParcelUpdate, Part, PlatformOrder
from chalicelib.domain.platforms.events import ChangeNotice
from chalicelib.domain.platforms.payload_reader import DeletedRecord, code, loosely, money, says, trim
from chalicelib.domain.platforms.woocommerce.customers import buyer_of
from chalicelib.domain.platforms.woocommerce.lines import items_of, shipping_of
from chalicelib.domain.platforms.woocommerce.payloads import OrderPayload, name_of
from chalicelib.domain.platforms.woocommerce.refunds import lists_all_refunds, refunds_of, unread_refunds_of

UNPAID = ("pending", "on-hold", "checkout-draft", "auto-draft", "draft", "failed")
"""Statuses of orders that were not paid, or of which nobody knows yet."""
CALLED_OFF = ("cancelled", "failed", "trash")


def read_order(body: bytes) -> PlatformOrder:
    """`order.created`, `order.updated`."""
    order = loosely(body, OrderPayload)
    currency, status = code(order.currency), _status(order)
    changed, off = order.date_modified_gmt or order.date_modified, status in CALLED_OFF
    return PlatformOrder(
        external_id=str(order.id),
        number=name_of(order.number),
        items=items_of(order, currency),
        total=money(order.total, currency),
        shipping=shipping_of(order, currency),
        purchased_at=order.date_created_gmt or order.date_created,
        cancelled_at=changed if off else None,
        off=off,
        customer=buyer_of(order),
        parcels=_parcels(order),
        refunds=refunds_of(order, currency),
        all_refunds=lists_all_refunds(order),
        unread_refunds=unread_refunds_of(order),
        occurred_at=changed,
        whole=_whole(order, says(body)),
        payment=_payment(status),
    )


def read_orders(body: bytes) -> tuple[OrderUpdate, ...]:
    """A page of orders of the REST API."""
    return tuple(read_order(bytes(order)) for order in loosely(body, list[Raw]))


def read_restored_order(body: bytes) -> PlatformOrder:
    """`order.restored`: the whole order, out of the bin."""
    return replace(read_order(body), gone=False)


def read_deleted_order(body: bytes) -> PlatformOrder:
    """`order.deleted`, which is sent when an order is put into the bin, too: only its id is left."""
    return PlatformOrder(external_id=str(loosely(body, DeletedRecord).id), gone=True)


def read_large_order(body: bytes) -> ChangeNotice:
    """An order that was too large to be kept as it came: its id was."""
    return ChangeNotice(what="order", id=str(loosely(body, DeletedRecord).id))


def trim_order(body: bytes) -> bytes:
    """An order with nothing in it but what is read of it."""
    return trim(body, OrderPayload)


def _status(order: OrderPayload) -> str | None:
    """Its status; plugins write it as the database has it, with a head."""
    return order.status.strip().lower().removeprefix("wc-") if order.status else None


def _payment(status: str | None) -> Payment | None:
    if status is None:
        return None
    if status in UNPAID:
        return "unpaid"
    return "refunded" if status == "refunded" else "paid"


def _parcels(order: OrderPayload) -> tuple[ParcelUpdate, ...]:
    """The one parcel of an order that was sent."""
    sent = order.date_completed_gmt or order.date_completed
    return (ParcelUpdate(id=str(order.id), shipped_at=sent),) if sent else ()


def _whole(order: OrderPayload, said: frozenset[str]) -> tuple[Part, ...]:
    parts: list[tuple[Part, bool]] = [
        ("cancelled_at", order.status is not None),
        ("items", bool(order.line_items)),
        ("parcels", bool(said & {"date_completed_gmt", "date_completed"})),
    ]
    return tuple(part for part, is_sent in parts if is_sent)
