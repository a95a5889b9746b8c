"""The order record: an order as its shop reports it, whether or not there is a case about it.

Reports arrive in pieces, twice and out of order. Each value is stored with the time it is from, and the newest report
of it wins; so the record is the same in whatever order the reports arrive (a last-writer-wins map, Shapiro et al., "A
comprehensive study of Convergent and Commutative Replicated Data Types", 2011). What a platform revokes is a report,
too: no value is ever removed, and what counts is worked out when the record is read.
"""

from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.money import UNSTATED, Money, money_of
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import BY_STATEMENT, Dispute, Order, Parcel, Payment, Refund
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.orders.parcels import WHOLE, all_left, parcels_of
from chalicelib.domain.orders.platform_order import PlatformOrder
from chalicelib.domain.orders.revisions import Revision, newer

AT_FIRST = "at_first"
"""The first total of an order, reported if refunds are subtracted from its total and are not listed with it."""
PAYMENT = "payment"
"""The state of its payment."""
GONE = "gone"
"""Whether the platform no longer has the order."""
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
"""The values that change how much of an order may be refunded, or by whom; refunds and disputes do, too."""


class OrderRecord(Struct, frozen=True, kw_only=True):
    """What was reported of one order."""

    shop: str
    external_id: str
    told: dict[str, Revision] = {}
    """The reported values, by name."""
    version: int = 0
    """How many times it was written."""

    def _value(self, name: str) -> Any:
        return self.told[name].value if name in self.told else None

    def _values(self, prefix: str) -> list[Any]:
        """The values whose names have this prefix, sorted by name."""
        return [revision.value for name, revision in sorted(self.told.items()) if name.startswith(prefix)]

    @property
    def order(self) -> Order:
        """The order as cases store it."""
        values = {name: value for name in ORDER_FIELDS if (value := self._value(name)) is not None}
        values |= {"delivered_at": self.delivered_at, "total": self.total}
        return msgspec.convert({"external_id": self.external_id, **values}, Order)

    @property
    def total(self) -> Money | None:
        """What was paid for the order in all. If the last reported total had refunds subtracted that were not listed
        with it, the refunds made by then are added again; the result is never more than the first total."""
        last = self.told.get("total")
        first = self.told.get(AT_FIRST)
        total = msgspec.convert(last.value, Money) if last is not None else None
        if total is None or last is None or first is None or first.stamp != last.stamp:
            return total
        subtracted = [
            refund.amount.value
            for refund in self.reported_refunds
            if refund.counts and refund.amount.currency == total.currency and (refund.at or 0) <= last.at
        ]
        paid = sum(subtracted, total.value)
        most = msgspec.convert(first.value, Money | None)
        return money_of(min(paid, most.value) if most else paid, total.currency)

    @property
    def payment(self) -> Payment | None:
        """The state of its payment, if its platform reports it."""
        return self._value(PAYMENT)  # type: ignore[no-any-return]

    @property
    def number(self) -> str | None:
        """The number people use for it, if that is not its id."""
        return self._value("number")  # type: ignore[no-any-return]

    @property
    def customer(self) -> str | None:
        """The id of the customer who bought it."""
        return self._value("customer")  # type: ignore[no-any-return]

    @property
    def purchased_at(self) -> Instant:
        """When it was bought; the time of the first report of it, if that was not reported."""
        return self._value("purchased_at") or min(revision.at for revision in self.told.values())

    @property
    def promised_at(self) -> Instant | None:
        """By when it was promised (`Order.estimated_delivery_at`), which is read of very many orders."""
        return self._value("estimated_delivery_at")  # type: ignore[no-any-return]

    @property
    def cancelled_at(self) -> Instant | None:
        """When it was cancelled. An order that the platform no longer has counts as cancelled, until the platform
        reports it again."""
        gone = self.told.get(GONE)
        complete = self.told.get(WHOLE)
        is_gone = gone is not None and gone.value and (complete is None or complete.stamp < gone.stamp)
        return self._value("cancelled_at") or (gone.at if gone is not None and is_gone else None)

    @property
    def parcels(self) -> tuple[Parcel, ...]:
        """The parcels that left for the customer."""
        return parcels_of(self.told)

    @property
    def reported_refunds(self) -> tuple[Refund, ...]:
        """All refunds that were reported, including pending, failed and revoked ones."""
        refunds = (msgspec.convert(value, Refund) for value in self._values("refund/"))
        return tuple(replace(refund, amount=self.in_its_currency(refund.amount)) for refund in refunds)

    def in_its_currency(self, amount: Money) -> Money:
        """An amount that was reported without its currency, in the currency of the order; unchanged if that is
        unknown."""
        return Money(amount.amount, self._currency) if amount.currency == UNSTATED else amount

    @property
    def _currency(self) -> str:
        items = self._value("items") or ()
        amounts = [self._value("total"), *(item.get(name) for item in items for name in ("paid", "price"))]
        return next((amount["currency"] for amount in amounts if amount), UNSTATED)

    @property
    def refunds(self) -> tuple[Refund, ...]:
        """The refunds that were made."""
        return tuple(refund for refund in self.reported_refunds if refund.counts and refund.state == "done")

    @property
    def disputes(self) -> tuple[Dispute, ...]:
        """Payments that the customer's bank took back or asks about."""
        disputes = (msgspec.convert(value, Dispute) for value in self._values("dispute/"))
        return tuple(replace(dispute, amount=self.in_its_currency(dispute.amount)) for dispute in disputes)

    @property
    def is_of_statements(self) -> bool:
        """Whether only a payment service's statement reported it; then it is not known whose order it is."""
        prefixes = tuple(f"{kind}/{BY_STATEMENT}" for kind in ("refund", "dispute"))
        return all(name.startswith(prefixes) for name in self.told)

    @property
    def money(self) -> dict[str, Any]:
        """All reported values about its money: when they change, the money of the order must be counted again."""
        names = [name for name in self.told if name in MONEY_FIELDS or name.startswith(("refund/", "dispute/"))]
        return {name: self.told[name].value for name in names}

    @property
    def delivered_at(self) -> Instant | None:
        """When it was delivered: as reported, or when its last parcel was delivered, if all that was ordered was
        sent."""
        reported: Instant | None = self._value("delivered_at")
        parcels = () if reported else self.parcels
        times = [parcel.delivered_at for parcel in parcels if parcel.delivered_at is not None]
        if not times or len(times) < len(parcels) or not all_left(self.told, parcels):
            return reported
        return max(times)


def apply_order_update(
    record: OrderRecord, update: OrderUpdate, values: dict[str, Any], occurred_at: Instant, received_at: Instant
) -> OrderRecord:
    """The record after an update with these values. That the platform has the order again holds from when we receive
    it: what the platform then reports may be older than the loss of the order."""
    after = apply_revisions(record, values, occurred_at, received_at)
    if not isinstance(update, PlatformOrder) or update.gone is None:
        return after
    return apply_revisions(after, {GONE: update.gone}, occurred_at if update.gone else received_at, received_at)


def apply_revisions(
    record: OrderRecord, values: dict[str, Any], occurred_at: Instant, received_at: Instant = 0
) -> OrderRecord:
    """The record after a report of these values that is from one time and was received at the other."""
    revisions = dict(record.told)
    for name, value in values.items():
        reported = Revision(occurred_at, value, received_at)
        revisions[name] = newer(reported, revisions[name]) if name in revisions else reported
    return replace(record, told=revisions)
