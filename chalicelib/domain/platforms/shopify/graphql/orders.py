"""An order, and a page of orders, as Shopify's Admin API answers. `queries.py` says what is asked."""

from msgspec.structs import replace

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.orders.platform_order import Fulfilled, ParcelUpdate, Part, PlatformOrder
from chalicelib.domain.platforms.lines import items_of
from chalicelib.domain.platforms.payload_people import person
from chalicelib.domain.platforms.payload_reader import loosely, name, of
from chalicelib.domain.platforms.reconciliation import OrderPage
from chalicelib.domain.platforms.shopify.amounts import ZERO, presented, shop_value
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
from chalicelib.domain.platforms.shopify.order_money import paid_in_all
from chalicelib.domain.platforms.shopify.parcels import CALLED_OFF
from chalicelib.domain.platforms.shopify.payments import payment_of

FULFILLED: dict[str, Fulfilled] = {"FULFILLED": "whole", "PARTIALLY_FULFILLED": "part"}
"""An order's `displayFulfillmentStatus`; the others say nothing of what has left."""


def order_answer(body: bytes) -> PlatformOrder | None:
    """The order that was asked for; None when the platform does not know it, or it is a test."""
    order = _data(body).order
    return _order(order) if order is not None and not order.test else None


def orders_answer(body: bytes) -> OrderPage:
    """The orders that changed, and where they go on."""
    orders = _data(body).orders
    more = orders.page_info.end_cursor if orders.page_info.has_next_page else None
    return OrderPage(tuple(_order(order) for order in orders.nodes if not order.test), more)


def _data(body: bytes) -> OrderData:
    answer = loosely(body, OrderAnswer)
    if answer.data is None:
        raise invalid("errors", str(answer.errors[:1])[:200])
    return answer.data


def _order(order: ApiOrder) -> PlatformOrder:
    return _with_money(_without_money(order), order)


def _without_money(order: ApiOrder) -> PlatformOrder:
    """The order without its lines and amounts."""
    parcels = (one for one in order.fulfillments if (one.status or "").lower() not in CALLED_OFF)
    return PlatformOrder(
        external_id=str(order.number),
        number=name((order.name or "").removeprefix("#")),
        purchased_at=order.created_at,
        cancelled_at=order.cancelled_at,
        customer=_buyer(order),
        parcels=tuple(_parcel(parcel) for parcel in parcels),
        occurred_at=order.updated_at,
        whole=_whole(order),
        fulfilled=FULFILLED.get(order.display_fulfillment_status or ""),
        gone=False,
    )


def _with_money(made: PlatformOrder, order: ApiOrder) -> PlatformOrder:
    """The order with its lines and amounts, which are in the shop's currency."""
    currency, refunds = _currency(order), refunds_of(order.refunds)
    at_first, current = shop_value(order.total_price_set, None), shop_value(order.current_total_price_set, None)
    due = shop_value(order.total_outstanding_set, None)
    total, shipping = paid_in_all(at_first, current, refunds, currency), shipping_of(order)
    lines = [sold_line(line, order, currency) for line in order.line_items.nodes]
    return replace(
        made,
        items=items_of(lines, shipping or ZERO, total, currency),
        total=total,
        shipping=of(shipping, currency) if shipping is not None else None,
        presented=presented(order.total_price_set, currency),
        refunds=refunds,
        outstanding=of(max(due, ZERO), currency) if due is not None else None,
        payment=payment_of(order.display_financial_status, due is not None),
    )


def _currency(order: ApiOrder) -> str:
    shop = order.total_price_set.shop if order.total_price_set else None
    return order.currency_code or (shop.currency if shop else "")


def _whole(order: ApiOrder) -> tuple[Part, ...]:
    """All that is asked for comes, but for the parcels of an order that has too many of them."""
    parts: list[Part] = ["cancelled_at", "delivered"]
    if order.line_items.nodes:
        parts.append("items")
    if len(order.fulfillments) < FULFILLMENTS["all"]:
        parts.append("parcels")
    return tuple(parts)


def _buyer(order: ApiOrder) -> CustomerIn | None:
    who = order.customer
    if who is None:
        return person(SOURCE, None, (), order.email, order.phone, order.customer_locale)
    email, phone = _email(who) or order.email, _phone(who) or order.phone
    return person(SOURCE, who.number, (who.first_name, who.last_name), email, phone, order.customer_locale)


def _email(customer: ApiCustomer) -> str | None:
    return customer.default_email_address.email_address if customer.default_email_address else None


def _phone(customer: ApiCustomer) -> str | None:
    return customer.default_phone_number.phone_number if customer.default_phone_number else None


def _parcel(fulfillment: ApiFulfillment) -> ParcelUpdate:
    tracking = fulfillment.tracking_info[0] if fulfillment.tracking_info else Tracking()
    numbers = (name(one.number) for one in fulfillment.tracking_info)
    return ParcelUpdate(
        id=str(fulfillment.number),
        carrier=name(tracking.company),
        tracking=name(tracking.number),
        shipped_at=fulfillment.created_at,
        delivered_at=fulfillment.delivered_at,
        tracking_numbers=tuple(number for number in numbers if number),
    )
