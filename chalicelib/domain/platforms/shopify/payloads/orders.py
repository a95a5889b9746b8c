"""The fields of Shopify's `orders/*` that are read."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.platforms.shopify.amounts import AmountSet
from chalicelib.domain.platforms.shopify.customers import Customer
from chalicelib.domain.platforms.shopify.parcels import Fulfillment
from chalicelib.domain.platforms.shopify.payloads.refunds import Refund


class Allocation(Struct):
    """The part of a discount that is allocated to a line."""

    amount: str | float | None = None
    amount_set: AmountSet | None = None


class Tax(Struct):
    """A tax of a line."""

    price: str | float | None = None
    price_set: AmountSet | None = None


class OrderLine(Struct):
    """A line of an order."""

    id: int | None = None
    quantity: int | None = None
    current_quantity: int | None = None
    sku: str | None = None
    title: str | None = None
    price: str | float | None = None
    price_set: AmountSet | None = None
    variant_id: int | None = None
    discount_allocations: list[Allocation | None] | None = None
    tax_lines: list[Tax | None] | None = None
    gift_card: bool | None = None
    requires_shipping: bool | None = None


class ShippingLine(Struct):
    """A shipping line of an order."""

    price: str | float | None = None
    price_set: AmountSet | None = None
    discounted_price: str | float | None = None
    discounted_price_set: AmountSet | None = None
    discount_allocations: list[Allocation | None] | None = None
    tax_lines: list[Tax | None] | None = None
    is_removed: bool | None = None


class OrderPayload(Struct):
    """An order."""

    id: int
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    currency: str | None = None
    total_price: str | float | None = None
    total_price_set: AmountSet | None = None
    current_total_price: str | float | None = None
    current_total_price_set: AmountSet | None = None
    total_outstanding: str | float | None = None
    total_outstanding_set: AmountSet | None = None
    financial_status: str | None = None
    taxes_included: bool | None = None
    customer_locale: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    cancelled_at: datetime | None = None
    fulfillment_status: str | None = None
    test: bool | None = None
    customer: Customer | None = None
    line_items: list[OrderLine | None] | None = None
    shipping_lines: list[ShippingLine | None] | None = None
    fulfillments: list[Fulfillment | None] | None = None
    refunds: list[Refund | None] | None = None
