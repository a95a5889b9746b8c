"""The values that an update of an order reports, by name and in plain types, as the order record stores them."""

from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Dispute, Order, Parcel, Refund
from chalicelib.domain.orders.order_payload import OrderUpdate, instant_of
from chalicelib.domain.orders.order_record import ORDER_FIELDS, OrderRecord
from chalicelib.domain.orders.parcels import add_platform_values
from chalicelib.domain.orders.platform_order import CompleteOrder, PlatformOrder


class Times(Struct, frozen=True):
    """The time an update is from, and when we received it."""

    occurred_at: Instant
    received_at: Instant


def values_in_update(
    update: OrderUpdate, customer: str | None, before: OrderRecord | None, occurred_at: Instant, received_at: Instant
) -> dict[str, Any]:
    """The values that this update reports.

    `customer`: the id of the buyer, if known; `before`: what was reported until now; `occurred_at`: the time the update
    is from. An order was bought before it was reported, whatever the clock of the shop says; what is to be delivered
    later is not delivered yet (`Order.as_of`).
    """
    times = Times(occurred_at, received_at)
    order = update.order()
    purchased_at = min(order.purchased_at, received_at) if order.purchased_at is not None else None
    values = reported_values(
        replace(order, purchased_at=purchased_at),
        customer,
        _cancelled_at(update, occurred_at),
        _parcels(update, received_at),
        _refunds(update, before, times),
        tuple(dispute.dispute() for dispute in update.disputes),
    )
    return add_platform_values(values, update)


def reported_values(
    order: Order,
    customer: str | None,
    cancelled_at: Instant | None,
    parcels: tuple[Parcel, ...],
    refunds: tuple[Refund, ...],
    disputes: tuple[Dispute, ...] = (),
) -> dict[str, Any]:
    """The values of an order by name, in plain types. What was not reported is not among them."""
    values = {name: getattr(order, name) for name in ORDER_FIELDS}
    values |= {"customer": customer, "cancelled_at": cancelled_at}
    for parcel in parcels:
        values |= {f"parcel/{parcel.id}/{name}": value for name, value in _parcel_values(parcel).items()}
    values |= {f"refund/{refund.id}": refund for refund in refunds}
    values |= {f"dispute/{dispute.id}": dispute for dispute in disputes}
    given = {name: value for name, value in values.items() if value not in (None, ())}
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(given))  # as they are read back: lists, not tuples
    return plain


def _parcel_values(parcel: Parcel) -> dict[str, Any]:
    """The reported fields of a parcel; if there are none, its id, so that the parcel itself is reported."""
    fields = {name: value for name, value in asdict(parcel).items() if name != "id" and value not in (None, ())}
    return fields or {"id": parcel.id}


def _parcels(update: OrderUpdate, received_at: Instant) -> tuple[Parcel, ...]:
    """The parcels. A platform reports what carriers did, so that was done by now, whatever their clocks say; a shop may
    report a delivery in the future."""
    parcels = tuple(parcel.parcel() for parcel in update.parcels)
    if not isinstance(update, PlatformOrder):
        return parcels
    return tuple(_delivered_by(parcel, received_at) for parcel in parcels)


def _delivered_by(parcel: Parcel, latest: Instant) -> Parcel:
    return replace(parcel, delivered_at=min(parcel.delivered_at, latest)) if parcel.delivered_at else parcel


def _cancelled_at(update: OrderUpdate, occurred_at: Instant) -> Instant | None:
    """When the order was cancelled; at the time of the update, if a platform does not state it."""
    is_undated = isinstance(update, PlatformOrder) and update.off and update.cancelled_at is None
    return occurred_at if is_undated else instant_of(update.cancelled_at)


def _refunds(update: OrderUpdate, before: OrderRecord | None, times: Times) -> tuple[Refund, ...]:
    """The refunds, completed by what was reported before; and as failed, those that a complete list no longer has."""
    refunds = [refund.refund() for refund in update.refunds]
    if before is None:
        return tuple(_complete(refund, None, times) for refund in refunds)
    stored = {refund.id: refund for refund in before.reported_refunds}
    refunds = [replace(refund, amount=before.in_its_currency(refund.amount)) for refund in refunds]
    refunds = [_complete(refund, stored.get(refund.id), times) for refund in refunds]
    return (*refunds, *_revoked(update, before, stored, {refund.id for refund in refunds}, times.occurred_at))


def _revoked(
    update: OrderUpdate, before: OrderRecord, stored: dict[str, Refund], reported: set[str], occurred_at: Instant
) -> list[Refund]:
    """Stored refunds that an update with all refunds does not list: they were revoked."""
    if not isinstance(update, CompleteOrder) or not update.all_refunds:
        return []
    listed = reported | {*update.unread_refunds}
    return [
        replace(refund, state="failed")
        for identifier, refund in stored.items()
        if identifier not in listed and not refund.by_statement and before.told[f"refund/{identifier}"].at < occurred_at
    ]


def _complete(refund: Refund, stored: Refund | None, times: Times) -> Refund:
    """A refund with what was reported of it before and is not repeated. It was made before it was first reported; one
    without a time of its own was made when the order was first reported with it."""
    made_at = min(refund.at if refund.at is not None else times.occurred_at, times.received_at)
    if stored is None:
        return replace(refund, at=made_at, heard=times.received_at)
    if stored.at is not None:
        made_at = min(made_at, stored.at)
    refund = replace(refund, at=made_at, heard=stored.heard, money=refund.money or stored.money)
    if refund.amount.value != stored.amount.value or refund.amount.currency != stored.amount.currency:
        return refund
    return replace(refund, lines=refund.lines or stored.lines, shipping=refund.shipping or stored.shipping)
