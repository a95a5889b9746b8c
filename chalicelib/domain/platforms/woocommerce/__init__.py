"""WooCommerce's webhooks: the REST API's resources, version 3 (woocommerce.github.io/woocommerce-rest-api-docs).
Prices are decimal strings, except a line's `price`, which is a number. Times whose name ends in `_gmt` are UTC without
an offset. Version 1 of the API has the shop's local times without an offset; they are read as UTC.
"""

from collections.abc import Callable
from typing import TypeAlias

from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.platforms.events import AccountDeleted, ChangeNotice, PlatformCustomer
from chalicelib.domain.platforms.woocommerce.customers import read_customer, read_deleted_customer
from chalicelib.domain.platforms.woocommerce.orders import (
    read_deleted_order,
    read_large_order,
    read_order,
    read_orders,
    read_restored_order,
    trim_order,
)
from chalicelib.domain.platforms.woocommerce.refunds import read_refund

__all__ = ["TOO_LARGE", "TOPICS", "TRIMMED", "read_order", "read_orders"]

PlatformData: TypeAlias = OrderUpdate | PlatformCustomer | AccountDeleted | ChangeNotice
TOO_LARGE = "order.too_large"
"""Our own topic, not WooCommerce's: an order that is too large to be stored. It is fetched later."""
TOPICS: dict[str, Callable[[bytes], PlatformData]] = {
    "order.created": read_order,
    "order.updated": read_order,
    "order.restored": read_restored_order,
    "order.deleted": read_deleted_order,
    "refund.created": read_refund,
    "refund.updated": read_refund,
    "customer.created": read_customer,
    "customer.updated": read_customer,
    "customer.deleted": read_deleted_customer,
    TOO_LARGE: read_large_order,
}
TRIMMED: dict[str, Callable[[bytes], bytes]] = dict.fromkeys(
    ("order.created", "order.updated", "order.restored"), trim_order
)
"""How a body that is too large to be stored is reduced to the fields that are read."""
