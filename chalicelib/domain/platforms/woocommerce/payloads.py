"""The fields of WooCommerce's bodies that are read. Depending on plugin and version, a field is a number or a text."""

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from chalicelib.domain.platforms.payload_reader import clean_name

SOURCE = "woocommerce"
Number: TypeAlias = int | float | str | None


class AddressPayload(Struct):
    """The billing address of an order."""

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None


class LinePayload(Struct):
    """A line of an order. Its `total` is what was paid for it, after discounts and without taxes."""

    id: int | None = None
    quantity: Number = None
    name: Number = None
    sku: Number = None
    price: float | str | None = None
    total: Number = None
    total_tax: Number = None
    product_id: int | None = None
    variation_id: int | None = None


class FeePayload(Struct):
    """A fee of an order."""

    id: int | None = None
    name: Number = None
    total: Number = None
    total_tax: Number = None


class ListedRefundPayload(Struct):
    """A refund as its order lists it."""

    id: int | None = None
    reason: str | None = None
    total: Number = None


class OrderPayload(Struct):
    """An order."""

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
    billing: AddressPayload | None = None
    line_items: list[LinePayload | None] | None = None
    fee_lines: list[FeePayload | None] | None = None
    refunds: list[ListedRefundPayload | None] | None = None


class RefundPayload(Struct):
    """A refund as a plugin sends it."""

    id: int
    parent_id: int | None = None
    order_id: int | None = None
    amount: Number = None
    total: Number = None
    currency: str | None = None
    date_created_gmt: datetime | None = None


class CustomerPayload(Struct):
    """A customer's account."""

    id: int
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    date_created_gmt: datetime | None = None
    date_modified_gmt: datetime | None = None
    billing: AddressPayload | None = None


def text_of(value: Number) -> str | None:
    """A field as text."""
    return None if value is None else str(value)


def name_of(value: Number) -> str | None:
    """A field as a name: one line, shortened; None if it is empty."""
    return clean_name(text_of(value))
