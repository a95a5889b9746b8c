"""The parcels of an order, worked out from separate reports, and whether all that was ordered is in them."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import to_builtins

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import OrderItem, Parcel
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.orders.platform_order import PlatformOrder
from chalicelib.domain.orders.revisions import Revision

PARCEL = "parcel/"
"""The prefix of the names of a parcel's fields: `parcel/<id>/<field>`."""
CAME = "came/"
"""The prefix of each reported time of delivery: `came/<time>/<id>`."""
AWAY = "away/"
"""The prefix of the report that a parcel is not delivered: `away/<id>`."""
OFF = "off/"
"""The prefix of the report that a parcel was cancelled: `off/<id>`."""
WHOLE = "whole"
"""The ids of all parcels, if an update listed them completely."""
FULFILLED = "fulfilled"
"""How much of the order was sent."""
Revisions = Mapping[str, Revision]
"""The reported values of an order, by name."""


def parcels_of(revisions: Revisions) -> tuple[Parcel, ...]:
    """The parcels of the order: those in the last complete list or reported since, without the cancelled ones."""
    complete = revisions.get(WHOLE)
    fields_by_id: dict[str, dict[str, Revision]] = {
        identifier: {} for identifier in (complete.value if complete else ())
    }
    for name, revision in revisions.items():
        if name.startswith(PARCEL):
            identifier, _, field = name.removeprefix(PARCEL).rpartition("/")
            fields_by_id.setdefault(identifier, {})[field] = revision
    return tuple(
        _parcel(revisions, identifier, fields)
        for identifier, fields in sorted(fields_by_id.items())
        if _exists(revisions, identifier, fields)
    )


def _exists(revisions: Revisions, identifier: str, fields: Revisions) -> bool:
    """Whether the parcel was reported after it was cancelled, and is in the complete list or newer than it."""
    complete = revisions.get(WHOLE)
    cancelled = revisions.get(OFF + identifier)
    stamps = [revision.stamp for revision in fields.values()]
    is_listed = complete is not None and identifier in complete.value
    newest = max([*stamps, complete.stamp] if complete is not None and is_listed else stamps)
    if cancelled is not None and newest <= cancelled.stamp:
        return False
    return complete is None or is_listed or newest > complete.stamp


def _parcel(revisions: Revisions, identifier: str, fields: Revisions) -> Parcel:
    values = {name: revision.value for name, revision in fields.items() if revision.value is not None}
    delivered_at = _delivered_at(revisions, identifier, fields)
    return msgspec.convert(values | {"id": identifier, "delivered_at": delivered_at}, Parcel)


def _delivered_at(revisions: Revisions, identifier: str, fields: Revisions) -> Instant | None:
    """When the parcel was delivered: as the shop reported, or the first time that its platform named after it last said
    that the parcel is not delivered."""
    by_shop = fields.get("delivered_at")
    not_delivered = revisions.get(AWAY + identifier)
    times = [by_shop.value] if by_shop is not None and by_shop.value is not None else []
    for name, revision in revisions.items():
        if name.startswith(CAME) and (not_delivered is None or revision.stamp > not_delivered.stamp):
            delivered_at, _, delivered_id = name.removeprefix(CAME).partition("/")
            times += [int(delivered_at)] if delivered_id == identifier else []
    return min(times, default=None)


def all_left(revisions: Revisions, parcels: tuple[Parcel, ...]) -> bool:
    """Whether all goods of the order were sent: by the platform's count, or line by line; if neither is reported, we
    assume so."""
    reported_items = revisions["items"].value or () if "items" in revisions else ()
    items = msgspec.convert(reported_items, list[OrderItem])
    goods = [item for item in items if item.line is not None and item.goods]
    sent = Counter[str]()
    for parcel in parcels:
        sent.update({line.line: line.quantity for line in parcel.items})
    fulfilled = revisions[FULFILLED].value if FULFILLED in revisions else None
    if fulfilled == "whole" or (goods and all(sent[item.line or ""] >= item.quantity for item in goods)):
        return True
    is_counted = bool(goods) and all(parcel.items for parcel in parcels)
    return fulfilled is None and not is_counted


def add_platform_values(values: dict[str, Any], update: OrderUpdate) -> dict[str, Any]:
    """The values of an update with those that only a platform reports: the first time a parcel was delivered, what was
    sent, the state of the payment; and None for what a complete part does not list."""
    if not isinstance(update, PlatformOrder):
        return values
    values = dict(values)
    if update.refunds_not_listed:
        values["at_first"] = to_builtins(update.at_first)
    if update.payment:
        values["payment"] = update.payment
    _move_deliveries(values, update)
    if "parcels" in update.whole:
        values |= {WHOLE: sorted(parcel.id for parcel in update.parcels), FULFILLED: update.fulfilled}
    for identifier in update.called_off:
        values |= {OFF + identifier: True, FULFILLED: None}
    absent = {name: None for name in ("cancelled_at", "items") if name in update.whole}
    return absent | values


def _move_deliveries(values: dict[str, Any], update: PlatformOrder) -> None:
    """Store each reported time of delivery under a name of its own, so that the first one is kept when a later update
    names another; and store that a parcel is not delivered, if the update says so."""
    for parcel in update.parcels:
        delivered_at = values.pop(f"{PARCEL}{parcel.id}/delivered_at", None)
        if delivered_at is not None:
            values[f"{CAME}{delivered_at}/{parcel.id}"] = True
        elif "delivered" in update.whole:
            values[AWAY + parcel.id] = True
