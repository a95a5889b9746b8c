"""An order, and a page of orders, as Shopify's Admin API answers. `queries.py` says what is asked."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct, field

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.validation import one_line
from chalicelib.domain.orders.order_payload import MOST_OF_ONE, CustomerIn, RefundIn
from chalicelib.domain.orders.platform_order import Fulfilled, ParcelUpdate, Part, PlatformOrder
from chalicelib.domain.platforms.lines import Sold, items_of
from chalicelib.domain.platforms.payload_people import person
from chalicelib.domain.platforms.payload_reader import loosely, name, of
from chalicelib.domain.platforms.reconciliation import OrderPage
from chalicelib.domain.platforms.shopify.amounts import ZERO, Amount, Both, presented, shop_value
from chalicelib.domain.platforms.shopify.customers import SOURCE
from chalicelib.domain.platforms.shopify.graphql.queries import FULFILLMENTS
from chalicelib.domain.platforms.shopify.orders import paid_in_all
from chalicelib.domain.platforms.shopify.parcels import CALLED_OFF
from chalicelib.domain.platforms.shopify.payments import payment_of
from chalicelib.domain.platforms.shopify.refunds import sku_of

FULFILLED: dict[str, Fulfilled] = {"FULFILLED": "whole", "PARTIALLY_FULFILLED": "part"}
"""An order's `displayFulfillmentStatus`; the others say nothing of what has left."""


class _Amount(Amount, rename="camel"):
    amount: str | float | None = None
    currency_code: str | None = None


class _Set(Both, rename="camel"):
    shop_money: _Amount | None = None
    presentment_money: _Amount | None = None


class _Id(Struct):
    id: str

    @property
    def number(self) -> int:
        """The number at the end of `gid://shopify/Order/1`, by which webhooks call the same thing."""
        digits = self.id.rpartition("/")[2].partition("?")[0]
        if not (digits.isascii() and digits.isdecimal()):
            raise invalid("id", f"{self.id!r} is no id of Shopify's")
        return int(digits)


class _Email(Struct, rename="camel"):
    email_address: str | None = None


class _Phone(Struct, rename="camel"):
    phone_number: str | None = None


class _Customer(_Id, rename="camel"):
    first_name: str | None = None
    last_name: str | None = None
    default_email_address: _Email | None = None
    default_phone_number: _Phone | None = None


class _Allocation(Struct, rename="camel"):
    allocated_amount_set: _Set | None = None


class _Tax(Struct, rename="camel"):
    price_set: _Set | None = None


class _Line(_Id, rename="camel"):
    current_quantity: int
    quantity: int | None = None
    sku: str | None = None
    title: str | None = None
    variant: _Id | None = None
    original_unit_price_set: _Set | None = None
    discount_allocations: list[_Allocation] | None = None
    tax_lines: list[_Tax] | None = None
    requires_shipping: bool | None = None
    is_gift_card: bool | None = None


class _ShippingLine(Struct, rename="camel"):
    is_removed: bool | None = None
    discounted_price_set: _Set | None = None
    tax_lines: list[_Tax] | None = None


class _ShippingLines(Struct):
    nodes: list[_ShippingLine] = []


class _Tracking(Struct):
    company: str | None = None
    number: str | None = None


class _Fulfillment(_Id, rename="camel"):
    created_at: datetime | None = None
    delivered_at: datetime | None = None
    status: str | None = None
    tracking_info: list[_Tracking] = []


class _Refund(_Id, rename="camel"):
    created_at: datetime | None = None
    total_refunded_set: _Set | None = None


class _Lines(Struct):
    nodes: list[_Line] = []


class _Order(_Id, rename="camel"):
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
    total_price_set: _Set | None = None
    current_total_price_set: _Set | None = None
    total_outstanding_set: _Set | None = None
    display_financial_status: str | None = None
    shipping_lines: _ShippingLines | None = None
    customer: _Customer | None = None
    line_items: _Lines = field(default_factory=_Lines)
    fulfillments: list[_Fulfillment] = []
    refunds: list[_Refund] = []


class _PageInfo(Struct, rename="camel"):
    has_next_page: bool = False
    end_cursor: str | None = None


class _Orders(Struct, rename="camel"):
    nodes: list[_Order] = []
    page_info: _PageInfo = field(default_factory=_PageInfo)


class _Data(Struct):
    order: _Order | None = None
    orders: _Orders = field(default_factory=_Orders)


class _Answer(Struct):
    data: _Data | None = None
    errors: list[dict[str, object]] = []


def order_answer(body: bytes) -> PlatformOrder | None:
    """The order that was asked for; None when the platform does not know it, or it is a test."""
    told = _data(body).order
    return _order(told) if told is not None and not told.test else None


def orders_answer(body: bytes) -> OrderPage:
    """The orders that changed, and where they go on."""
    told = _data(body).orders
    more = told.page_info.end_cursor if told.page_info.has_next_page else None
    return OrderPage(tuple(_order(one) for one in told.nodes if not one.test), more)


