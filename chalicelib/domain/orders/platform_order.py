"""Updates of orders from platforms: the fields of `order.updated`, and those that only a platform can send."""

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
    """A parcel as a platform reports it."""

    tracking_numbers: tuple[str, ...] = ()
    items: tuple[Sent, ...] = ()

    def parcel(self) -> Parcel:
        """The parcel as an order record stores it."""
        return replace(super().parcel(), tracking_numbers=self.tracking_numbers, items=self.items)


class CompleteOrder(OrderUpdate, frozen=True, kw_only=True):
    """An order from a platform that does not report revoked refunds: a refund it no longer lists was revoked."""

    all_refunds: bool = False
    """Whether it lists all refunds of the order."""
    unread_refunds: tuple[str, ...] = ()
    """The ids of refunds that are listed without an amount: they were not revoked."""


class PlatformOrder(CompleteOrder, frozen=True, kw_only=True):
    """An order, or a part of it, as a platform reports it."""

    whole: tuple[Part, ...] = ()
    """The parts that are reported completely: lines and parcels that are not listed no longer exist, an order without
    `cancelled_at` is not cancelled, and a parcel without a time of delivery is not delivered."""
    fulfilled: Fulfilled | None = None
    """Whether all of the order was sent, or a part of it, by the platform's own count."""
    called_off: tuple[str, ...] = ()
    """The ids of parcels that were cancelled."""
    outstanding: MoneyIn | None = None
    """The part of its total that is not paid yet."""
    refunds_not_listed: bool = False
    """Whether refunds are subtracted from its `total` but are not listed with it."""
    at_first: MoneyIn | None = None
    """Its total before anything was subtracted."""
    payment: Payment | None = None
    """The state of its payment: paid, not (certainly) paid, or completely refunded."""
    off: bool = False
    """It is cancelled, and the time is not stated: the time of this update is taken."""
    gone: bool | None = None
    """True if the platform no longer has the order, False if it has it again."""

    def order(self) -> Order:
        """The order as cases store it, with the part that is not paid yet."""
        return replace(super().order(), outstanding=self.outstanding.money() if self.outstanding else None)


def name_refunds(refunds: Iterable[RefundIn]) -> tuple[RefundIn, ...]:
    """The refunds of one update, where those without an id get one made of their amount and time. Two refunds of the
    same amount are two, and repeated later they have the same ids."""
    counts = Counter[str]()
    named = list[RefundIn]()
    for refund in refunds:
        if refund.id:
            named.append(refund)
            continue
        refunded_at = from_datetime(refund.refunded_at) if refund.refunded_at else "untold"
        name = f"nameless-{refund.amount.amount}-{refunded_at}"
        counts[name] += 1
        named.append(replace(refund, id=name if counts[name] == 1 else f"{name}-{counts[name]}"))
    return tuple(named)
