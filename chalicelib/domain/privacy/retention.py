"""How long what kind of data is kept, and who may not be forgotten yet."""

from typing import Annotated

from msgspec import Meta

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant, to_datetime
from chalicelib.domain.kernel.validation import Input, Line


class HoldIn(Input, frozen=True):
    """The body of `PUT /v1/customers/{customer}/hold`: why a person's data must be kept."""

    reason: Annotated[Line, Meta(min_length=1)]


def month_of(at: Instant) -> str:
    """The month in which somebody was last heard of, such as `2026-11`."""
    return to_datetime(max(at, 0)).strftime("%Y-%m")


def last_heard(seen_at: Instant, cases: list[Case], bought: list[Instant]) -> Instant | None:
    """When a person last did something; None while one of their cases is open."""
    if any(not case.done for case in cases):
        return None
    ends = [case.closed_at or case.resolved_at or case.opened_at for case in cases]
    return max([seen_at, *ends, *bought])


def is_over(last: Instant | None, days: int | None, now: Instant) -> bool:
    """Whether a person is to be forgotten for their silence."""
    return last is not None and days is not None and now - last > days * DAY_MS
