"""Working time: weekly hours with several spans a day, holidays, make-up workdays, own closures, any time zone.

A calendar says which local wall-clock spans of which days are worked; all arithmetic is then done on instants,
so a change of clocks in the night neither adds nor loses working time. Calendars are immutable: a change is a
new version, and a running clock keeps the version it started on. A calendar with a country's holidays knows them for
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
# A due time further away than this means the calendar hardly works at all: refuse it rather than search on.
HORIZON_DAYS = 3 * 366
WEEK_MS = 7 * DAY_MS

Span = tuple[str, str]


class Calendar(Struct, frozen=True, kw_only=True):
    """When a shop works. `version` 0 is a draft that was not stored yet."""

    id: str
    version: int = 0
    time_zone: str
    hours: dict[str, tuple[Span, ...]]
    holidays: str | None = None
    closed: tuple[Day, ...] = ()
    open: dict[Day, tuple[Span, ...]] = {}
    public: tuple[Day, ...] = ()
    """The public holidays of the country, materialised when this version was made."""
    makeup: tuple[Day, ...] = ()
    """Rest days that are worked instead of a holiday (China's 调休)."""
    known_until: Day | None = None
    """The last day whose holidays are known; None where it keeps none."""
    guessed: tuple[int, ...] = ()
    """Years whose make-up workdays were not yet announced when this version was made."""

    @property
    def name(self) -> str:
        """`<id>@<version>`, as clocks show it."""
        return f"{self.id}@{self.version}"

    def __hash__(self) -> int:
        return hash((self.id, self.version, self.time_zone))

    def spans_of(self, day: Day) -> tuple[Span, ...]:
        """The local spans worked on a day. Own dates win over public ones, closures over openings. A make-up workday
        has its own weekday's hours; where that has none, those of the first day of the week that works."""
        if day in self.closed:
            return ()
        if day in self.open:
            return self.open[day]
        own = self.hours.get(WEEKDAYS[date.fromisoformat(day).weekday()], ())
        if day in self.makeup:
            return own or next((self.hours[one] for one in WEEKDAYS if self.hours.get(one)), ())
        return () if day in self.public else own


def check(calendar: Calendar) -> None:
    """Refuse what cannot be worked by: unknown zones, spans that are empty, overlap or are not times."""
    try:
        zone_info(calendar.time_zone)
    except (KeyError, ValueError, OSError):
        raise invalid("time_zone", f"{calendar.time_zone!r} is not an IANA time zone, such as Asia/Shanghai") from None
    for weekday in calendar.hours:
        if weekday not in WEEKDAYS:
            raise invalid(f"hours.{weekday}", f"is not one of {', '.join(WEEKDAYS)}")
    for day in (*calendar.closed, *calendar.open):
        _check_day(day)
    for path, spans in [*_at("hours", calendar.hours), *_at("open", calendar.open)]:
        _check_spans(path, spans)
    if not any(calendar.hours.values()):
        raise invalid("hours", "works on no day of the week; give at least one span")


def _at(name: str, table: dict[str, tuple[Span, ...]]) -> list[tuple[str, tuple[Span, ...]]]:
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

    A wall time that a change of clocks skips is the moment of the jump, so what it swallows is empty; one that comes
    twice means the first.
    """
    spans = calendar.spans_of(day)
    found = [(_instant(day, start, calendar.time_zone), _instant(day, end, calendar.time_zone)) for start, end in spans]
    return tuple((begins, ends) for begins, ends in found if begins < ends)


def _instant(day: Day, wall: str, time_zone: str) -> Instant:
    if wall == "24:00":
        return start_of(next_day(day), time_zone)
    return at_local_time(day, time.fromisoformat(wall), time_zone)


@lru_cache(maxsize=4096)
def _worked_in_week(calendar: Calendar, monday: date) -> tuple[tuple[Instant, Instant], ...]:
    days = ((monday + timedelta(days=ahead)).isoformat() for ahead in range(7))
    return tuple(stretch for day in days for stretch in worked_on(calendar, day))


def _stretches(calendar: Calendar, start: Instant, end: Instant) -> Iterator[tuple[Instant, Instant]]:
    """What is worked between two instants. Read in weeks from Monday on, so that what was read is found again."""
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

    The answer is never outside working hours: with nothing to add it is the next worked instant, and work that
    fills a stretch to its last moment is due at that moment (Friday 18:00, not Monday 09:00). A calendar that
    hardly works at all is not searched for ever: then the horizon's end is due.
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
    """Refuse a calendar that does not work `seconds` within the horizon: a promise by it would have no due time."""
    if working_between(calendar, start, start + HORIZON_DAYS * DAY_MS) < seconds:
        raise invalid("calendar", f"{calendar.id} works less than {seconds:.0f} s in {HORIZON_DAYS} days")


def working_between(calendar: Calendar, start: Instant, end: Instant) -> float:
    """Seconds of working time between two instants, however far apart; 0 when `end` is not after `start`."""
    if calendar is ALWAYS:
        return max(0, end - start) / SECOND_MS
    return sum(ends - begins for begins, ends in _stretches(calendar, start, end)) / SECOND_MS


ALWAYS = Calendar(id="always", version=1, time_zone="UTC", hours=dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),)))
"""Every hour of every day: the calendar of clocks that do not rest."""
