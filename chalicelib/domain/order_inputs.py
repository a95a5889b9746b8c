"""What shops and their platforms tell of people and of orders, field by field."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from chalicelib.domain.instants import Instant, of_datetime
from chalicelib.domain.orders import Order, OrderItem, Parcel, Refund
from chalicelib.domain.policies import Email
from chalicelib.domain.shapes import Input, Language, Line, MoneyIn, Name, Time


class CustomerIn(Input, frozen=True):
    """The customer as the shop knows them."""

    external_id: Name
    name: Line | None = None
    email: Email | None = None
    phone: Annotated[str, Meta(max_length=40, pattern=r"^[^\x00]*\Z")] | None = None
    language: Language | None = None
    marketplace_ids: Annotated[dict[Name, Name], Meta(max_length=10)] = {}  # noqa: RUF012 - msgspec copies it


class OrderItemIn(Input, frozen=True):
    """One line of an order."""

    sku: Name
    title: Line | None = None
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    price: MoneyIn | None = None
    category: Name | None = None
    line: Name | None = None

    def item(self) -> OrderItem:
        """The line as facts hold it."""
        price = self.price.money() if self.price else None
        return OrderItem(self.sku, self.title, self.quantity, price, self.category, self.line)


class OrderIn(Input, frozen=True):
    """The order a case is about."""

    external_id: Name
    items: Annotated[tuple[OrderItemIn, ...], Meta(max_length=200)] = ()
    total: MoneyIn | None = None
    purchased_at: Time | None = None
    delivered_at: Time | None = None
    estimated_delivery_at: Time | None = None

    def order(self) -> Order:
        """The order as facts hold it."""
        return Order(
            external_id=self.external_id, items=tuple(item.item() for item in self.items),
            total=self.total.money() if self.total else None, purchased_at=instant_of(self.purchased_at),
            delivered_at=instant_of(self.delivered_at), estimated_delivery_at=instant_of(self.estimated_delivery_at),
        )  # fmt: skip


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
            id=self.id, carrier=self.carrier, tracking=self.tracking, shipped_at=instant_of(self.shipped_at),
            delivered_at=instant_of(self.delivered_at),
        )  # fmt: skip


class RefundIn(Input, frozen=True, kw_only=True):
    """Money that the shop gave back by itself, under the platform's own id."""

    id: Name
    amount: MoneyIn
    refunded_at: Time | None = None

    def refund(self) -> Refund:
        """The refund as an order holds it."""
        return Refund(id=self.id, amount=self.amount.money(), at=instant_of(self.refunded_at))


class OrderTold(OrderIn, frozen=True, kw_only=True):
    """`order.updated`: what the shop knows of an order. What is not told of it stays as it was told before; parcels and
    refunds are known by their ids."""

    number: Name | None = None
    customer: CustomerIn | None = None
    cancelled_at: Time | None = None
    parcels: Annotated[tuple[ParcelIn, ...], Meta(max_length=100)] = ()
    refunds: Annotated[tuple[RefundIn, ...], Meta(max_length=100)] = ()
    occurred_at: Time | None = None

    def order(self) -> Order:
        """The order as cases hold it, with the number people call it by."""
        return replace(super().order(), number=self.number if self.number != self.external_id else None)


def instant_of(moment: datetime | None) -> Instant | None:
    """The instant of a time, if it was told."""
    return None if moment is None else of_datetime(moment)
