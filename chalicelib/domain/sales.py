"""A sale: an order as its shop tells of it, whether or not anything goes wrong with it.

What is told comes in pieces, twice and in disorder. Each piece is kept with the time it is from, and the newest
telling of it wins; so the sale is the same in whatever order it was told (a last-writer-wins map, Shapiro et al.,
"A comprehensive study of Convergent and Commutative Replicated Data Types", 2011).
"""

from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from chalicelib.domain.instants import Instant
from chalicelib.domain.orders import Dispute, Order, Parcel, Refund

OF_THE_ORDER = (
    "items", "total", "purchased_at", "delivered_at", "estimated_delivery_at", "number", "shipping", "presented",
)  # fmt: skip
OF_MONEY = ("items", "total", "shipping", "presented", "cancelled_at")
"""What is told of an order that changes how much of it may be given, or by whom; refunds and disputes do, too."""


class Told(Struct, frozen=True, array_like=True):
    """One thing that was told, in plain values, and when it was so."""

    at: Instant
    value: Any


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
        known = {name: self._value(name) for name in OF_THE_ORDER if name in self.told}
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
        """When it was called off."""
        return self._value("cancelled_at")  # type: ignore[no-any-return]

    @property
    def parcels(self) -> tuple[Parcel, ...]:
        """The parcels that left for the customer."""
        found: dict[str, dict[str, Any]] = {}
        for name, one in self.told.items():
            if name.startswith("parcel/"):
                identifier, _, field = name.removeprefix("parcel/").rpartition("/")
                found.setdefault(identifier, {"id": identifier})[field] = one.value
        return tuple(msgspec.convert(found[identifier], Parcel) for identifier in sorted(found))

    @property
    def told_refunds(self) -> tuple[Refund, ...]:
        """All refunds that were told, also those that are on their way, failed, or were taken back."""
        found = (one.value for name, one in sorted(self.told.items()) if name.startswith("refund/"))
        return tuple(msgspec.convert(one, Refund) for one in found)

    @property
    def refunds(self) -> tuple[Refund, ...]:
        """What the shop gave back by itself."""
        return tuple(one for one in self.told_refunds if one.counts and one.state == "done")

    @property
    def disputes(self) -> tuple[Dispute, ...]:
        """Payments that the customer's bank took back or asks about."""
        found = (one.value for name, one in sorted(self.told.items()) if name.startswith("dispute/"))
        return tuple(msgspec.convert(one, Dispute) for one in found)

    @property
    def money(self) -> dict[str, Any]:
        """All that was told of its money: when this changes, what is counted of it elsewhere is to be counted anew."""
        heads = ("refund/", "dispute/")
        return {name: one.value for name, one in self.told.items() if name in OF_MONEY or name.startswith(heads)}

    @property
    def delivered_at(self) -> Instant | None:
        """When the customer had it: as told, or when the last of its parcels came."""
        told: Instant | None = self._value("delivered_at")
        came = [parcel.delivered_at for parcel in self.parcels]
        under_way = not came or None in came
        return told if told or under_way else max(at for at in came if at)


def news_of(
    order: Order, customer: str | None, cancelled_at: Instant | None, parcels: tuple[Parcel, ...],
    refunds: tuple[Refund, ...], disputes: tuple[Dispute, ...] = (),
) -> dict[str, Any]:  # fmt: skip
    """What is told of a sale, thing by thing, in plain values. What is not told is not there."""
    told = {name: getattr(order, name) for name in OF_THE_ORDER}
    told |= {"customer": customer, "cancelled_at": cancelled_at}
    for parcel in parcels:
        told |= {f"parcel/{parcel.id}/{name}": value for name, value in asdict(parcel).items() if name != "id"}
    told |= {f"refund/{refund.id}": refund for refund in refunds}
    told |= {f"dispute/{dispute.id}": dispute for dispute in disputes}
    kept = {name: value for name, value in told.items() if value not in (None, ())}
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(kept))  # as it is read back: lists, not tuples
    return plain


def hear(sale: Sale, news: dict[str, Any], at: Instant) -> Sale:
    """The sale after what was told to be so at that time."""
    fresh = {name: Told(at, value) for name, value in news.items()}
    kept = {name: max(one, sale.told.get(name, one), key=_newest) for name, one in fresh.items()}
    return replace(sale, told=sale.told | kept)


def _newest(one: Told) -> tuple[Instant, bytes]:
    """Of two things told to be so at the same time, always the same one wins."""
    return one.at, msgspec.json.encode(one.value, order="deterministic")
