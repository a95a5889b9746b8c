"""A calendar as it is typed: hours such as `09:00-12:00, 13:00-18:00`, and days one a line."""

import re
from typing import Any

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.sla.calendars import WEEKDAYS, Calendar
from chalicelib.entrypoints.http.desk.settings.calendars.year import hours_text
from chalicelib.entrypoints.http.desk.settings.lists import listed

SPAN = re.compile(r"([0-9]{1,2})[:：.]([0-9]{2})\s*(?:-|–|—|~|～|至|to)\s*([0-9]{1,2})[:：.]([0-9]{2})")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NAMES = ("time_zone", "holidays", "closed", "open", *(f"hours.{weekday}" for weekday in WEEKDAYS))


def values_of(calendar: Calendar) -> dict[str, str]:
    """The fields of the form for a calendar."""
    hours = {f"hours.{weekday}": hours_text(calendar.hours.get(weekday, ())) for weekday in WEEKDAYS}
    return hours | {
        "time_zone": calendar.time_zone,
        "holidays": calendar.holidays or "",
        "closed": "\n".join(calendar.closed),
        "open": "\n".join(f"{day}: {hours_text(spans)}".rstrip(": ") for day, spans in calendar.open.items()),
    }


def read_calendar(form: dict[str, str]) -> dict[str, Any]:
    """What was typed, as the API takes it. Invalid names each field that cannot be read, with a phrase of ours."""
    errors: list[tuple[str, str]] = []
    hours: dict[str, Any] = {}
    for weekday in WEEKDAYS:
        spans = _spans(form.get(f"hours.{weekday}", ""))
        if spans is None:
            errors.append((f"hours.{weekday}", "calendars.fault.hours"))
        elif spans:
            hours[weekday] = spans
    closed = listed(form.get("closed", ""))
    if not all(DATE.fullmatch(day) for day in closed):
        errors.append(("closed", "calendars.fault.days"))
    opened = _open(form.get("open", ""))
    if opened is None:
        errors.append(("open", "calendars.fault.open"))
    if errors:
        raise Invalid(errors)
    holidays = form.get("holidays", "").upper() or None
    zone = form.get("time_zone", "")
    return {"time_zone": zone, "holidays": holidays, "hours": hours, "closed": closed, "open": opened}


def _spans(text: str) -> list[list[str]] | None:
    """The spans of a day; none for an empty text, None if it cannot be read."""
    spans = []
    for each in listed(text):
        match = SPAN.fullmatch(each)
        if match is None:
            return None
        spans.append([f"{int(match[1]):02d}:{match[2]}", f"{int(match[3]):02d}:{match[4]}"])
    return spans


def _open(text: str) -> dict[str, Any] | None:
    """The hours of single days, one day a line; None if one cannot be read."""
    days: dict[str, Any] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        day, hours = line[:10], line[10:].lstrip(" :：")
        spans = _spans(hours)
        if not DATE.fullmatch(day) or not spans:
            return None
        days[day] = spans
    return days
