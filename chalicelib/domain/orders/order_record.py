"""A sale: an order as its shop tells of it, whether or not anything goes wrong with it.

What is told comes in pieces, twice and in disorder. Each piece is kept with the time it is from, and the newest
telling of it wins; so the sale is the same in whatever order it was told (a last-writer-wins map, Shapiro et al.,
"A comprehensive study of Convergent and Commutative Replicated Data Types", 2011). What a platform takes back is told,
too, as a piece like every other: nothing is ever removed, and what counts is worked out when it is read.
"""

from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from chalicelib.domain.kernel.currencies import UNSTATED
from chalicelib.domain.kernel.money import Money, money_of
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import BY_STATEMENT, Dispute, Order, Parcel, Payment, Refund
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.orders.parcels import WHOLE, all_left, parcels_of
from chalicelib.domain.orders.platform_order import PlatformOrder
from chalicelib.domain.orders.revisions import Revision, newer

AT_FIRST, PAYMENT = "at_first", "payment"
"""What an order came to at first, told where refunds are off its total and were not told with it; how its payment
stands."""
GONE = "gone"
"""The platform has the order no more."""
ORDER_FIELDS = (
    "items",
    "total",
    "purchased_at",
    "delivered_at",
    "estimated_delivery_at",
    "number",
    "shipping",
    "presented",
    "outstanding",
)
MONEY_FIELDS = ("items", "total", "shipping", "presented", "cancelled_at", "outstanding", AT_FIRST, PAYMENT)
"""What is told of an order that changes how much of it may be given, or by whom; refunds and disputes do, too."""


class OrderRecord(Struct, frozen=True, kw_only=True):
    """What was told of one order."""

    shop: str
    external_id: str
    told: dict[str, Revision] = {}
    version: int = 0
    """How often it was written."""

    def _value(self, name: str) -> Any:
        return self.told[name].value if name in self.told else None

    @property
    def order(self) -> Order:
        """The order as cases hold it."""
        known = {name: value for name in ORDER_FIELDS if (value := self._value(name)) is not None}
        known |= {"delivered_at": self.delivered_at, "total": self._total}
        return msgspec.convert({"external_id": self.external_id, **known}, Order)

    @property
    def _total(self) -> Money | None:
        """What was paid for it in all. Where its refunds were off what was last told, and not told with it, those that
        were made by then are part of it, whenever they were told; it never came to more than at first."""
        last, first = self.told.get("total"), self.told.get(AT_FIRST)
        known = msgspec.convert(last.value, Money) if last is not None else None
        if known is None or last is None or first is None or first.stamp != last.stamp:
            return known
        back = [one for one in self.reported_refunds if one.counts and one.amount.currency == known.currency]
        whole = sum((one.amount.value for one in back if (one.at or 0) <= last.at), known.value)
        most = msgspec.convert(first.value, Money | None)
        return money_of(min(whole, most.value) if most else whole, known.currency)

    @property
    def payment(self) -> Payment | None:
        """How its payment stands, where its platform says so."""
        return self._value(PAYMENT)  # type: ignore[no-any-return]

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
        """The parcels that left for the customer."""
        return parcels_of(self.told)

    @property
    def reported_refunds(self) -> tuple[Refund, ...]:
        """All refunds that were told, also those that are on their way, failed, or were taken back."""
        found = (one.value for name, one in sorted(self.told.items()) if name.startswith("refund/"))
        made = (msgspec.convert(one, Refund) for one in found)
        return tuple(replace(one, amount=self.in_its_currency(one.amount)) for one in made)

    def in_its_currency(self, amount: Money) -> Money:
        """An amount that was told without its currency, in the order's; as it is while nobody told of that."""
        return Money(amount.amount, self._currency) if amount.currency == UNSTATED else amount

    @property
    def _currency(self) -> str:
        items = self._value("items") or ()
        told = [self._value("total"), *(one.get(name) for one in items for name in ("paid", "price"))]
        return next((one["currency"] for one in told if one), UNSTATED)

    @property
    def refunds(self) -> tuple[Refund, ...]:
        """What the shop gave back by itself."""
        return tuple(one for one in self.reported_refunds if one.counts and one.state == "done")

    @property
    def disputes(self) -> tuple[Dispute, ...]:
        """Payments that the customer's bank took back or asks about."""
        found = (one.value for name, one in sorted(self.told.items()) if name.startswith("dispute/"))
        made = (msgspec.convert(one, Dispute) for one in found)
        return tuple(replace(one, amount=self.in_its_currency(one.amount)) for one in made)

    @property
    def is_of_statements(self) -> bool:
        """Whether nobody but a payment service's statement told of it, and so whose order it is is not known."""
        heads = tuple(f"{kind}/{BY_STATEMENT}" for kind in ("refund", "dispute"))
        return all(name.startswith(heads) for name in self.told)

    @property
    def money(self) -> dict[str, Any]:
        """All that was told of its money: when this changes, what is counted of it elsewhere is to be counted anew."""
        heads = ("refund/", "dispute/")
        return {name: one.value for name, one in self.told.items() if name in MONEY_FIELDS or name.startswith(heads)}

    @property
    def delivered_at(self) -> Instant | None:
        """When the customer had it: as told, or when the last of its parcels came, if all that was ordered left."""
        told: Instant | None = self._value("delivered_at")
        parcels = self.parcels
        came = [parcel.delivered_at for parcel in parcels if parcel.delivered_at is not None]
        if told or not came or len(came) < len(parcels) or not all_left(self.told, parcels):
            return told
        return max(came)


def reported_values(
    order: Order,
    customer: str | None,
    cancelled_at: Instant | None,
    parcels: tuple[Parcel, ...],
    refunds: tuple[Refund, ...],
    disputes: tuple[Dispute, ...] = (),
) -> dict[str, Any]:
    """What is told of a sale, thing by thing, in plain values. What is not told is not there."""
    told = {name: getattr(order, name) for name in ORDER_FIELDS}
    told |= {"customer": customer, "cancelled_at": cancelled_at}
    for parcel in parcels:
        told |= {f"parcel/{parcel.id}/{name}": value for name, value in _of_parcel(parcel).items()}
    told |= {f"refund/{refund.id}": refund for refund in refunds}
    told |= {f"dispute/{dispute.id}": dispute for dispute in disputes}
    kept = {name: value for name, value in told.items() if value not in (None, ())}
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(kept))  # as it is read back: lists, not tuples
    return plain


def _of_parcel(parcel: Parcel) -> dict[str, Any]:
    """What was told of a parcel; of one of which nothing was, that there is one."""
    fields = {name: value for name, value in asdict(parcel).items() if name != "id" and value not in (None, ())}
    return fields or {"id": parcel.id}


def apply_order_update(
    sale: OrderRecord, told: OrderUpdate, news: dict[str, Any], at: Instant, heard: Instant
) -> OrderRecord:
    """The sale after the news of what was told of its order: so at that time, and heard at that other. That the
    platform has it again is so when it is heard: what it tells of it then may be older than its loss."""
    after = apply_revisions(sale, news, at, heard)
    if not isinstance(told, PlatformOrder) or told.gone is None:
        return after
    return apply_revisions(after, {GONE: told.gone}, at if told.gone else heard, heard)


def apply_revisions(sale: OrderRecord, news: dict[str, Any], at: Instant, heard: Instant = 0) -> OrderRecord:
    """The sale after what was told to be so at that time, and heard at that other."""
    fresh = {name: Revision(at, value, heard) for name, value in news.items()}
    kept = {name: newer(one, sale.told[name]) if name in sale.told else one for name, one in fresh.items()}
    return replace(sale, told=sale.told | kept)
