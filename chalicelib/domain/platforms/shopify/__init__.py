"""Shopify's webhooks of API version 2025-04 or newer. Field names are those of Shopify's webhook reference
(shopify.dev/docs/api/webhooks); ids are numbers, prices are decimal strings, times have offsets."""

from collections.abc import Callable
from typing import TypeAlias

from chalicelib.domain.order_inputs import OrderTold
from chalicelib.domain.platforms.shopify.disputes import dispute_told
from chalicelib.domain.platforms.shopify.orders import order_told, refund_told
from chalicelib.domain.platforms.shopify.parcels import parcel_told
from chalicelib.domain.platforms.shopify.people import data_wanted, redaction, shop_redaction
from chalicelib.domain.platforms.shopify.returns import return_told
from chalicelib.domain.platforms.told import DataWanted, DisputeTold, Redaction, ReturnTold

Told: TypeAlias = OrderTold | ReturnTold | DisputeTold | Redaction | DataWanted

TOPICS: dict[str, Callable[[bytes], Told]] = {
    "orders/create": order_told, "orders/updated": order_told, "orders/fulfilled": order_told,
    "orders/cancelled": order_told, "fulfillments/create": parcel_told, "fulfillments/update": parcel_told,
    "refunds/create": refund_told, "returns/request": return_told, "returns/approve": return_told,
    "returns/decline": return_told, "returns/cancel": return_told, "returns/close": return_told,
    "returns/update": return_told, "disputes/create": dispute_told, "disputes/update": dispute_told,
    "customers/redact": redaction,
    "shop/redact": shop_redaction, "customers/data_request": data_wanted,
}  # fmt: skip
