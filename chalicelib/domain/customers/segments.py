"""What kind of customer somebody is, by what they bought and said: counted each night, for those who do not mind.

The definitions as they are computed stand in `adapters/customers/segments.sql`; `docs/metrics.md` has them in words.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.enums import Priority
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant
from chalicelib.domain.kernel.validation import Input
from chalicelib.domain.orders.order_record import OrderRecord

Rfm = Literal[
    "champions",
    "loyal",
    "potential",
    "new",
    "promising",
    "at_risk",
    "cant_lose",
    "hibernating",
    "lost",
]
Lifecycle = Literal["new", "growing", "mature", "sleeping", "lost"]
Level = Literal["high", "middle", "low"]
Loyalty = Literal["single", "repeat", "loyal"]
Need = Literal["elderly", "disabled"]
YEAR = 365 * DAY_MS
MOST_ORDERS, MOST_ANSWERS = 400, 5
RAISED: dict[Priority, Priority] = {"low": "normal", "normal": "high", "high": "high", "urgent": "urgent"}


class Bought(Struct, frozen=True, array_like=True):
    """One order: when, and for how much."""

    at: Instant
    amount: str = "0"
    currency: str = ""


class Standing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person bought in a year, since when they buy, and their last answers."""

    key: str
    first_at: Instant | None = None
    bought: tuple[Bought, ...] = ()
    answers: tuple[int, ...] = ()
    """CSAT of their last answers, the newest last."""
    records: tuple[str, ...] = ()
    """The keys of all records that are this person."""


class Segments(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What kind of customer somebody is. `rfm` is what `when.segment` of a rule and an agent's `segments` name."""

    rfm: Rfm | None = None
    lifecycle: Lifecycle | None = None
    satisfaction: Level | None = None
    loyalty: Loyalty | None = None


class Membership(Struct, frozen=True):
    """A person with the segments they were told to be in."""

    standing: Standing
    segments: Segments | None = None


class CareIn(Input, frozen=True):
    """The body of `PUT /v1/customers/{customer}/care`: what the customer says they need; nothing takes it back."""

    needs: Annotated[tuple[Need, ...], Meta(max_length=2)]


def standing_of(
    key: str, records: tuple[str, ...], sales: list[OrderRecord], cases: list[Case], now: Instant
) -> Standing | None:
    """What is known of a person; None of whom nothing is, who is in no segment then. Orders called off do not count."""
    kept = sorted((one for one in sales if one.cancelled_at is None), key=lambda one: one.purchased_at)
    year = [one for one in kept if now - YEAR < one.purchased_at <= now][-MOST_ORDERS:]
    answers = sorted(
        (answer.at, answer.csat) for case in cases for answer in case.satisfaction.answers if answer.csat is not None
    )
    if not kept and not answers:
        return None
    return Standing(
        key=key,
        records=records,
        first_at=kept[0].purchased_at if kept else None,
        bought=tuple(_bought(one) for one in year) or (_bought(kept[-1]),) if kept else (),
        answers=tuple(csat for _, csat in answers[-MOST_ANSWERS:]),
    )


def _bought(sale: OrderRecord) -> Bought:
    total = sale.order.total
    return Bought(sale.purchased_at, total.amount if total else "0", total.currency if total else "")


def raised(priority: Priority, needs: tuple[Need, ...]) -> Priority:
    """The priority of a case of somebody who needs special care: one step up, short of urgent."""
    return RAISED[priority] if needs else priority
