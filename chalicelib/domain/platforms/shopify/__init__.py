"""Shopify's webhooks, as its API versions 2024-04 to 2026-10 send them, and its Events. Field names are those of
Shopify's webhook reference (shopify.dev/docs/api/webhooks); ids are numbers, prices are decimal strings, times have
offsets. `docs/platforms.md` says what follows from each."""

from collections.abc import Callable
from typing import TypeAlias

from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.platforms.events import PlatformEvent
from chalicelib.domain.platforms.shopify import events, orders, parcels
from chalicelib.domain.platforms.shopify.customers import data_wanted, people_merged, redaction, shop_redaction
from chalicelib.domain.platforms.shopify.disputes import dispute_told
from chalicelib.domain.platforms.shopify.orders import order_cancelled, order_gone, order_told, refund_told
from chalicelib.domain.platforms.shopify.parcels import event_told, parcel_told
from chalicelib.domain.platforms.shopify.returns import only, sent_back, telling

Told: TypeAlias = OrderUpdate | PlatformEvent

TOO_LARGE = "orders/too_large"
"""Of an order that is too large to be kept as it came; no topic of Shopify's."""
_ASKED = {
    f"{topic}/{action}": events.changed("order")
    for topic in ("Order", "Fulfillment", "FulfillmentEvent", "Refund", "OrderTransaction")
    for action in ("create", "update")
}
TOPICS: dict[str, Callable[[bytes], Told]] = {
    "orders/create": order_told,
    "orders/updated": order_told,
    "orders/fulfilled": order_told,
    "orders/partially_fulfilled": order_told,
    "orders/paid": order_told,
    "orders/cancelled": order_cancelled,
    "orders/delete": order_gone,
    TOO_LARGE: events.too_large,
    "fulfillments/create": parcel_told,
    "fulfillments/update": parcel_told,
    "fulfillment_events/create": event_told,
    "refunds/create": refund_told,
    "returns/request": telling("requested"),
    "returns/approve": telling("approved"),
    "returns/decline": telling("declined"),
    "returns/cancel": telling("cancelled"),
    "returns/close": telling("closed"),
    "returns/reopen": only("reopened"),
    "returns/process": only("processed"),
    "returns/update": only("changed"),
    "reverse_deliveries/attach_deliverable": sent_back,
    "disputes/create": dispute_told,
    "disputes/update": dispute_told,
    "customers/redact": redaction,
    "shop/redact": shop_redaction,
    "customers/data_request": data_wanted,
    "customers/merge": people_merged,
    **_ASKED,
    "Order/delete": events.order_gone,
    "Return/create": events.changed("return"),
    "Return/update": events.changed("return"),
}
TRIMMED: dict[str, Callable[[bytes], bytes]] = {
    **{topic: orders.trimmed for topic, reader in TOPICS.items() if reader in (order_told, order_cancelled)},
    "fulfillments/create": parcels.trimmed,
    "fulfillments/update": parcels.trimmed,
    "refunds/create": orders.refund_trimmed,
}
"""How what is too large to be kept is made smaller, with nothing lost that is read."""
