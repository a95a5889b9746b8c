"""The fields of an order in answers of Shopify's Admin API. `queries.py` has the queries."""

from datetime import datetime

from msgspec import Struct, field

from chalicelib.domain.platforms.shopify.graphql.line_payload import ApiLines, ApiShippingLines
from chalicelib.domain.platforms.shopify.graphql.objects import ApiAmounts, ApiObject


class Email(Struct, rename="camel"):
    """A customer's email address."""

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


class Tracking(Struct):
    """The carrier and the tracking number of a parcel."""

    company: str | None = None
    number: str | None = None


class ApiFulfillment(ApiObject, rename="camel"):
    """A fulfillment."""

    created_at: datetime | None = None
    delivered_at: datetime | None = None
    status: str | None = None
    tracking_info: list[Tracking] = field(default_factory=list)


class ApiRefund(ApiObject, rename="camel"):
    """A refund."""

    created_at: datetime | None = None
    total_refunded_set: ApiAmounts | None = None


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
    fulfillments: list[ApiFulfillment] = field(default_factory=list)
    refunds: list[ApiRefund] = field(default_factory=list)


class PageInfo(Struct, rename="camel"):
    """Whether a list has a next page, and its cursor."""

    has_next_page: bool = False
    end_cursor: str | None = None


class ApiOrders(Struct, rename="camel"):
    """A page of orders."""

    nodes: list[ApiOrder] = []
    page_info: PageInfo = field(default_factory=PageInfo)


class OrderData(Struct):
    """The requested data: one order, or a page of orders."""

    order: ApiOrder | None = None
    orders: ApiOrders = field(default_factory=ApiOrders)


class OrderAnswer(Struct):
    """The answer to a query, or its errors."""

    data: OrderData | None = None
    errors: list[dict[str, object]] = []
