"""What a day has brought so far, case by case: opened, answered for the first time, resolved, a promise broken.

All four are said of cases as they stand now: one that was resolved and is open again has no resolution.
"""

from typing import Literal, get_args

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of, next_day, start_of

Figure = Literal["opened", "replied", "resolved", "breached"]
FIGURES: tuple[Figure, ...] = get_args(Figure)
WEEK_DAYS = 7


class Period(Struct, frozen=True):
    """A part of a day, from its start on."""

    day: Day
    start: Instant
    end: Instant


def today_and_last_week(now: Instant, time_zone: str) -> tuple[Period, Period]:
    """Today until now, and the same day a week ago until the same time after it began."""
    today = day_of(now, time_zone)
    start = start_of(today, time_zone)
    before = next_day(today, -WEEK_DAYS)
    start_before = start_of(before, time_zone)
    return Period(today, start, now), Period(before, start_before, start_before + now - start)


def whole_day(day: Day, time_zone: str) -> Period:
    """All of a day."""
    return Period(day, start_of(day, time_zone), start_of(next_day(day), time_zone))


def counts(case: Case, figure: Figure, period: Period) -> bool:
    """Whether a case counts in this figure of a period."""
    if figure == "breached":
        return any(
            _is_within(clock.due_at, period) and (clock.state == "breached" or clock.overdue(period.end))
            for clock in case.clocks
        )
    moments = {"opened": case.opened_at, "replied": case.first_reply_at, "resolved": case.resolved_at}
    return _is_within(moments[figure], period)


def _is_within(moment: Instant | None, period: Period) -> bool:
    return moment is not None and period.start <= moment < period.end


class Estimate(Struct, frozen=True):
    """A number of cases: counted if `exact`, and otherwise estimated from a part of them."""

    count: int
    exact: bool = True
