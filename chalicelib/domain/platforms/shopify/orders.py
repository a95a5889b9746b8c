"""Shopify's `orders/*`: prices are decimal strings in the shop's currency, ids are numbers.

What was paid for a line is its price times its quantity, less the discounts allocated to it, plus its taxes where the
prices are without (shopify.dev, REST Admin API, Order: `discount_allocations`, `tax_lines`, `taxes_included`). The
order's total is told before and after what was taken off and returned (`current_total_price`); what was paid for it is
the latter with the refunds in it.
"""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.errors import IgnoredTopic
from chalicelib.domain.kernel.validation import MoneyIn, one_line
from chalicelib.domain.orders.order_payload import MOST_OF_ONE, CustomerIn, RefundIn
from chalicelib.domain.orders.platform_order import Part, PlatformOrder
from chalicelib.domain.platforms.lines import Sold, items_of
from chalicelib.domain.platforms.payload_people import person
from chalicelib.domain.platforms.payload_reader import DeletedRecord, code, loosely, name, of, says, some, trim
from chalicelib.domain.platforms.shopify.amounts import ZERO, Both, presented, shop_value
from chalicelib.domain.platforms.shopify.customers import SOURCE, Customer
from chalicelib.domain.platforms.shopify.parcels import FULFILLED, Fulfillment, parcel_of
from chalicelib.domain.platforms.shopify.payments import payment_of
from chalicelib.domain.platforms.shopify.refunds import Refund, refunds_of, sku_of
from chalicelib.domain.platforms.shopify.refunds import refund_told as refund_told


class _Allocation(Struct):
    amount: str | float | None = None
    amount_set: Both | None = None


class _Tax(Struct):
    price: str | float | None = None
    price_set: Both | None = None


class _Line(Struct):
    id: int | None = None
    quantity: int | None = None
    current_quantity: int | None = None
    sku: str | None = None
    title: str | None = None
    price: str | float | None = None
    price_set: Both | None = None
    variant_id: int | None = None
    discount_allocations: list[_Allocation | None] | None = None
    tax_lines: list[_Tax | None] | None = None
    gift_card: bool | None = None
    requires_shipping: bool | None = None


class _Shipping(Struct):
    price: str | float | None = None
    price_set: Both | None = None
    discounted_price: str | float | None = None
    discounted_price_set: Both | None = None
    discount_allocations: list[_Allocation | None] | None = None
    tax_lines: list[_Tax | None] | None = None
    is_removed: bool | None = None


class _Order(Struct):
    id: int
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    currency: str | None = None
    total_price: str | float | None = None
    total_price_set: Both | None = None
    current_total_price: str | float | None = None
    current_total_price_set: Both | None = None
    total_outstanding: str | float | None = None
    total_outstanding_set: Both | None = None
    financial_status: str | None = None
    taxes_included: bool | None = None
    customer_locale: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    cancelled_at: datetime | None = None
    fulfillment_status: str | None = None
    test: bool | None = None
    customer: Customer | None = None
    line_items: list[_Line | None] | None = None
    shipping_lines: list[_Shipping | None] | None = None
    fulfillments: list[Fulfillment | None] | None = None
    refunds: list[Refund | None] | None = None


def order_told(body: bytes) -> PlatformOrder:
    """`orders/*`: the whole order as it is now, as far as the shop has it sent. Unheeded: a test order is nobody's."""
    told = loosely(body, _Order)
    if told.test:
        raise IgnoredTopic("a test order is nobody's")
    told = replace(told, taxes_included=_includes_taxes(told))
    shop = told.total_price_set.shop if told.total_price_set else None
    currency = code(told.currency) or (shop.currency if shop else "")
    refunds = refunds_of(some(told.refunds), currency, told.total_price_set)
    total, shipping = _total(told, refunds, currency), _shipping(told)
    at_first = shop_value(told.total_price_set, told.total_price)
    due = shop_value(told.total_outstanding_set, told.total_outstanding)
    sold = [_sold(one, told, currency) for one in some(told.line_items)]
    return PlatformOrder(
        external_id=str(told.id),
        number=name((told.name or "").removeprefix("#")),
        items=items_of(sold, shipping or ZERO, total, currency),
        total=total,
        shipping=of(shipping, currency) if shipping is not None else None,
        presented=presented(told.total_price_set, currency),
        purchased_at=told.created_at,
        cancelled_at=told.cancelled_at,
        customer=_customer(told),
        parcels=tuple(parcel_of(one) for one in some(told.fulfillments) if one.is_parcel),
        refunds=refunds,
        occurred_at=told.updated_at or told.created_at,
        whole=_whole(told, says(body)),
        fulfilled=FULFILLED.get(told.fulfillment_status or ""),
        refunds_not_listed=told.refunds is None and total is not None,
        at_first=of(at_first, currency) if at_first is not None else None,
        outstanding=of(max(due, ZERO), currency) if due is not None else None,
        payment=payment_of(told.financial_status, due is not None),
    )


