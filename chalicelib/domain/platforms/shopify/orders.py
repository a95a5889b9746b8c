"""Shopify's `orders/*`: the whole order as it is now, with the fields that the shop has sent."""

from msgspec.structs import replace

from chalicelib.domain.kernel.errors import IgnoredTopic
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.orders.platform_order import Part, PlatformOrder
from chalicelib.domain.platforms.lines import remaining_items
from chalicelib.domain.platforms.payload_people import person
from chalicelib.domain.platforms.payload_reader import (
    RecordId,
    clean_name,
    currency_code,
    drop_unread_fields,
    money_of,
    non_null,
    parse_leniently,
    sent_fields,
)
from chalicelib.domain.platforms.shopify.amounts import ZERO, presentment_amount, shop_amount
from chalicelib.domain.platforms.shopify.customers import SOURCE, Customer
from chalicelib.domain.platforms.shopify.order_money import amount_paid, includes_taxes, shipping_of, sold_line
from chalicelib.domain.platforms.shopify.parcels import FULFILLED, parcel_of
from chalicelib.domain.platforms.shopify.payloads.orders import OrderPayload
from chalicelib.domain.platforms.shopify.payments import payment_of
from chalicelib.domain.platforms.shopify.refunds import refunds_of


def read_order(body: bytes) -> PlatformOrder:
    """`orders/*`. IgnoredTopic: a test order."""
    order = parse_leniently(body, OrderPayload)
    if order.test:
        raise IgnoredTopic("a test order is nobody's")
    order = replace(order, taxes_included=includes_taxes(order))
    return _with_money(_without_money(order, sent_fields(body)), order)


def read_cancelled_order(body: bytes) -> PlatformOrder:
    """`orders/cancelled`: the order is cancelled, even if the shop does not have the time of it sent."""
    order = read_order(body)
    return replace(order, off="cancelled_at" not in order.whole)


def read_deleted_order(body: bytes) -> PlatformOrder:
    """`orders/delete`: only its id is left."""
    return PlatformOrder(external_id=str(parse_leniently(body, RecordId).id), gone=True)


def trim_order(body: bytes) -> bytes:
    """An order reduced to the fields that are read."""
    return drop_unread_fields(body, OrderPayload)


def _without_money(order: OrderPayload, sent: frozenset[str]) -> PlatformOrder:
    """The order without its lines and amounts."""
    return PlatformOrder(
        external_id=str(order.id),
        number=clean_name((order.name or "").removeprefix("#")),
        purchased_at=order.created_at,
        cancelled_at=order.cancelled_at,
        customer=_customer(order),
        parcels=tuple(parcel_of(parcel) for parcel in non_null(order.fulfillments) if parcel.is_parcel),
        occurred_at=order.updated_at or order.created_at,
        whole=_whole(order, sent),
        fulfilled=FULFILLED.get(order.fulfillment_status or ""),
    )


def _with_money(result: PlatformOrder, order: OrderPayload) -> PlatformOrder:
    """The order with its lines and amounts, in the shop's currency."""
    currency = _currency(order)
    refunds = refunds_of(non_null(order.refunds), currency, order.total_price_set)
    at_first = shop_amount(order.total_price_set, order.total_price)
    current = shop_amount(order.current_total_price_set, order.current_total_price)
    outstanding = shop_amount(order.total_outstanding_set, order.total_outstanding)
    total = amount_paid(at_first, current, refunds, currency)
    shipping = shipping_of(order)
    lines = [sold_line(line, order, currency) for line in non_null(order.line_items)]
    return replace(
        result,
        items=remaining_items(lines, shipping or ZERO, total, currency),
        total=total,
        shipping=money_of(shipping, currency) if shipping is not None else None,
        presented=presentment_amount(order.total_price_set, currency),
        refunds=refunds,
        refunds_not_listed=order.refunds is None and total is not None,
        at_first=money_of(at_first, currency) if at_first is not None else None,
        outstanding=money_of(max(outstanding, ZERO), currency) if outstanding is not None else None,
        payment=payment_of(order.financial_status, outstanding is not None),
    )


def _currency(order: OrderPayload) -> str:
    shop = order.total_price_set.shop if order.total_price_set else None
    return currency_code(order.currency) or (shop.currency if shop else "")


def _whole(order: OrderPayload, sent: frozenset[str]) -> tuple[Part, ...]:
    """The parts that are complete in this order. Lines that were all removed are still listed, so an empty list of
    lines means that they were not sent."""
    parts: list[tuple[Part, bool]] = [
        ("cancelled_at", "cancelled_at" in sent),
        ("items", bool(order.line_items)),
        ("parcels", order.fulfillments is not None),
        ("delivered", order.fulfillments is not None),
    ]
    return tuple(part for part, is_sent in parts if is_sent)


def _customer(order: OrderPayload) -> CustomerIn | None:
    customer = order.customer or Customer()
    return person(
        SOURCE,
        customer.id,
        (customer.first_name, customer.last_name),
        customer.email or order.email,
        customer.phone or order.phone,
        order.customer_locale,
    )
