"""The fields of a refund in Shopify's `refunds/create` and `orders/*` that are read."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.platforms.payload_reader import clean_name
from chalicelib.domain.platforms.shopify.amounts import AmountSet


class LineRef(Struct):
    """The order line that something is about."""

    id: int | None = None
    sku: str | None = None
    variant_id: int | None = None


class Transaction(Struct):
    """A payment or a repayment."""

    amount: str | float | None = None
    amount_set: AmountSet | None = None
    currency: str | None = None
    kind: str | None = None
    status: str | None = None
    test: bool | None = None


class RefundedLine(Struct):
    """The refund of one order line."""

    line_item_id: int | None = None
    line_item: LineRef | None = None
    subtotal: str | float | None = None
    subtotal_set: AmountSet | None = None
    total_tax: str | float | None = None
    total_tax_set: AmountSet | None = None


class Adjustment(Struct):
    """A part of a refund that is not for goods. Its amounts are negative."""

    kind: str | None = None
    amount: str | float | None = None
    amount_set: AmountSet | None = None
    tax_amount: str | float | None = None
    tax_amount_set: AmountSet | None = None


class Refund(Struct):
    """A refund."""

    id: int | None = None
    admin_graphql_api_id: str | None = None
    order_id: int | None = None
    note: str | None = None
    created_at: datetime | None = None
    processed_at: datetime | None = None
    transactions: list[Transaction | None] | None = None
    refund_line_items: list[RefundedLine | None] | None = None
    order_adjustments: list[Adjustment | None] | None = None


def sku_of(sku: str | None, variant: int | None, line: int | None) -> str:
    """The SKU of a line: the shop's own, or else derived from the platform's ids."""
    return clean_name(sku) or (f"variant-{variant}" if variant else f"line-{line}")
