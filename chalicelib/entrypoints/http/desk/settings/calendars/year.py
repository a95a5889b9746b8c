"""A year of a calendar as a picture: twelve months, each day with what it is."""

import calendar as months
from datetime import date
from typing import Literal

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import Day
from chalicelib.domain.sla.calendars import WEEKDAYS, Calendar, Span

DayKind = Literal["work", "rest", "half", "holiday", "makeup", "closed", "open"]
KINDS: tuple[DayKind, ...] = ("work", "half", "rest", "holiday", "makeup", "closed", "open")


class DayCell(Struct, frozen=True):
    """A day of the picture, and its hours as text."""

    day: Day
    number: int
    kind: DayKind
    hours: str


class Month(Struct, frozen=True):
    """A month of the picture: its weeks from Monday on, each with seven days; None for those of other months."""

    number: int
    weeks: list[list[DayCell | None]]


def year_of(calendar: Calendar, year: int) -> list[Month]:
    """The twelve months of a year."""
    full = max((_minutes(spans) for spans in calendar.hours.values()), default=0)
    weeks = months.Calendar()

    def cell(day: date) -> DayCell:
        text = day.isoformat()
        return DayCell(text, day.day, _kind(calendar, text, full), hours_text(calendar.spans_of(text)))

    return [
        Month(
            number,
            [
                [cell(day) if day.month == number else None for day in week]
                for week in weeks.monthdatescalendar(year, number)
            ],
        )
        for number in range(1, 13)
    ]


def special_days(pictured: list[Month]) -> list[DayCell]:
    """The days of a year that are not as their weekday is, as a list for readers of text."""
    cells = [cell for month in pictured for week in month.weeks for cell in week if cell is not None]
    return [cell for cell in cells if cell.kind in ("holiday", "makeup", "closed", "open")]


def _kind(calendar: Calendar, day: Day, full: int) -> DayKind:
    """What a day is; the shop's own days win over public ones, as in `Calendar.spans_of`."""
    if day in calendar.closed:
        return "closed"
    if day in calendar.open:
        return "open"
    if day in calendar.makeup:
        return "makeup"
    usual = calendar.hours.get(WEEKDAYS[date.fromisoformat(day).weekday()], ())
    if not usual:
        return "rest"
    if day in calendar.public:
        return "holiday"
    return "half" if _minutes(usual) < full else "work"


def hours_text(spans: tuple[Span, ...]) -> str:
    """The spans of a day as they are typed: `09:00-12:00, 13:00-18:00`."""
    return ", ".join(f"{start}-{end}" for start, end in spans)


def _minutes(spans: tuple[Span, ...]) -> int:
    return sum(_minute(end) - _minute(start) for start, end in spans)


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
