"""Read an order, or a page of orders, from an answer of Shopify's Admin API. `queries.py` has the queries."""

from msgspec.structs import replace

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.orders.platform_order import Fulfilled, ParcelUpdate, Part, PlatformOrder
from chalicelib.domain.platforms.lines import remaining_items
from chalicelib.domain.platforms.payload_people import person
from chalicelib.domain.platforms.payload_reader import clean_name, money_of, parse_leniently
from chalicelib.domain.platforms.reconciliation import OrderPage
from chalicelib.domain.platforms.shopify.amounts import ZERO, presentment_amount, shop_amount
from chalicelib.domain.platforms.shopify.customers import SOURCE
from chalicelib.domain.platforms.shopify.graphql.order_money import refunds_of, shipping_of, sold_line
from chalicelib.domain.platforms.shopify.graphql.order_payload import (
    ApiCustomer,
    ApiFulfillment,
    ApiOrder,
    OrderAnswer,
    OrderData,
    Tracking,
)
from chalicelib.domain.platforms.shopify.graphql.queries import FULFILLMENTS
from chalicelib.domain.platforms.shopify.order_money import amount_paid
from chalicelib.domain.platforms.shopify.parcels import CALLED_OFF
from chalicelib.domain.platforms.shopify.payments import payment_of

FULFILLED: dict[str, Fulfilled] = {"FULFILLED": "whole", "PARTIALLY_FULFILLED": "part"}
"""An order's `displayFulfillmentStatus`. Other statuses do not say what was shipped."""


def parse_order_answer(body: bytes) -> PlatformOrder | None:
    """The requested order; None if the platform does not have it, or if it is a test order."""
    order = _data(body).order
    return _order(order) if order is not None and not order.test else None


def parse_orders_answer(body: bytes) -> OrderPage:
    """A page of the orders that changed, with the cursor of the next page."""
    orders = _data(body).orders
    next_page = orders.page_info.end_cursor if orders.page_info.has_next_page else None
    return OrderPage(tuple(_order(order) for order in orders.nodes if not order.test), next_page)


def _data(body: bytes) -> OrderData:
    answer = parse_leniently(body, OrderAnswer)
    if answer.data is None:
        raise invalid("errors", str(answer.errors[:1])[:200])
    return answer.data


def _order(order: ApiOrder) -> PlatformOrder:
    return _with_money(_without_money(order), order)


def _without_money(order: ApiOrder) -> PlatformOrder:
    """The order without its lines and amounts."""
    shipped = (parcel for parcel in order.fulfillments if (parcel.status or "").lower() not in CALLED_OFF)
    return PlatformOrder(
        external_id=str(order.number),
        number=clean_name((order.name or "").removeprefix("#")),
        purchased_at=order.created_at,
        cancelled_at=order.cancelled_at,
        customer=_buyer(order),
        parcels=tuple(_parcel(parcel) for parcel in shipped),
        occurred_at=order.updated_at,
        whole=_whole(order),
        fulfilled=FULFILLED.get(order.display_fulfillment_status or ""),
        gone=False,
    )


def _with_money(result: PlatformOrder, order: ApiOrder) -> PlatformOrder:
    """The order with its lines and amounts, in the shop's currency."""
    currency = _currency(order)
    refunds = refunds_of(order.refunds)
    at_first = shop_amount(order.total_price_set, None)
    current = shop_amount(order.current_total_price_set, None)
    outstanding = shop_amount(order.total_outstanding_set, None)
    total = amount_paid(at_first, current, refunds, currency)
    shipping = shipping_of(order)
    lines = [sold_line(line, order, currency) for line in order.line_items.nodes]
    return replace(
        result,
        items=remaining_items(lines, shipping or ZERO, total, currency),
        total=total,
        shipping=money_of(shipping, currency) if shipping is not None else None,
        presented=presentment_amount(order.total_price_set, currency),
        refunds=refunds,
        outstanding=money_of(max(outstanding, ZERO), currency) if outstanding is not None else None,
        payment=payment_of(order.display_financial_status, outstanding is not None),
    )


def _currency(order: ApiOrder) -> str:
    shop = order.total_price_set.shop if order.total_price_set else None
    return order.currency_code or (shop.currency if shop else "")


def _whole(order: ApiOrder) -> tuple[Part, ...]:
    """The parts that are complete in the answer: all of them, except the parcels of an order that has too many."""
    parts: list[Part] = ["cancelled_at", "delivered"]
    if order.line_items.nodes:
        parts.append("items")
    if len(order.fulfillments) < FULFILLMENTS["all"]:
        parts.append("parcels")
    return tuple(parts)


def _buyer(order: ApiOrder) -> CustomerIn | None:
    customer = order.customer
    if customer is None:
        return person(SOURCE, None, (), order.email, order.phone, order.customer_locale)
    names = (customer.first_name, customer.last_name)
    email, phone = _email(customer) or order.email, _phone(customer) or order.phone
    return person(SOURCE, customer.number, names, email, phone, order.customer_locale)


def _email(customer: ApiCustomer) -> str | None:
    return customer.default_email_address.email_address if customer.default_email_address else None


def _phone(customer: ApiCustomer) -> str | None:
    return customer.default_phone_number.phone_number if customer.default_phone_number else None


def _parcel(fulfillment: ApiFulfillment) -> ParcelUpdate:
    tracking = fulfillment.tracking_info[0] if fulfillment.tracking_info else Tracking()
    numbers = (clean_name(info.number) for info in fulfillment.tracking_info)
    return ParcelUpdate(
        id=str(fulfillment.number),
        carrier=clean_name(tracking.company),
        tracking=clean_name(tracking.number),
        shipped_at=fulfillment.created_at,
        delivered_at=fulfillment.delivered_at,
        tracking_numbers=tuple(number for number in numbers if number),
    )
