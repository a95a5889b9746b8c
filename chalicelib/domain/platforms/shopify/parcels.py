"""Shopify's `fulfillments/*` and `fulfillment_events/create`: the parcels of an order, and their delivery."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.orders.order import Sent
from chalicelib.domain.orders.platform_order import Fulfilled, ParcelUpdate, PlatformOrder
from chalicelib.domain.platforms.payload_reader import clean_name, drop_unread_fields, parse_leniently

CALLED_OFF = ("cancelled", "failure", "error")
"""Statuses of a fulfillment that is no parcel; the others are `pending`, `open` and `success`."""
FULFILLED: dict[str, Fulfilled] = {"fulfilled": "whole", "partial": "part"}
"""An order's `fulfillment_status`. Null means that nothing was shipped, which the parcels say more reliably."""


class _Line(Struct):
    id: int | None = None
    quantity: int = 1
    requires_shipping: bool = True


class Fulfillment(Struct):
    """A fulfillment."""

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
        """It was cancelled or failed."""
        return (self.status or "").lower() in CALLED_OFF

    @property
    def is_parcel(self) -> bool:
        """It is shipped: it was not cancelled, and it has a line that requires shipping (downloads and services do
        not)."""
        return not self.called_off and (not self.line_items or any(line.requires_shipping for line in self.line_items))


class _Event(Struct):
    fulfillment_id: int
    order_id: int
    status: str | None = None
    happened_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


def parcel_of(fulfillment: Fulfillment) -> ParcelUpdate:
    """The fulfillment as a parcel. The delivery has no time of its own: the time of the update is used."""
    numbers = (clean_name(number) for number in [fulfillment.tracking_number, *fulfillment.tracking_numbers])
    distinct = tuple(dict.fromkeys(number for number in numbers if number))
    return ParcelUpdate(
        id=str(fulfillment.id),
        carrier=clean_name(fulfillment.tracking_company),
        tracking=distinct[0] if distinct else None,
        shipped_at=fulfillment.created_at,
        delivered_at=fulfillment.updated_at if fulfillment.shipment_status == "delivered" else None,
        tracking_numbers=distinct,
        items=tuple(Sent(str(line.id), line.quantity) for line in fulfillment.line_items if line.id),
    )


def read_parcel(body: bytes) -> PlatformOrder:
    """`fulfillments/*`: a parcel of an order."""
    fulfillment = parse_leniently(body, Fulfillment)
    if fulfillment.order_id is None:
        raise invalid("order_id", "is needed: the order it is a parcel of")
    return PlatformOrder(
        external_id=str(fulfillment.order_id),
        parcels=(parcel_of(fulfillment),) if fulfillment.is_parcel else (),
        called_off=(str(fulfillment.id),) if fulfillment.called_off else (),
        occurred_at=fulfillment.updated_at or fulfillment.created_at,
    )


def trim_parcel(body: bytes) -> bytes:
    """A fulfillment reduced to the fields that are read."""
    return drop_unread_fields(body, Fulfillment)


def read_parcel_event(body: bytes) -> PlatformOrder:
    """`fulfillment_events/create`: an event of the carrier. Only the delivery has an effect."""
    event = parse_leniently(body, _Event)
    occurred_at = event.happened_at or event.created_at
    is_delivered = event.status == "delivered" and occurred_at is not None
    delivered = ParcelUpdate(id=str(event.fulfillment_id), delivered_at=occurred_at)
    return PlatformOrder(
        external_id=str(event.order_id),
        parcels=(delivered,) if is_delivered else (),
        occurred_at=event.updated_at or event.created_at or occurred_at,
    )
