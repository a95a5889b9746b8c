"""An order, and a page of orders, as Shopify's Admin API answers. `queries.py` says what is asked."""

from datetime import datetime

from msgspec import Struct, field

from chalicelib.domain.errors import invalid
from chalicelib.domain.order_inputs import CustomerIn, OrderItemIn, OrderTold, RefundIn
from chalicelib.domain.platforms.orders import Fulfilled, ParcelTold, Part, PlatformOrder
from chalicelib.domain.platforms.people import person
from chalicelib.domain.platforms.reading import line, loosely, money, name
from chalicelib.domain.platforms.shopify.parcels import CALLED_OFF
from chalicelib.domain.platforms.shopify.people import SOURCE
from chalicelib.domain.platforms.shopify.queries import FULFILLMENTS
from chalicelib.domain.reconciling import OrderPage
from chalicelib.domain.shapes import MoneyIn

FULFILLED: dict[str, Fulfilled] = {"FULFILLED": "whole", "PARTIALLY_FULFILLED": "part"}
"""An order's `displayFulfillmentStatus`; the others say nothing of what has left."""


class _Amount(Struct, rename="camel"):
    amount: str
    currency_code: str


class _Set(Struct, rename="camel"):
    shop_money: _Amount

    @property
    def money(self) -> MoneyIn | None:
        return money(self.shop_money.amount, self.shop_money.currency_code)


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


class _Line(_Id, rename="camel"):
    current_quantity: int
    sku: str | None = None
    title: str | None = None
    variant: _Id | None = None
    original_unit_price_set: _Set | None = None


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
    total_price_set: _Set | None = None
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


def order_answer(body: bytes) -> OrderTold | None:
    """The order that was asked for; None when the platform does not know it."""
    told = _data(body).order
    return _order(told) if told is not None else None


def orders_answer(body: bytes) -> OrderPage:
    """The orders that changed, and where they go on."""
    told = _data(body).orders
    more = told.page_info.end_cursor if told.page_info.has_next_page else None
    return OrderPage(tuple(_order(one) for one in told.nodes), more)


def _order(told: _Order) -> PlatformOrder:
    return PlatformOrder(
        external_id=str(told.number), number=name((told.name or "").removeprefix("#")),
        items=tuple(_item(one) for one in told.line_items.nodes if one.current_quantity > 0),
        total=told.total_price_set.money if told.total_price_set else None, purchased_at=told.created_at,
        cancelled_at=told.cancelled_at, customer=_buyer(told),
        parcels=tuple(_parcel(one) for one in told.fulfillments if (one.status or "").lower() not in CALLED_OFF),
        refunds=tuple(made for one in told.refunds if (made := _refund(one))), occurred_at=told.updated_at,
        whole=_whole(told), fulfilled=FULFILLED.get(told.display_fulfillment_status or ""), gone=False,
    )  # fmt: skip


def _whole(told: _Order) -> tuple[Part, ...]:
    """All that is asked for comes, but for the parcels of an order that has too many of them."""
    parts: tuple[Part, ...] = ("cancelled_at", "delivered", *(("items",) if told.line_items.nodes else ()))
    return (*parts, "parcels") if len(told.fulfillments) < FULFILLMENTS["all"] else parts


def _data(body: bytes) -> _Data:
    told = loosely(body, _Answer)
    if told.data is None:
        raise invalid("errors", str(told.errors[:1])[:200])
    return told.data


def _item(told: _Line) -> OrderItemIn:
    sku = name(told.sku) or (f"variant-{told.variant.number}" if told.variant else f"line-{told.number}")
    price = told.original_unit_price_set.money if told.original_unit_price_set else None
    return OrderItemIn(
        sku=sku, title=line(told.title), quantity=told.current_quantity, price=price, line=str(told.number)
    )


def _buyer(told: _Order) -> CustomerIn | None:
    who = told.customer
    email = who.default_email_address.email_address if who and who.default_email_address else None
    phone = who.default_phone_number.phone_number if who and who.default_phone_number else None
    names = (who.first_name, who.last_name) if who else ()
    return person(
        SOURCE, who.number if who else None, names, email or told.email, phone or told.phone, told.customer_locale
    )


def _parcel(told: _Fulfillment) -> ParcelTold:
    tracking = told.tracking_info[0] if told.tracking_info else _Tracking()
    return ParcelTold(
        id=str(told.number), carrier=name(tracking.company), tracking=name(tracking.number),
        shipped_at=told.created_at, delivered_at=told.delivered_at,
        tracking_numbers=tuple(number for one in told.tracking_info if (number := name(one.number))),
    )  # fmt: skip


def _refund(told: _Refund) -> RefundIn | None:
    amount = told.total_refunded_set.money if told.total_refunded_set else None
    return RefundIn(id=str(told.number), amount=amount, refunded_at=told.created_at) if amount else None
