"""What shops and their platforms tell of people and of orders, field by field."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from chalicelib.domain.kernel.money import Line as Part
from chalicelib.domain.kernel.money import Money, money_of
from chalicelib.domain.kernel.timestamps import Instant, from_datetime
from chalicelib.domain.kernel.validation import Input, Language, Line, LineIn, MoneyIn, Name, Time
from chalicelib.domain.orders.order import (
    Dispute,
    DisputeKind,
    DisputeState,
    Order,
    OrderItem,
    Parcel,
    Refund,
    RefundState,
)
from chalicelib.domain.sla.policies import Email

MOST_OF_ONE = 1_000_000


class CustomerIn(Input, frozen=True):
    """The customer as the shop knows them."""

    external_id: Name
    name: Line | None = None
    email: Email | None = None
    phone: Annotated[str, Meta(max_length=40, pattern=r"^[^\x00]*\Z")] | None = None
    language: Language | None = None
    marketplace_ids: Annotated[dict[Name, Name], Meta(max_length=10)] = {}  # noqa: RUF012 - msgspec copies it


class OrderItemIn(Input, frozen=True):
    """One line of an order. `discount` and `tax` are the whole line's; `paid`, where it is told, needs neither."""

    sku: Name
    title: Line | None = None
    quantity: Annotated[int, Meta(ge=1, le=MOST_OF_ONE)] = 1
    price: MoneyIn | None = None
    category: Name | None = None
    line: Name | None = None
    discount: MoneyIn | None = None
    tax: MoneyIn | None = None
    paid: MoneyIn | None = None
    goods: bool = True
    ordered: Annotated[int, Meta(ge=1, le=MOST_OF_ONE)] | None = None

    def item(self, taxes_included: bool = False) -> OrderItem:
        """The line as facts hold it. Taxes come on top, unless they are in the price already."""
        price = self.price.money() if self.price else None
        ordered = self.ordered if self.ordered and self.ordered > self.quantity else None
        return OrderItem(
            self.sku,
            self.title,
            self.quantity,
            price,
            self.category,
            self.line,
            self._paid(taxes_included),
            self.goods,
            ordered,
        )

    def _paid(self, taxes_included: bool) -> Money | None:
        if self.paid is not None:
            return self.paid.money()
        if self.price is None or (self.discount is None and self.tax is None):
            return None
        off = self.discount.money().value if self.discount else Decimal(0)
        on = self.tax.money().value if self.tax and not taxes_included else Decimal(0)
        whole = self.price.money().value * self.quantity
        return money_of(max(whole - off + on, Decimal(0)), self.price.currency)


class OrderIn(Input, frozen=True):
    """The order a case is about."""

    external_id: Name
    items: Annotated[tuple[OrderItemIn, ...], Meta(max_length=200)] = ()
    total: MoneyIn | None = None
    purchased_at: Time | None = None
    delivered_at: Time | None = None
    estimated_delivery_at: Time | None = None
    shipping: MoneyIn | None = None
    taxes_included: bool = False
    presented: MoneyIn | None = None

    def order(self) -> Order:
        """The order as facts hold it."""
        return Order(
            external_id=self.external_id,
            items=tuple(item.item(self.taxes_included) for item in self.items),
            total=_money(self.total),
            purchased_at=instant_of(self.purchased_at),
            delivered_at=instant_of(self.delivered_at),
            estimated_delivery_at=instant_of(self.estimated_delivery_at),
            shipping=_money(self.shipping),
            presented=_money(self.presented),
        )


class ParcelIn(Input, frozen=True, kw_only=True):
    """A parcel that left for the customer."""

    id: Name
    carrier: Name | None = None
    tracking: Name | None = None
    shipped_at: Time | None = None
    delivered_at: Time | None = None

    def parcel(self) -> Parcel:
        """The parcel as an order holds it."""
        return Parcel(
            id=self.id,
            carrier=self.carrier,
            tracking=self.tracking,
            shipped_at=instant_of(self.shipped_at),
            delivered_at=instant_of(self.delivered_at),
        )


class RefundIn(Input, frozen=True, kw_only=True):
    """Money that the shop gave back by itself, under the platform's own id. `money`: the id of the money of ours that
    it answers; `failed` takes back what was told of it."""

    id: Name
    amount: MoneyIn
    refunded_at: Time | None = None
    money: Name | None = None
    state: RefundState = "done"
    lines: Annotated[tuple[LineIn, ...], Meta(max_length=200)] = ()
    shipping: MoneyIn | None = None

    def refund(self) -> Refund:
        """The refund as an order holds it."""
        return Refund(
            id=self.id,
            amount=self.amount.money(),
            at=instant_of(self.refunded_at),
            money=self.money,
            state=self.state,
            lines=tuple(Part(one.sku, one.amount) for one in self.lines),
            shipping=_money(self.shipping),
        )


class DisputeIn(Input, frozen=True, kw_only=True):
    """A payment that the customer's bank took back, or asks about, under the bank's or the platform's id."""

    id: Name
    amount: MoneyIn
    kind: DisputeKind = "chargeback"
    state: DisputeState = "open"
    disputed_at: Time | None = None

    def dispute(self) -> Dispute:
        """The dispute as an order holds it."""
        return Dispute(
            id=self.id, amount=self.amount.money(), kind=self.kind, state=self.state, at=instant_of(self.disputed_at)
        )


class OrderUpdate(OrderIn, frozen=True, kw_only=True):
    """`order.updated`: what the shop knows of an order. What is not told of it stays as it was told before; parcels and
    refunds are known by their ids."""

    number: Name | None = None
    customer: CustomerIn | None = None
    cancelled_at: Time | None = None
    parcels: Annotated[tuple[ParcelIn, ...], Meta(max_length=100)] = ()
    refunds: Annotated[tuple[RefundIn, ...], Meta(max_length=100)] = ()
    disputes: Annotated[tuple[DisputeIn, ...], Meta(max_length=100)] = ()
    occurred_at: Time | None = None

    def order(self) -> Order:
        """The order as cases hold it, with the number people call it by."""
        return replace(super().order(), number=self.number if self.number != self.external_id else None)


def _money(told: MoneyIn | None) -> Money | None:
    return told.money() if told is not None else None


def instant_of(moment: datetime | None) -> Instant | None:
    """The instant of a time, if it was told."""
    return None if moment is None else from_datetime(moment)