def order_cancelled(body: bytes) -> PlatformOrder:
    """`orders/cancelled`: the order is called off, also where the shop does not have it sent since when."""
    told = order_told(body)
    return replace(told, off="cancelled_at" not in told.whole)


def _whole(told: _Order, said: frozenset[str]) -> tuple[Part, ...]:
    """Of an order whose lines are all taken away, the lines are still listed; an empty list of them says nothing."""
    parts: list[tuple[Part, bool]] = [
        ("cancelled_at", "cancelled_at" in said),
        ("items", bool(told.line_items)),
        ("parcels", told.fulfillments is not None),
        ("delivered", told.fulfillments is not None),
    ]
    return tuple(part for part, is_told in parts if is_told)


def trimmed(body: bytes) -> bytes:
    """An order with nothing in it but what is read of it."""
    return trim(body, _Order)


def refund_trimmed(body: bytes) -> bytes:
    """A refund with nothing in it but what is read of it."""
    return trim(body, Refund)


def order_gone(body: bytes) -> PlatformOrder:
    """`orders/delete`: only its id is left."""
    return PlatformOrder(external_id=str(loosely(body, DeletedRecord).id), gone=True)


def _total(told: _Order, refunds: tuple[RefundIn, ...], currency: str) -> MoneyIn | None:
    at_first = shop_value(told.total_price_set, told.total_price)
    current = shop_value(told.current_total_price_set, told.current_total_price)
    return paid_in_all(at_first, current, refunds, currency)


def paid_in_all(
    at_first: Decimal | None, current: Decimal | None, refunds: tuple[RefundIn, ...], currency: str
) -> MoneyIn | None:
    """What was paid for an order: what it comes to now, with what was paid back of it; never more than it came to at
    first. What was taken off it and not paid back was not paid for."""
    gone = [one.amount.money().value for one in refunds if one.state != "failed" and one.amount.currency == currency]
    known = [one for one in (at_first, current + sum(gone, ZERO) if current is not None else None) if one is not None]
    return of(min(known), currency) if known else None


def _sold(told: _Line, order: _Order, currency: str) -> Sold:
    ordered = min(told.quantity if told.quantity is not None else 1, MOST_OF_ONE)
    price = shop_value(told.price_set, told.price)
    off = _allocated(told.discount_allocations)
    on = ZERO if order.taxes_included else _taxed(told.tax_lines)
    return Sold(
        sku=sku_of(told.sku, told.variant_id, told.id),
        line=str(told.id) if told.id else None,
        title=one_line(told.title),
        price=of(price, currency) if price is not None else None,
        ordered=ordered,
        current=min(told.current_quantity if told.current_quantity is not None else ordered, MOST_OF_ONE),
        whole=max(price * ordered - off + on, ZERO) if price is not None else None,
        goods=not told.gift_card and told.requires_shipping is not False,
    )


def _shipping(told: _Order) -> Decimal | None:
    if told.shipping_lines is None:
        return None
    lines = [one for one in some(told.shipping_lines) if not one.is_removed]
    taxes = sum((_taxed(one.tax_lines) for one in lines), ZERO) if not told.taxes_included else ZERO
    return max(sum((_sent_for(one) for one in lines), ZERO) + taxes, ZERO)


def _sent_for(told: _Shipping) -> Decimal:
    """What it was to be paid for shipping, discounts off: they are allocated to it, or in its discounted price."""
    price = (shop_value(told.price_set, told.price) or ZERO) - _allocated(told.discount_allocations)
    off = shop_value(told.discounted_price_set, told.discounted_price)
    return min(price, off) if off is not None else price


def _includes_taxes(told: _Order) -> bool:
    """Whether taxes are in its prices. Where that is not said, they are if with them on top it came to more than its
    total at first."""
    if told.taxes_included is not None:
        return told.taxes_included
    on_top = replace(told, taxes_included=False)
    sold = (_sold(one, on_top, "").whole or ZERO for one in some(told.line_items))
    at_first = shop_value(told.total_price_set, told.total_price)
    return at_first is not None and sum(sold, _shipping(on_top) or ZERO) > at_first


def _allocated(told: list[_Allocation | None] | None) -> Decimal:
    return sum((shop_value(one.amount_set, one.amount) or ZERO for one in some(told)), ZERO)


def _taxed(told: list[_Tax | None] | None) -> Decimal:
    return sum((shop_value(one.price_set, one.price) or ZERO for one in some(told)), ZERO)


def _customer(told: _Order) -> CustomerIn | None:
    who = told.customer or Customer()
    return person(
        SOURCE,
        who.id,
        (who.first_name, who.last_name),
        who.email or told.email,
        who.phone or told.phone,
        told.customer_locale,
    )
