"""The pages of calendars: all of a shop's, and one with its year and its hours."""

import re
from typing import Any

from chalice.app import Response
from msgspec.structs import replace

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import Invalid, invalid
from chalicelib.domain.kernel.timestamps import day_of
from chalicelib.domain.shops.shop import CALENDAR_ID, CalendarIn
from chalicelib.domain.sla.calendars import OFFICE_HOURS, WEEKDAYS, Calendar
from chalicelib.entrypoints.http.desk.cases.forms import form_body
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.settings.calendars.typed import NAMES, read_calendar, values_of
from chalicelib.entrypoints.http.desk.settings.calendars.year import KINDS, hours_text, special_days, year_of
from chalicelib.entrypoints.http.desk.settings.cards import need_change, open_card, setting_page
from chalicelib.entrypoints.http.requests import parameter

EAST = ("CN", "HK", "TW", "JP", "KR", "SG", "MY", "TH", "VN", "ID", "IN", "AU", "NZ")
WEST = ("US", "CA", "MX", "BR", "GB", "IE", "DE", "AT", "CH", "FR", "BE", "NL", "IT", "ES", "PT", "PL", "SE", "DK")
COUNTRIES = (*EAST, *WEST, "NO", "FI")
"""The countries that the form suggests for public holidays; it takes others, too."""


def show(desk: Desk) -> Response:
    """All calendars of the shop."""
    open_card(desk, "calendars")
    calendars = services().shops.newest_calendars(desk.shop.id)
    return setting_page(
        desk, "calendars", "calendars.html", calendars=calendars, weekdays=WEEKDAYS, hours_text=hours_text
    )


def open_calendar(desk: Desk) -> Response:
    """One calendar (`?calendar=`, `?version=`), its year (`?year=`), and its form; without a name, a new calendar."""
    from chalicelib.usecases.ports.shop_rules import calendar_of
    from chalicelib.usecases.shops.manage_shop import read_calendar as newest

    open_card(desk, "calendars")
    name, version = parameter(desk.request, "calendar"), parameter(desk.request, "version")
    if name is None:
        need_change(desk, "calendars")
        return _form(desk, None, values_of(_new(desk)), "")
    calendar = newest(services(), desk.shop.id, name)
    if version is not None and re.fullmatch("[1-9][0-9]{0,5}", version):
        calendar = calendar_of(services(), desk.shop.id, f"{calendar.id}@{version}")
    return _form(desk, calendar, values_of(calendar), calendar.id)


def save(desk: Desk) -> Response:
    """Save a calendar as a new version."""
    from chalicelib.usecases.shops.change_settings import change_calendar

    need_change(desk, "calendars")
    name = desk.form.get("calendar", "")
    try:
        if not re.match(CALENDAR_ID, name):
            raise invalid("calendar", "calendars.fault.id")
        content = form_body(read_calendar(desk.form), CalendarIn)
        change_calendar(services(), desk.shop.id, name, content, desk.caller.name)
    except Invalid as error:
        words = services().desk_pages.words(desk.language)
        faults = {path: words.get(text, text) for path, text in error.errors}
        stored = services().shops.newest_calendar(desk.shop.id, name) if re.match(CALENDAR_ID, name) else None
        return _form(desk, stored, {each: desk.form.get(each, "") for each in NAMES}, name, 422, faults)
    return see_other(desk.address("settings/calendars?saved=1"))


def _new(desk: Desk) -> Calendar:
    """What a new calendar begins with: office hours in the shop's time zone."""
    return Calendar(id="new", time_zone=desk.shop.time_zone, hours=dict.fromkeys(WEEKDAYS[:5], OFFICE_HOURS))


def _form(
    desk: Desk,
    calendar: Calendar | None,
    values: dict[str, str],
    name: str,
    status: int = 200,
    faults: dict[str, str] | None = None,
) -> Response:
    this_year = int(day_of(desk.now, desk.shop.time_zone)[:4])
    asked = parameter(desk.request, "year") or ""
    year = int(asked) if re.fullmatch("20[0-9]{2}", asked) else this_year
    pictured = year_of(calendar if calendar else replace(_new(desk), id="new"), year)
    given: dict[str, Any] = {"calendar": calendar, "values": values, "name": name, "faults": faults or {}}
    given |= {"year": year, "months": pictured, "special": special_days(pictured), "kinds": KINDS}
    given |= {"weekdays": WEEKDAYS, "countries": COUNTRIES}
    return setting_page(desk, "calendars", "calendar.html", status, **given)
