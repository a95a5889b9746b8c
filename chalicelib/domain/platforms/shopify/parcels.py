"""Shopify's `fulfillments/*` and `fulfillment_events/create`: the parcels of an order, and what became of them."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.orders.order import Sent
from chalicelib.domain.orders.platform_order import Fulfilled, ParcelUpdate, PlatformOrder
from chalicelib.domain.platforms.payload_reader import loosely, name, trim

CALLED_OFF = ("cancelled", "failure", "error")
"""Statuses of a fulfillment that is no parcel; the others are `pending`, `open` and `success`."""
FULFILLED: dict[str, Fulfilled] = {"fulfilled": "whole", "partial": "part"}
"""An order's `fulfillment_status`; null says that nothing has left, which its parcels say better."""


class _Line(Struct):
    id: int | None = None
    quantity: int = 1
    requires_shipping: bool = True


class Fulfillment(Struct):
    """A fulfillment as webhooks tell it."""

    id: int
    order_id: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    status: str | None = None
    shipment_status: str | None = None
    tracking_company: str | None = None
    tracking_number: str | None = None
    tracking_numbers: list[str] = []
    line_items: list[_Line] = []

    @property
    def called_off(self) -> bool:
        """It never leaves, or was called back."""
        return (self.status or "").lower() in CALLED_OFF

    @property
    def is_parcel(self) -> bool:
        """Something is on its way in it: not what was called off, and not what is only downloaded or done."""
        return not self.called_off and (not self.line_items or any(one.requires_shipping for one in self.line_items))


class _Event(Struct):
    fulfillment_id: int
    order_id: int
    status: str | None = None
    happened_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


def parcel_of(told: Fulfillment) -> ParcelUpdate:
    """The fulfillment as a parcel. That it is delivered is told with no time of its own: it was by then."""
    numbers = [told.tracking_number, *told.tracking_numbers]
    known = tuple(dict.fromkeys(one for each in numbers if (one := name(each))))
    return ParcelUpdate(
        id=str(told.id),
        carrier=name(told.tracking_company),
        tracking=known[0] if known else None,
        shipped_at=told.created_at,
        delivered_at=told.updated_at if told.shipment_status == "delivered" else None,
        tracking_numbers=known,
        items=tuple(Sent(str(one.id), one.quantity) for one in told.line_items if one.id),
    )


def read_parcel(body: bytes) -> PlatformOrder:
    """`fulfillments/*`: a parcel of an order."""
    told = loosely(body, Fulfillment)
    if told.order_id is None:
        raise invalid("order_id", "is needed: the order it is a parcel of")
    return PlatformOrder(
        external_id=str(told.order_id),
        parcels=(parcel_of(told),) if told.is_parcel else (),
        called_off=(str(told.id),) if told.called_off else (),
        occurred_at=told.updated_at or told.created_at,
    )


def trim_parcel(body: bytes) -> bytes:
    """A fulfillment with nothing in it but what is read of it."""
    return trim(body, Fulfillment)


def read_parcel_event(body: bytes) -> PlatformOrder:
    """`fulfillment_events/create`: what the carrier did with a parcel, and when; only that it came counts."""
    told = loosely(body, _Event)
    at = told.happened_at or told.created_at
    came = ParcelUpdate(id=str(told.fulfillment_id), delivered_at=at) if told.status == "delivered" and at else None
    return PlatformOrder(
        external_id=str(told.order_id),
        parcels=(came,) if came else (),
        occurred_at=told.updated_at or told.created_at or at,
    )
