"""Working time: weekly hours with several spans a day, holidays, make-up workdays, own closures, any time zone.

A calendar names the spans of local time that are worked on each day; all arithmetic is done on instants, so the change
between summer and winter time neither adds nor removes working time. Calendars are immutable: a change is a new
version, and a running clock keeps the version it started with. A calendar with a country's holidays contains them for
as long as a clock that starts in its year may run; it is renewed every year (`usecases/shops/renew_calendars.py`).
"""

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from functools import lru_cache

from msgspec import Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import (
    DAY_MS,
    SECOND_MS,
    Day,
    Instant,
    at_local_time,
    day_of,
    next_day,
    start_of,
    zone_info,
)

CLOCK = re.compile("[0-9]{2}:[0-9]{2}")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE_HOURS = (("09:00", "12:00"), ("13:00", "18:00"))
HORIZON_DAYS = 3 * 366
"""A due time is searched for this many days ahead; a calendar with so little working time is refused."""
WEEK_MS = 7 * DAY_MS

Span = tuple[str, str]


class Calendar(Struct, frozen=True, kw_only=True):
    """The working time of a shop. `version` 0 is a draft that is not stored yet."""

    id: str
    version: int = 0
    time_zone: str
    hours: dict[str, tuple[Span, ...]]
    holidays: str | None = None
    closed: tuple[Day, ...] = ()
    open: dict[Day, tuple[Span, ...]] = {}
    public: tuple[Day, ...] = ()
    """The public holidays of the country, looked up when this version was made."""
    makeup: tuple[Day, ...] = ()
    """Days off that are worked in exchange for a holiday (China's 调休)."""
    known_until: Day | None = None
    """The last day whose holidays are known; None if the calendar has no holidays."""
    guessed: tuple[int, ...] = ()
    """Years whose make-up workdays were not announced yet when this version was made."""

    @property
    def name(self) -> str:
        """`<id>@<version>`, as clocks name it."""
        return f"{self.id}@{self.version}"

    def __hash__(self) -> int:
        return hash((self.id, self.version, self.time_zone))

    def spans_of(self, day: Day) -> tuple[Span, ...]:
        """The local spans that are worked on a day. The shop's own dates win over public ones, closures over openings.
        A make-up workday has the hours of its weekday or, if that has none, of the first weekday that is worked."""
        if day in self.closed:
            return ()
        if day in self.open:
            return self.open[day]
        usual = self.hours.get(WEEKDAYS[date.fromisoformat(day).weekday()], ())
        if day in self.makeup:
            return usual or next((self.hours[weekday] for weekday in WEEKDAYS if self.hours.get(weekday)), ())
        return () if day in self.public else usual


def check(calendar: Calendar) -> None:
    """`Invalid` if the calendar has an unknown time zone or weekday, an empty or overlapping span, or no hours at
    all."""
    try:
        zone_info(calendar.time_zone)
    except (KeyError, ValueError, OSError):
        raise invalid("time_zone", f"{calendar.time_zone!r} is not an IANA time zone, such as Asia/Shanghai") from None
    for weekday in calendar.hours:
        if weekday not in WEEKDAYS:
            raise invalid(f"hours.{weekday}", f"is not one of {', '.join(WEEKDAYS)}")
    for day in (*calendar.closed, *calendar.open):
        _check_day(day)
    for path, spans in [*_with_paths("hours", calendar.hours), *_with_paths("open", calendar.open)]:
        _check_spans(path, spans)
    if not any(calendar.hours.values()):
        raise invalid("hours", "works on no day of the week; give at least one span")


def _with_paths(name: str, table: dict[str, tuple[Span, ...]]) -> list[tuple[str, tuple[Span, ...]]]:
    return [(f"{name}.{key}", spans) for key, spans in table.items()]


def _check_day(day: Day) -> None:
    try:
        if date.fromisoformat(day).isoformat() != day:
            raise ValueError
    except ValueError:
        raise invalid("closed", f"{day!r} is not a date such as 2026-10-01") from None


