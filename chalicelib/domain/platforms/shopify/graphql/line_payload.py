"""The fields of order lines and shipping lines in answers of Shopify's Admin API."""

from msgspec import Struct

from chalicelib.domain.platforms.shopify.graphql.objects import ApiAmounts, ApiObject


class ApiAllocation(Struct, rename="camel"):
    """The part of a discount that is allocated to a line."""

    allocated_amount_set: ApiAmounts | None = None


class ApiTax(Struct, rename="camel"):
    """A tax of a line."""

    price_set: ApiAmounts | None = None


class ApiLine(ApiObject, rename="camel"):
    """A line of an order."""

    current_quantity: int
    quantity: int | None = None
    sku: str | None = None
    title: str | None = None
    variant: ApiObject | None = None
    original_unit_price_set: ApiAmounts | None = None
    discount_allocations: list[ApiAllocation] | None = None
    tax_lines: list[ApiTax] | None = None
    requires_shipping: bool | None = None
    is_gift_card: bool | None = None


class ApiLines(Struct):
    """A list of lines."""

    nodes: list[ApiLine] = []


class ApiShippingLine(Struct, rename="camel"):
    """A shipping line of an order, with its price after discounts."""

    is_removed: bool | None = None
    discounted_price_set: ApiAmounts | None = None
    tax_lines: list[ApiTax] | None = None


class ApiShippingLines(Struct):
    """A list of shipping lines."""

    nodes: list[ApiShippingLine] = []
