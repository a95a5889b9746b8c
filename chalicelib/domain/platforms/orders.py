"""What a platform tells of an order: as `order.updated` does, and what only a platform can say."""

from typing import Literal

from msgspec.structs import replace

from chalicelib.domain.order_inputs import OrderTold, ParcelIn
from chalicelib.domain.orders import Parcel, Sent

Part = Literal["cancelled_at", "items", "parcels", "delivered"]
Fulfilled = Literal["whole", "part"]


class ParcelTold(ParcelIn, frozen=True, kw_only=True):
    """A parcel as a platform tells of it."""

    tracking_numbers: tuple[str, ...] = ()
    items: tuple[Sent, ...] = ()

    def parcel(self) -> Parcel:
        """The parcel as an order holds it."""
        return replace(super().parcel(), tracking_numbers=self.tracking_numbers, items=self.items)


class OrderWhole(OrderTold, frozen=True, kw_only=True):
    """An order as a platform tells it that takes refunds back without a word: what it does not list was taken back."""

    all_refunds: bool = False


class PlatformOrder(OrderWhole, frozen=True, kw_only=True):
    """An order, or a part of it, as a platform tells of it."""

    whole: tuple[Part, ...] = ()
    """The parts that are told whole: lines and parcels that are not listed are no more, an order without `cancelled_at`
    goes on, and a parcel that is not `delivered` is not."""
    fulfilled: Fulfilled | None = None
    """Whether all that was ordered has left, as the platform counts it."""
    called_off: tuple[str, ...] = ()
    """Parcels that never leave, or did not."""
    gone: bool | None = None
    """True when the platform has the order no more, False when it has it again."""
