"""Retention: when a customer was last active, and whether their retention period is over."""

from typing import Annotated

from msgspec import Meta

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant, to_datetime
from chalicelib.domain.kernel.validation import Input, Line


class HoldIn(Input, frozen=True):
    """The body of `PUT /v1/customers/{customer}/hold`: why a legal hold is placed on the customer's data."""

    reason: Annotated[Line, Meta(min_length=1)]


def month_of(instant: Instant) -> str:
    """The month of a time in UTC, such as `2026-11`."""
    return to_datetime(max(instant, 0)).strftime("%Y-%m")


def last_contact_at(seen_at: Instant, cases: list[Case], purchases: list[Instant]) -> Instant | None:
    """When a customer was last active; None while one of their cases is open."""
    if any(not case.done for case in cases):
        return None
    ends = [case.closed_at or case.resolved_at or case.opened_at for case in cases]
    return max([seen_at, *ends, *purchases])


def is_over(last: Instant | None, days: int | None, now: Instant) -> bool:
    """Whether a retention period of so many days since `last` is over; it never is without either of them."""
    return last is not None and days is not None and now - last > days * DAY_MS