def _check_spans(path: str, spans: tuple[Span, ...]) -> None:
    before = ""
    for start, end in spans:
        if not (_is_time(start) and (_is_time(end) or end == "24:00")):
            raise invalid(path, "times are written HH:MM, from 00:00 to 24:00")
        if not start < end:
            raise invalid(path, f"{start}–{end} is empty; a span past midnight is two spans")
        if start < before:
            raise invalid(path, f"{start}–{end} overlaps the span before it; give spans in order")
        before = end


def _is_time(text: str) -> bool:
    try:
        return bool(CLOCK.fullmatch(text)) and time.fromisoformat(text) is not None
    except ValueError:
        return False


def worked_on(calendar: Calendar, day: Day) -> tuple[tuple[Instant, Instant], ...]:
    """The worked stretches of a day as instants, in order, without overlap.

    A local time that a change of clocks skips is the moment of the change, so a span inside the skipped hour is empty;
    a local time that occurs twice means the first.
    """
    zone = calendar.time_zone
    stretches = [(_instant(day, start, zone), _instant(day, end, zone)) for start, end in calendar.spans_of(day)]
    return tuple((begins, ends) for begins, ends in stretches if begins < ends)


def _instant(day: Day, wall: str, time_zone: str) -> Instant:
    if wall == "24:00":
        return start_of(next_day(day), time_zone)
    return at_local_time(day, time.fromisoformat(wall), time_zone)


@lru_cache(maxsize=4096)
def _worked_in_week(calendar: Calendar, monday: date) -> tuple[tuple[Instant, Instant], ...]:
    days = ((monday + timedelta(days=ahead)).isoformat() for ahead in range(7))
    return tuple(stretch for day in days for stretch in worked_on(calendar, day))


def _stretches(calendar: Calendar, start: Instant, end: Instant) -> Iterator[tuple[Instant, Instant]]:
    """The worked stretches between two instants. They are computed by weeks from Monday on, so that the cache is
    hit."""
    monday = date.fromisoformat(day_of(start, calendar.time_zone))
    monday -= timedelta(days=monday.weekday())
    for ahead in range((end - start) // WEEK_MS + 2):
        for begins, ends in _worked_in_week(calendar, monday + timedelta(weeks=ahead)):
            if begins >= end:
                return
            if ends > start:
                yield max(begins, start), min(ends, end)


def add_working(calendar: Calendar, start: Instant, seconds: float) -> Instant:
    """The instant by which `seconds` of working time have passed since `start`.

    The result is never outside working hours: with nothing to add it is the next worked instant, and work that fills a
    stretch to its end is due at that end (Friday 18:00, not Monday 09:00). If there is too little working time within
    the horizon, the result is the end of the horizon.
    """
    left = round(seconds * SECOND_MS)
    if calendar is ALWAYS:
        return start + left
    horizon = start + HORIZON_DAYS * DAY_MS
    for begins, ends in _stretches(calendar, start, horizon):
        if left <= ends - begins:
            return begins + left
        left -= ends - begins
    return horizon


def check_works(calendar: Calendar, start: Instant, seconds: float) -> None:
    """`Invalid` if the calendar has less than `seconds` of working time within the horizon: a target in it would have
    no due time."""
    if working_between(calendar, start, start + HORIZON_DAYS * DAY_MS) < seconds:
        raise invalid("calendar", f"{calendar.id} works less than {seconds:.0f} s in {HORIZON_DAYS} days")


def working_between(calendar: Calendar, start: Instant, end: Instant) -> float:
    """Seconds of working time between two instants, however far apart; 0 when `end` is not after `start`."""
    if calendar is ALWAYS:
        return max(0, end - start) / SECOND_MS
    return sum(ends - begins for begins, ends in _stretches(calendar, start, end)) / SECOND_MS


ALWAYS = Calendar(id="always", version=1, time_zone="UTC", hours=dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),)))
"""Every hour of every day: the calendar of clocks that never pause outside working time."""
ALWAYS_NAME = ALWAYS.name