def _order(told: _Order) -> PlatformOrder:
    refunds = tuple(made for one in told.refunds if (made := _refund(one)))
    shop = told.total_price_set.shop if told.total_price_set else None
    currency = told.currency_code or (shop.currency if shop else "")
    at_first, current = (shop_value(one, None) for one in (told.total_price_set, told.current_total_price_set))
    due = shop_value(told.total_outstanding_set, None)
    total, shipping = paid_in_all(at_first, current, refunds, currency), _shipping(told)
    sold = [_sold(one, told, currency) for one in told.line_items.nodes]
    return PlatformOrder(
        external_id=str(told.number),
        number=name((told.name or "").removeprefix("#")),
        items=items_of(sold, shipping or ZERO, total, currency),
        total=total,
        shipping=of(shipping, currency) if shipping is not None else None,
        presented=presented(told.total_price_set, currency),
        purchased_at=told.created_at,
        cancelled_at=told.cancelled_at,
        customer=_buyer(told),
        parcels=tuple(_parcel(one) for one in told.fulfillments if (one.status or "").lower() not in CALLED_OFF),
        refunds=refunds,
        occurred_at=told.updated_at,
        whole=_whole(told),
        fulfilled=FULFILLED.get(told.display_fulfillment_status or ""),
        gone=False,
        outstanding=of(max(due, ZERO), currency) if due is not None else None,
        payment=payment_of(told.display_financial_status, due is not None),
    )


def _whole(told: _Order) -> tuple[Part, ...]:
    """All that is asked for comes, but for the parcels of an order that has too many of them."""
    parts: tuple[Part, ...] = ("cancelled_at", "delivered", *(("items",) if told.line_items.nodes else ()))
    return (*parts, "parcels") if len(told.fulfillments) < FULFILLMENTS["all"] else parts


def _data(body: bytes) -> _Data:
    told = loosely(body, _Answer)
    if told.data is None:
        raise invalid("errors", str(told.errors[:1])[:200])
    return told.data


def _sold(told: _Line, order: _Order, currency: str) -> Sold:
    """A line by the same rule as a webhook's."""
    price = shop_value(told.original_unit_price_set, None)
    ordered = min(told.quantity if told.quantity is not None else told.current_quantity, MOST_OF_ONE)
    off, on = _off(told.discount_allocations), ZERO if order.taxes_included else _on(told.tax_lines)
    return Sold(
        sku=sku_of(told.sku, told.variant.number if told.variant else None, told.number),
        line=str(told.number),
        title=one_line(told.title),
        price=of(price, currency) if price is not None else None,
        ordered=ordered,
        current=min(told.current_quantity, MOST_OF_ONE),
        whole=max(price * ordered - off + on, ZERO) if price is not None else None,
        goods=not told.is_gift_card and told.requires_shipping is not False,
    )


def _shipping(told: _Order) -> Decimal | None:
    """Discounts are off the price that is asked for, and taxes in it where they are in the order's prices."""
    if told.shipping_lines is None:
        return None
    lines = [one for one in told.shipping_lines.nodes if not one.is_removed]
    prices = sum((shop_value(one.discounted_price_set, None) or ZERO for one in lines), ZERO)
    taxes = sum((_on(one.tax_lines) for one in lines), ZERO) if not told.taxes_included else ZERO
    return max(prices + taxes, ZERO)


def _off(told: list[_Allocation] | None) -> Decimal:
    return sum((shop_value(one.allocated_amount_set, None) or ZERO for one in told or ()), ZERO)


def _on(told: list[_Tax] | None) -> Decimal:
    return sum((shop_value(one.price_set, None) or ZERO for one in told or ()), ZERO)


def _buyer(told: _Order) -> CustomerIn | None:
    who = told.customer
    email = who.default_email_address.email_address if who and who.default_email_address else None
    phone = who.default_phone_number.phone_number if who and who.default_phone_number else None
    names = (who.first_name, who.last_name) if who else ()
    return person(
        SOURCE, who.number if who else None, names, email or told.email, phone or told.phone, told.customer_locale
    )


def _parcel(told: _Fulfillment) -> ParcelUpdate:
    tracking = told.tracking_info[0] if told.tracking_info else _Tracking()
    return ParcelUpdate(
        id=str(told.number),
        carrier=name(tracking.company),
        tracking=name(tracking.number),
        shipped_at=told.created_at,
        delivered_at=told.delivered_at,
        tracking_numbers=tuple(number for one in told.tracking_info if (number := name(one.number))),
    )


def _refund(told: _Refund) -> RefundIn | None:
    """A refund as far as its money arrived; of one that is on its way or failed, webhooks tell more than this."""
    amount = told.total_refunded_set.shop if told.total_refunded_set else None
    moved = amount is not None and amount.money().value > 0
    return RefundIn(id=str(told.number), amount=amount, refunded_at=told.created_at) if amount and moved else None
