"""Shopify's webhooks, as its API versions 2024-04 to 2026-10 send them, and its Events. Field names are those of
Shopify's webhook reference (shopify.dev/docs/api/webhooks); ids are numbers, prices are decimal strings, times have
offsets. `docs/platforms.md` describes the effect of each topic."""

from collections.abc import Callable
from typing import TypeAlias

from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.platforms.events import PlatformEvent
from chalicelib.domain.platforms.shopify import events
from chalicelib.domain.platforms.shopify.customers import (
    read_data_request,
    read_merge,
    read_redaction,
    read_shop_redaction,
)
from chalicelib.domain.platforms.shopify.disputes import read_dispute
from chalicelib.domain.platforms.shopify.orders import read_cancelled_order, read_deleted_order, read_order, trim_order
from chalicelib.domain.platforms.shopify.parcels import read_parcel, read_parcel_event, trim_parcel
from chalicelib.domain.platforms.shopify.refunds import read_refund, trim_refund
from chalicelib.domain.platforms.shopify.returns import read_return_shipped, return_change_reader, return_reader

PlatformData: TypeAlias = OrderUpdate | PlatformEvent

TOO_LARGE = "orders/too_large"
"""Our own topic, not Shopify's: an order that is too large to be stored. It is fetched later."""
_FETCHED = {
    f"{topic}/{action}": events.change_reader("order")
    for topic in ("Order", "Fulfillment", "FulfillmentEvent", "Refund", "OrderTransaction")
    for action in ("create", "update")
}
TOPICS: dict[str, Callable[[bytes], PlatformData]] = {
    "orders/create": read_order,
    "orders/updated": read_order,
    "orders/fulfilled": read_order,
    "orders/partially_fulfilled": read_order,
    "orders/paid": read_order,
    "orders/cancelled": read_cancelled_order,
    "orders/delete": read_deleted_order,
    TOO_LARGE: events.read_large_order,
    "fulfillments/create": read_parcel,
    "fulfillments/update": read_parcel,
    "fulfillment_events/create": read_parcel_event,
    "refunds/create": read_refund,
    "returns/request": return_reader("requested"),
    "returns/approve": return_reader("approved"),
    "returns/decline": return_reader("declined"),
    "returns/cancel": return_reader("cancelled"),
    "returns/close": return_reader("closed"),
    "returns/reopen": return_change_reader("reopened"),
    "returns/process": return_change_reader("processed"),
    "returns/update": return_change_reader("changed"),
    "reverse_deliveries/attach_deliverable": read_return_shipped,
    "disputes/create": read_dispute,
    "disputes/update": read_dispute,
    "customers/redact": read_redaction,
    "shop/redact": read_shop_redaction,
    "customers/data_request": read_data_request,
    "customers/merge": read_merge,
    **_FETCHED,
    "Order/delete": events.read_deleted_order,
    "Return/create": events.change_reader("return"),
    "Return/update": events.change_reader("return"),
}
TRIMMED: dict[str, Callable[[bytes], bytes]] = {
    **{topic: trim_order for topic, reader in TOPICS.items() if reader in (read_order, read_cancelled_order)},
    "fulfillments/create": trim_parcel,
    "fulfillments/update": trim_parcel,
    "refunds/create": trim_refund,
}
"""How a body that is too large to be stored is reduced to the fields that are read."""
