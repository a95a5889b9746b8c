"""A sale: an order as its shop tells of it, whether or not anything goes wrong with it.

What is told comes in pieces, twice and in disorder. Each piece is kept with the time it is from, and the newest
telling of it wins; so the sale is the same in whatever order it was told (a last-writer-wins map, Shapiro et al.,
"A comprehensive study of Convergent and Commutative Replicated Data Types", 2011). What a platform takes back is told,
too, as a piece like every other: nothing is ever removed, and what counts is worked out when it is read.
"""

from collections import Counter
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from chalicelib.domain.instants import Instant
from chalicelib.domain.order_inputs import OrderTold
from chalicelib.domain.orders import Order, OrderItem, Parcel, Refund
from chalicelib.domain.platforms.orders import PlatformOrder

PARCEL, CAME, AWAY, OFF = "parcel/", "came/", "away/", "off/"
"""Before what is told of a parcel: its fields; `<time>/<id>` for each time its coming was told; that it did not come;
that it was called off."""
WHOLE, FULFILLED, GONE = "whole", "fulfilled", "gone"
"""The parcels an order has that was told whole; how much of it left; the platform has it no more."""
MOST_RIVALS = 8
"""Of one time so many tellings are remembered that did not win: one that comes out of turn may yet show which did."""
OF_THE_ORDER = ("items", "total", "purchased_at", "delivered_at", "estimated_delivery_at", "number")


class Told(Struct, frozen=True, array_like=True):
    """One thing that was told, in plain values: when it was so, and when that was first heard."""

    at: Instant
    value: Any
    heard: Instant = 0
    rivals: tuple[tuple[Instant, Any], ...] = ()
    """What else was told to be so at the same time, and when it was first heard: platforms tell whole seconds."""

    @property
    def stamp(self) -> tuple[Instant, Instant]:
        """Its place among tellings: by when it was so, then by when it was heard."""
        return self.at, self.heard


class Sale(Struct, frozen=True, kw_only=True):
    """What was told of one order."""

    shop: str
    external_id: str
    told: dict[str, Told] = {}
    version: int = 0
    """How often it was written."""

    def _value(self, name: str) -> Any:
        return self.told[name].value if name in self.told else None

    @property
    def order(self) -> Order:
        """The order as cases hold it."""
        known = {name: value for name in OF_THE_ORDER if (value := self._value(name)) is not None}
        known["delivered_at"] = self.delivered_at
        return msgspec.convert({"external_id": self.external_id, **known}, Order)

    @property
    def number(self) -> str | None:
        """What people call it, where that is not its id."""
        return self._value("number")  # type: ignore[no-any-return]

    @property
    def customer(self) -> str | None:
        """The id of the customer who bought."""
        return self._value("customer")  # type: ignore[no-any-return]

    @property
    def purchased_at(self) -> Instant:
        """When it was bought; the first word of it, where that was not told."""
        return self._value("purchased_at") or min(one.at for one in self.told.values())

    @property
    def cancelled_at(self) -> Instant | None:
        """When it was called off; an order that the platform has no more is, too, until it tells of it again."""
        gone, whole = self.told.get(GONE), self.told.get(WHOLE)
        lost = gone is not None and gone.value and (whole is None or whole.stamp < gone.stamp)
        return self._value("cancelled_at") or (gone.at if gone is not None and lost else None)

    @property
    def parcels(self) -> tuple[Parcel, ...]:
        """The parcels that left for the customer: those the order had when it was last told whole, or told since, and
        not called off since."""
        whole = self.told.get(WHOLE)
        found: dict[str, dict[str, Told]] = {one: {} for one in (whole.value if whole else ())}
        for name, one in self.told.items():
            if name.startswith(PARCEL):
                identifier, _, field = name.removeprefix(PARCEL).rpartition("/")
                found.setdefault(identifier, {})[field] = one
        return tuple(
            _parcel(identifier, found[identifier], self._came(identifier, found[identifier]))
            for identifier in sorted(found) if self._leaves(identifier, found[identifier])
        )  # fmt: skip

    def _leaves(self, parcel: str, told: dict[str, Told]) -> bool:
        whole, off = self.told.get(WHOLE), self.told.get(OFF + parcel)
        stamps = [one.stamp for one in told.values()]
        listed = whole is not None and parcel in whole.value
        newest = max([*stamps, whole.stamp] if whole is not None and listed else stamps)
        return (off is None or newest > off.stamp) and (whole is None or listed or newest > whole.stamp)

    def _came(self, parcel: str, told: dict[str, Told]) -> Instant | None:
        """When it was delivered: as the shop said, or the first time that its platform said so since it last said that
        it was not."""
        said, away = told.get("delivered_at"), self.told.get(AWAY + parcel)
        times = [said.value] if said is not None and said.value is not None else []
        for name, one in self.told.items():
            if name.startswith(CAME) and (away is None or one.stamp > away.stamp):
                at, _, identifier = name.removeprefix(CAME).partition("/")
                times += [int(at)] if identifier == parcel else []
        return min(times, default=None)

    @property
    def refunds(self) -> tuple[Refund, ...]:
        """What the shop gave back by itself."""
        found = (one.value for name, one in sorted(self.told.items()) if name.startswith("refund/"))
        return tuple(msgspec.convert(one, Refund) for one in found)

    @property
    def delivered_at(self) -> Instant | None:
        """When the customer had it: as told, or when the last of its parcels came, if all that was ordered left."""
        told: Instant | None = self._value("delivered_at")
        parcels = self.parcels
        came = [parcel.delivered_at for parcel in parcels if parcel.delivered_at is not None]
        if told or not came or len(came) < len(parcels) or not self._all_left(parcels):
            return told
        return max(came)

    def _all_left(self, parcels: tuple[Parcel, ...]) -> bool:
        """Whether nothing is still to be sent: as the platform counts, or line by line; told nothing, we believe it."""
        ordered = {item.line: item.quantity for item in self._ordered if item.line is not None}
        sent = Counter[str]()
        for parcel in parcels:
            sent.update({one.line: one.quantity for one in parcel.items})
        fulfilled = self._value(FULFILLED)
        if fulfilled == "whole" or (ordered and all(sent[line] >= quantity for line, quantity in ordered.items())):
            return True
        counted = bool(ordered) and all(parcel.items for parcel in parcels)
        return fulfilled is None and not counted

    @property
    def _ordered(self) -> list[OrderItem]:
        return msgspec.convert(self._value("items") or [], list[OrderItem])


