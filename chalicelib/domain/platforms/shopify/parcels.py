"""Shopify's `fulfillments/*`: the parcels of an order."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.order_inputs import OrderTold, ParcelIn
from chalicelib.domain.platforms.reading import loosely, name


class Fulfillment(Struct):
    """A fulfillment as webhooks tell it."""

    id: int
    order_id: int
    created_at: datetime | None = None
    updated_at: datetime | None = None
    status: str | None = None
    shipment_status: str | None = None
    tracking_company: str | None = None
    tracking_number: str | None = None


def parcel_of(told: Fulfillment) -> ParcelIn:
    """The fulfillment as a parcel."""
    return ParcelIn(
        id=str(told.id), carrier=name(told.tracking_company), tracking=name(told.tracking_number),
        shipped_at=told.created_at, delivered_at=told.updated_at if told.shipment_status == "delivered" else None,
    )  # fmt: skip


def parcel_told(body: bytes) -> OrderTold:
    """`fulfillments/*`: a parcel of an order."""
    told = loosely(body, Fulfillment)
    parcels = () if told.status == "cancelled" else (parcel_of(told),)
    return OrderTold(external_id=str(told.order_id), parcels=parcels, occurred_at=told.updated_at or told.created_at)
