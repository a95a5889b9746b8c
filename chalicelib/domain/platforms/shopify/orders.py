"""Shopify's `orders/*`: the whole order as it is now, as far as the shop has it sent."""

from msgspec.structs import replace

from chalicelib.domain.kernel.errors import IgnoredTopic
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.orders.platform_order import Part, PlatformOrder
from chalicelib.domain.platforms.lines import items_of
from chalicelib.domain.platforms.payload_people import person
from chalicelib.domain.platforms.payload_reader import DeletedRecord, code, loosely, name, of, says, some, trim
from chalicelib.domain.platforms.shopify.amounts import ZERO, presented, shop_value
from chalicelib.domain.platforms.shopify.customers import SOURCE, Customer
from chalicelib.domain.platforms.shopify.order_money import includes_taxes, paid_in_all, shipping_of, sold_line
from chalicelib.domain.platforms.shopify.order_payload import OrderPayload
from chalicelib.domain.platforms.shopify.parcels import FULFILLED, parcel_of
from chalicelib.domain.platforms.shopify.payments import payment_of
from chalicelib.domain.platforms.shopify.refunds import refunds_of


def read_order(body: bytes) -> PlatformOrder:
    """`orders/*`. IgnoredTopic: a test order is nobody's."""
    order = loosely(body, OrderPayload)
    if order.test:
        raise IgnoredTopic("a test order is nobody's")
    order = replace(order, taxes_included=includes_taxes(order))
    return _with_money(_without_money(order, says(body)), order)


def read_cancelled_order(body: bytes) -> PlatformOrder:
    """`orders/cancelled`: the order is called off, also where the shop does not have it sent since when."""
    order = read_order(body)
    return replace(order, off="cancelled_at" not in order.whole)


def read_deleted_order(body: bytes) -> PlatformOrder:
    """`orders/delete`: only its id is left."""
    return PlatformOrder(external_id=str(loosely(body, DeletedRecord).id), gone=True)


def trim_order(body: bytes) -> bytes:
    """An order with nothing in it but what is read of it."""
    return trim(body, OrderPayload)


def _without_money(order: OrderPayload, said: frozenset[str]) -> PlatformOrder:
    """The order without its lines and amounts."""
    return PlatformOrder(
        external_id=str(order.id),
        number=name((order.name or "").removeprefix("#")),
        purchased_at=order.created_at,
        cancelled_at=order.cancelled_at,
        customer=_customer(order),
        parcels=tuple(parcel_of(parcel) for parcel in some(order.fulfillments) if parcel.is_parcel),
        occurred_at=order.updated_at or order.created_at,
        whole=_whole(order, said),
        fulfilled=FULFILLED.get(order.fulfillment_status or ""),
    )


def _with_money(made: PlatformOrder, order: OrderPayload) -> PlatformOrder:
    """The order with its lines and amounts, which are in the shop's currency."""
    currency = _currency(order)
    refunds = refunds_of(some(order.refunds), currency, order.total_price_set)
    at_first = shop_value(order.total_price_set, order.total_price)
    current = shop_value(order.current_total_price_set, order.current_total_price)
    due = shop_value(order.total_outstanding_set, order.total_outstanding)
    total, shipping = paid_in_all(at_first, current, refunds, currency), shipping_of(order)
    lines = [sold_line(line, order, currency) for line in some(order.line_items)]
    return replace(
        made,
        items=items_of(lines, shipping or ZERO, total, currency),
        total=total,
        shipping=of(shipping, currency) if shipping is not None else None,
        presented=presented(order.total_price_set, currency),
        refunds=refunds,
        refunds_not_listed=order.refunds is None and total is not None,
        at_first=of(at_first, currency) if at_first is not None else None,
        outstanding=of(max(due, ZERO), currency) if due is not None else None,
        payment=payment_of(order.financial_status, due is not None),
    )


def _currency(order: OrderPayload) -> str:
    shop = order.total_price_set.shop if order.total_price_set else None
    return code(order.currency) or (shop.currency if shop else "")


def _whole(order: OrderPayload, said: frozenset[str]) -> tuple[Part, ...]:
    """Of an order whose lines are all taken away, the lines are still listed; an empty list of them says nothing."""
    parts: list[tuple[Part, bool]] = [
        ("cancelled_at", "cancelled_at" in said),
        ("items", bool(order.line_items)),
        ("parcels", order.fulfillments is not None),
        ("delivered", order.fulfillments is not None),
    ]
    return tuple(part for part, is_sent in parts if is_sent)


def _customer(order: OrderPayload) -> CustomerIn | None:
    who = order.customer or Customer()
    return person(
        SOURCE,
        who.id,
        (who.first_name, who.last_name),
        who.email or order.email,
        who.phone or order.phone,
        order.customer_locale,
    )
