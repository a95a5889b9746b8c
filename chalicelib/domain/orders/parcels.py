"""The parcels of a sale, worked out of what was told of them in pieces, and whether all that was ordered is in them."""

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

PARCEL, CAME, AWAY, OFF = "parcel/", "came/", "away/", "off/"
"""Before what is told of a parcel: its fields; `<time>/<id>` for each time its coming was told; that it did not come;
that it was called off."""
WHOLE, FULFILLED = "whole", "fulfilled"
"""The parcels an order has that was told whole; how much of it left."""
All = Mapping[str, Revision]


def parcels_of(told: All) -> tuple[Parcel, ...]:
    """The parcels that left for the customer: those the order had when it was last told whole, or told since, and not
    called off since."""
    whole = told.get(WHOLE)
    found: dict[str, dict[str, Revision]] = {one: {} for one in (whole.value if whole else ())}
    for name, one in told.items():
        if name.startswith(PARCEL):
            identifier, _, field = name.removeprefix(PARCEL).rpartition("/")
            found.setdefault(identifier, {})[field] = one
    return tuple(_parcel(told, one, found[one]) for one in sorted(found) if _leaves(told, one, found[one]))


def _leaves(told: All, parcel: str, fields: All) -> bool:
    whole, off = told.get(WHOLE), told.get(OFF + parcel)
    stamps = [one.stamp for one in fields.values()]
    listed = whole is not None and parcel in whole.value
    newest = max([*stamps, whole.stamp] if whole is not None and listed else stamps)
    return (off is None or newest > off.stamp) and (whole is None or listed or newest > whole.stamp)


def _parcel(told: All, parcel: str, fields: All) -> Parcel:
    known = {name: one.value for name, one in fields.items() if one.value is not None}
    return msgspec.convert(known | {"id": parcel, "delivered_at": _came(told, parcel, fields)}, Parcel)


def _came(told: All, parcel: str, fields: All) -> Instant | None:
    """When it was delivered: as the shop said, or the first time that its platform said so since it last said that it
    was not."""
    said, away = fields.get("delivered_at"), told.get(AWAY + parcel)
    times = [said.value] if said is not None and said.value is not None else []
    for name, one in told.items():
        if name.startswith(CAME) and (away is None or one.stamp > away.stamp):
            at, _, identifier = name.removeprefix(CAME).partition("/")
            times += [int(at)] if identifier == parcel else []
    return min(times, default=None)


def all_left(told: All, parcels: tuple[Parcel, ...]) -> bool:
    """Whether no goods are still to be sent: as the platform counts, or line by line; told nothing, we believe it."""
    items = msgspec.convert(told["items"].value or () if "items" in told else (), list[OrderItem])
    goods = [item for item in items if item.line is not None and item.goods]
    sent = Counter[str]()
    for parcel in parcels:
        sent.update({one.line: one.quantity for one in parcel.items})
    fulfilled = told[FULFILLED].value if FULFILLED in told else None
    if fulfilled == "whole" or (goods and all(sent[item.line or ""] >= item.quantity for item in goods)):
        return True
    counted = bool(goods) and all(parcel.items for parcel in parcels)
    return fulfilled is None and not counted


def add_platform_values(news: dict[str, Any], told: OrderUpdate) -> dict[str, Any]:
    """The news with what only a platform tells: since when a parcel is delivered, which does not move when it tells so
    again; what left; and what is no more, because it tells the whole and not this."""
    if not isinstance(told, PlatformOrder):
        return news
    news = dict(news) | ({"at_first": to_builtins(told.at_first)} if told.refunds_not_listed else {})
    news |= {"payment": told.payment} if told.payment else {}
    for parcel in told.parcels:
        came = news.pop(f"{PARCEL}{parcel.id}/delivered_at", None)
        if came is not None:
            news[f"{CAME}{came}/{parcel.id}"] = True
        elif "delivered" in told.whole:
            news[AWAY + parcel.id] = True
    if "parcels" in told.whole:
        news |= {WHOLE: sorted(parcel.id for parcel in told.parcels), FULFILLED: told.fulfilled}
    for parcel_off in told.called_off:
        news |= {OFF + parcel_off: True, FULFILLED: None}
    return {name: None for name in ("cancelled_at", "items") if name in told.whole} | news