def _parcel(identifier: str, told: dict[str, Told], came: Instant | None) -> Parcel:
    fields = {name: one.value for name, one in told.items() if one.value is not None}
    return msgspec.convert(fields | {"id": identifier, "delivered_at": came}, Parcel)


def news_of(
    order: Order, customer: str | None, cancelled_at: Instant | None, parcels: tuple[Parcel, ...],
    refunds: tuple[Refund, ...],
) -> dict[str, Any]:  # fmt: skip
    """What is told of a sale, thing by thing, in plain values. What is not told is not there."""
    told = {name: getattr(order, name) for name in OF_THE_ORDER}
    told |= {"customer": customer, "cancelled_at": cancelled_at}
    for parcel in parcels:
        told |= {f"parcel/{parcel.id}/{name}": value for name, value in asdict(parcel).items() if name != "id"}
    told |= {f"refund/{refund.id}": refund for refund in refunds}
    kept = {name: value for name, value in told.items() if value not in (None, ())}
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(kept))  # as it is read back: lists, not tuples
    return plain


def of_platform(news: dict[str, Any], told: OrderTold) -> dict[str, Any]:
    """The news with what only a platform tells: since when a parcel is delivered, which does not move when it tells so
    again; what left; and what is no more, because it tells the whole and not this."""
    if not isinstance(told, PlatformOrder):
        return news
    news = dict(news)
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


def hear_order(sale: Sale, told: OrderTold, news: dict[str, Any], at: Instant, heard: Instant) -> Sale:
    """The sale after the news of what was told of its order: so at that time, and heard at that other. That the
    platform has it again is so when it is heard: what it tells of it then may be older than its loss."""
    after = hear(sale, news, at, heard)
    if not isinstance(told, PlatformOrder) or told.gone is None:
        return after
    return hear(after, {GONE: told.gone}, at if told.gone else heard, heard)


def hear(sale: Sale, news: dict[str, Any], at: Instant, heard: Instant = 0) -> Sale:
    """The sale after what was told to be so at that time, and heard at that other."""
    fresh = {name: Told(at, value, heard) for name, value in news.items()}
    kept = {name: _newer(one, sale.told[name]) if name in sale.told else one for name, one in fresh.items()}
    return replace(sale, told=sale.told | kept)


def _newer(one: Told, other: Told) -> Told:
    """Of two tellings the later; of one time, what was heard last for the first time: a repetition is no news. Of what
    was heard at one time, too, always the same one wins."""
    if one.at != other.at:
        return max(one, other, key=lambda told: told.at)
    first: dict[bytes, tuple[Instant, Any]] = {}
    for heard, value in ((one.heard, one.value), *one.rivals, (other.heard, other.value), *other.rivals):
        text = msgspec.json.encode(value, order="deterministic")
        first[text] = min(first.get(text, (heard, value)), (heard, value), key=lambda told: told[0])
    *rivals, (_, (heard, value)) = sorted(first.items(), key=lambda told: (told[1][0], told[0]))
    return Told(one.at, value, heard, tuple(told for _, told in rivals[-MOST_RIVALS:]))
