"""Customer segments, by purchases and survey answers: computed by the nightly job, unless a customer objects.

The definitions are in `adapters/customers/segments.sql`; `docs/metrics.md` explains them.
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
YEAR_MS = 365 * DAY_MS
MAX_ORDERS = 400
MAX_ANSWERS = 5
RAISED: dict[Priority, Priority] = {"low": "normal", "normal": "high", "high": "high", "urgent": "urgent"}


class Bought(Struct, frozen=True, array_like=True):
    """One order: its time and total."""

    at: Instant
    amount: str = "0"
    currency: str = ""


class Standing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person's segments are computed from: the last year's orders, the first order and the last answers."""

    key: str
    first_at: Instant | None = None
    bought: tuple[Bought, ...] = ()
    answers: tuple[int, ...] = ()
    """The CSAT scores of their last answers, the newest last."""
    records: tuple[str, ...] = ()
    """The keys of all records of this person."""


class Segments(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A customer's segments. `when.segment` of a rule and an agent's `segments` refer to `rfm`."""

    rfm: Rfm | None = None
    lifecycle: Lifecycle | None = None
    satisfaction: Level | None = None
    loyalty: Loyalty | None = None


class Membership(Struct, frozen=True):
    """A person's standing, with the segments that are written on their records."""

    standing: Standing
    segments: Segments | None = None


class CareIn(Input, frozen=True):
    """The body of `PUT /v1/customers/{customer}/care`: what the customer says they need; an empty list removes it."""

    needs: Annotated[tuple[Need, ...], Meta(max_length=2)]


def standing_of(
    key: str, records: tuple[str, ...], order_records: list[OrderRecord], cases: list[Case], now: Instant
) -> Standing | None:
    """A person's standing; None without orders and answers: they are in no segment. Cancelled orders do not count."""
    orders = sorted(
        (order for order in order_records if order.cancelled_at is None), key=lambda order: order.purchased_at
    )
    last_year = [order for order in orders if now - YEAR_MS < order.purchased_at <= now][-MAX_ORDERS:]
    answers = sorted(
        (answer.at, answer.csat) for case in cases for answer in case.satisfaction.answers if answer.csat is not None
    )
    if not orders and not answers:
        return None
    return Standing(
        key=key,
        records=records,
        first_at=orders[0].purchased_at if orders else None,
        bought=tuple(_bought(order) for order in last_year or orders[-1:]),
        answers=tuple(csat for _, csat in answers[-MAX_ANSWERS:]),
    )


def _bought(order_record: OrderRecord) -> Bought:
    total = order_record.order.total
    return Bought(order_record.purchased_at, total.amount if total else "0", total.currency if total else "")


def raised(priority: Priority, needs: tuple[Need, ...]) -> Priority:
    """The priority of a case, one step higher when its customer needs special care; it never becomes urgent by that."""
    return RAISED[priority] if needs else priority
