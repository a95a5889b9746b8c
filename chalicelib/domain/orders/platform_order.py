"""What a platform tells of an order: as `order.updated` does, and what only a platform can say."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import from_datetime
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order import Order, Parcel, Payment, Sent
from chalicelib.domain.orders.order_payload import OrderUpdate, ParcelIn, RefundIn

Part = Literal["cancelled_at", "items", "parcels", "delivered"]
Fulfilled = Literal["whole", "part"]


class ParcelUpdate(ParcelIn, frozen=True, kw_only=True):
    """A parcel as a platform tells of it."""

    tracking_numbers: tuple[str, ...] = ()
    items: tuple[Sent, ...] = ()

    def parcel(self) -> Parcel:
        """The parcel as an order holds it."""
        return replace(super().parcel(), tracking_numbers=self.tracking_numbers, items=self.items)


class CompleteOrder(OrderUpdate, frozen=True, kw_only=True):
    """An order as a platform tells it that takes refunds back without a word: what it does not list was taken back."""

    all_refunds: bool = False
    unread_refunds: tuple[str, ...] = ()
    """Listed, so not taken back, though not with an amount."""


class PlatformOrder(CompleteOrder, frozen=True, kw_only=True):
    """An order, or a part of it, as a platform tells of it."""

    whole: tuple[Part, ...] = ()
    """The parts that are told whole: lines and parcels that are not listed are no more, an order without `cancelled_at`
    goes on, and a parcel that is not `delivered` is not."""
    fulfilled: Fulfilled | None = None
    """Whether all that was ordered has left, as the platform counts it."""
    called_off: tuple[str, ...] = ()
    """Parcels that never leave, or did not."""
    outstanding: MoneyIn | None = None
    """What of it was not paid yet."""
    refunds_not_listed: bool = False
    """What was refunded is off its `total` already, and was not told with it."""
    at_first: MoneyIn | None = None
    """What it came to before anything was taken off it."""
    payment: Payment | None = None
    """How its payment stands in a word: whether it was made for certain, and whether all of it went back."""
    off: bool = False
    """It is called off, and nobody told since when: since this is so."""
    gone: bool | None = None
    """True when the platform has the order no more, False when it has it again."""

    def order(self) -> Order:
        """The order as cases hold it, with what is still to be paid."""
        return replace(super().order(), outstanding=self.outstanding.money() if self.outstanding else None)


def name_refunds(refunds: Iterable[RefundIn]) -> tuple[RefundIn, ...]:
    """Refunds of one telling, those that came without an id called by their amount and time: two are two, also of the
    same amount, and told again they are the same."""
    seen, found = Counter[str](), list[RefundIn]()
    for one in refunds:
        if not one.id:
            at = from_datetime(one.refunded_at) if one.refunded_at else "untold"
            name = f"nameless-{one.amount.amount}-{at}"
            seen[name] += 1
            one = replace(one, id=name if seen[name] == 1 else f"{name}-{seen[name]}")
        found.append(one)
    return tuple(found)
