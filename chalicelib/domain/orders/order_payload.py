"""Customers and orders as shops and their platforms send them, field by field."""

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
"""The largest quantity of one line."""


class CustomerIn(Input, frozen=True):
    """The customer as the shop knows them."""

    external_id: Name
    name: Line | None = None
    email: Email | None = None
    phone: Annotated[str, Meta(max_length=40, pattern=r"^[^\x00]*\Z")] | None = None
    language: Language | None = None
    marketplace_ids: Annotated[dict[Name, Name], Meta(max_length=10)] = {}  # noqa: RUF012 - msgspec copies it


class OrderItemIn(Input, frozen=True):
    """One line of an order. `discount` and `tax` are those of the whole line; if `paid` is given, neither is needed."""

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
        """The line as events store it. Taxes are added, unless the price includes them."""
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
        discount = self.discount.money().value if self.discount else Decimal(0)
        tax = self.tax.money().value if self.tax and not taxes_included else Decimal(0)
        full_price = self.price.money().value * self.quantity
        return money_of(max(full_price - discount + tax, Decimal(0)), self.price.currency)


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
        """The order as events store it."""
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
        """The parcel as an order record stores it."""
        return Parcel(
            id=self.id,
            carrier=self.carrier,
            tracking=self.tracking,
            shipped_at=instant_of(self.shipped_at),
            delivered_at=instant_of(self.delivered_at),
        )


class RefundIn(Input, frozen=True, kw_only=True):
    """Money that the shop refunded without us, under the platform's own id. `money`: the id of our money that it pays;
    the state `failed` revokes what was reported before."""

    id: Name
    amount: MoneyIn
    refunded_at: Time | None = None
    money: Name | None = None
    state: RefundState = "done"
    lines: Annotated[tuple[LineIn, ...], Meta(max_length=200)] = ()
    shipping: MoneyIn | None = None

    def refund(self) -> Refund:
        """The refund as an order record stores it."""
        return Refund(
            id=self.id,
            amount=self.amount.money(),
            at=instant_of(self.refunded_at),
            money=self.money,
            state=self.state,
            lines=tuple(Part(line.sku, line.amount) for line in self.lines),
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
        """The dispute as an order record stores it."""
        return Dispute(
            id=self.id, amount=self.amount.money(), kind=self.kind, state=self.state, at=instant_of(self.disputed_at)
        )


class OrderUpdate(OrderIn, frozen=True, kw_only=True):
    """`order.updated`: what the shop knows of an order. Fields that are absent stay as they were reported before;
    parcels and refunds are identified by their ids."""

    number: Name | None = None
    customer: CustomerIn | None = None
    cancelled_at: Time | None = None
    parcels: Annotated[tuple[ParcelIn, ...], Meta(max_length=100)] = ()
    refunds: Annotated[tuple[RefundIn, ...], Meta(max_length=100)] = ()
    disputes: Annotated[tuple[DisputeIn, ...], Meta(max_length=100)] = ()
    occurred_at: Time | None = None

    def order(self) -> Order:
        """The order as cases store it, with the number people use for it."""
        return replace(super().order(), number=self.number if self.number != self.external_id else None)


def _money(amount: MoneyIn | None) -> Money | None:
    return amount.money() if amount is not None else None


def instant_of(moment: datetime | None) -> Instant | None:
    """The instant of a time, if there is one."""
    return None if moment is None else from_datetime(moment)
