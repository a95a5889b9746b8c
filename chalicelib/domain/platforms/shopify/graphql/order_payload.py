"""The parts of an order that are asked of Shopify's Admin API, as it answers. `queries.py` says what is asked."""

from datetime import datetime

from msgspec import Struct, field

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.platforms.shopify.amounts import Amount, Both


class ApiAmount(Amount, rename="camel"):
    """An amount in one currency."""

    amount: str | float | None = None
    currency_code: str | None = None


class ApiAmounts(Both, rename="camel"):
    """An amount in the shop's and in the customer's currency."""

    shop_money: ApiAmount | None = None
    presentment_money: ApiAmount | None = None


class ApiObject(Struct):
    """Anything with one of Shopify's global ids."""

    id: str

    @property
    def number(self) -> int:
        """The number at the end of `gid://shopify/Order/1`, by which webhooks call the same thing."""
        digits = self.id.rpartition("/")[2].partition("?")[0]
        if not (digits.isascii() and digits.isdecimal()):
            raise invalid("id", f"{self.id!r} is no id of Shopify's")
        return int(digits)


class Email(Struct, rename="camel"):
    """A customer's address."""

    email_address: str | None = None


class Phone(Struct, rename="camel"):
    """A customer's phone number."""

    phone_number: str | None = None


class ApiCustomer(ApiObject, rename="camel"):
    """A customer."""

    first_name: str | None = None
    last_name: str | None = None
    default_email_address: Email | None = None
    default_phone_number: Phone | None = None


class ApiAllocation(Struct, rename="camel"):
    """What of a discount is a line's."""

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


class ApiShippingLine(Struct, rename="camel"):
    """What an order's shipping costs, discounts off."""

    is_removed: bool | None = None
    discounted_price_set: ApiAmounts | None = None
    tax_lines: list[ApiTax] | None = None


class ApiShippingLines(Struct):
    """A list of them."""

    nodes: list[ApiShippingLine] = []


class Tracking(Struct):
    """A carrier and its number of a parcel."""

    company: str | None = None
    number: str | None = None


class ApiFulfillment(ApiObject, rename="camel"):
    """A fulfillment."""

    created_at: datetime | None = None
    delivered_at: datetime | None = None
    status: str | None = None
    tracking_info: list[Tracking] = []


class ApiRefund(ApiObject, rename="camel"):
    """A refund."""

    created_at: datetime | None = None
    total_refunded_set: ApiAmounts | None = None


class ApiLines(Struct):
    """A list of lines."""

    nodes: list[ApiLine] = []


class ApiOrder(ApiObject, rename="camel"):
    """An order."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    customer_locale: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    cancelled_at: datetime | None = None
    display_fulfillment_status: str | None = None
    test: bool | None = None
    taxes_included: bool | None = None
    currency_code: str | None = None
    total_price_set: ApiAmounts | None = None
    current_total_price_set: ApiAmounts | None = None
    total_outstanding_set: ApiAmounts | None = None
    display_financial_status: str | None = None
    shipping_lines: ApiShippingLines | None = None
    customer: ApiCustomer | None = None
    line_items: ApiLines = field(default_factory=ApiLines)
    fulfillments: list[ApiFulfillment] = []
    refunds: list[ApiRefund] = []


class PageInfo(Struct, rename="camel"):
    """Whether a list goes on, and where."""

    has_next_page: bool = False
    end_cursor: str | None = None


class ApiOrders(Struct, rename="camel"):
    """A page of orders."""

    nodes: list[ApiOrder] = []
    page_info: PageInfo = field(default_factory=PageInfo)


class OrderData(Struct):
    """What was asked for: one order, or a page of them."""

    order: ApiOrder | None = None
    orders: ApiOrders = field(default_factory=ApiOrders)


class OrderAnswer(Struct):
    """The answer to a query, or what was wrong with it."""

    data: OrderData | None = None
    errors: list[dict[str, object]] = []
