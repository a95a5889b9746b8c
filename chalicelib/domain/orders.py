"""An order, the parcels it leaves in, and what is given back of it."""

from typing import Literal

from msgspec import Struct

from chalicelib.domain.instants import Instant
from chalicelib.domain.money import Money

DisputeState = Literal["open", "won", "lost", "refunded"]


class OrderItem(Struct, frozen=True, omit_defaults=True):
    """One line of an order."""

    sku: str
    title: str | None = None
    quantity: int = 1
    price: Money | None = None
    category: str | None = None
    line: str | None = None
    """The platform's id of this line."""


class Order(Struct, frozen=True, omit_defaults=True):
    """The order a case is about, as the shop told it."""

    external_id: str
    items: tuple[OrderItem, ...] = ()
    total: Money | None = None
    purchased_at: Instant | None = None
    delivered_at: Instant | None = None
    estimated_delivery_at: Instant | None = None
    number: str | None = None
    """What people call it, where that is not its external id."""

    @property
    def spoken(self) -> str:
        """What people call it."""
        return self.number or self.external_id

    @property
    def is_known(self) -> bool:
        """More than its number was told: a number alone may be anybody's, or nobody's."""
        return bool(self.items) or self.total is not None or self.delivered_at is not None


class Sent(Struct, frozen=True, array_like=True):
    """So many of one line of the order, in a parcel."""

    line: str
    quantity: int


class Parcel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A parcel that left for the customer."""

    id: str
    carrier: str | None = None
    tracking: str | None = None
    shipped_at: Instant | None = None
    delivered_at: Instant | None = None
    tracking_numbers: tuple[str, ...] = ()
    """All its numbers, as its platform tells them: it may be packed in several pieces."""
    items: tuple[Sent, ...] = ()
    """What is in it, where that was told."""


class Refund(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Money that the shop gave back by itself, under the platform's own id."""

    id: str
    amount: Money
    at: Instant | None = None
