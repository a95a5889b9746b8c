"""Find the public holidays and make-up workdays of a country: in the library, or in a government's notice that the
library does not have yet."""

from collections.abc import Container, Iterable
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import day_of
from chalicelib.domain.sla.calendars import Calendar
from chalicelib.domain.sla.public_holidays import PublicDays, with_public_days

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasClock

YEARS_BACK = 1
YEARS_AHEAD = 4
"""A clock may run for three years (`HORIZON_DAYS`): one that starts on the last day of a year ends in the fourth year
after it, and keeps the calendar it started with."""


class Notice(Struct, frozen=True):
    """A year in a government's notice: the days off, without adjacent weekends, and the make-up workdays."""

    off: tuple[str, ...]
    makeup: tuple[str, ...]


NOTICES: dict[str, dict[int, Notice]] = {}
"""Notices that are published before the library has them, by country and year. China's is published early in November.
Write the source beside each notice, and remove it when the library has the year."""


def materialise_holidays(services: "HasClock", draft: Calendar) -> Calendar:
    """The calendar with its country's holidays and make-up workdays, from last year to the fourth after this.

    They are stored in the version, because the first look-up of a country takes as long as a cold start.
    """
    if draft.holidays is None:
        return draft
    year = int(day_of(services.now(), draft.time_zone)[:4])
    return with_public_days(draft, _look_up(draft.holidays, year), year)


def _look_up(country: str, year: int) -> PublicDays:
    import holidays

    years = range(year - YEARS_BACK, year + YEARS_AHEAD + 1)
    try:
        table = holidays.country_holidays(country, years=years)
    except NotImplementedError:
        raise invalid("holidays", f"no holidays are known for country {country!r}") from None
    worked = {day for day in getattr(table, "weekend_workdays", ()) if day.year in years}
    announced = {day.year for day in worked} | set(getattr(table, "special_public_holidays", ()))
    library = PublicDays(
        off=frozenset(table),
        makeup=frozenset(worked),
        announced=frozenset(announced),
        last_year=min(years[-1], getattr(table, "end_year", years[-1])),
    )
    notices = {year: notice for year, notice in NOTICES.get(country, {}).items() if year in years}
    return _with_notices(library, notices)


def _with_notices(library: PublicDays, notices: dict[int, Notice]) -> PublicDays:
    """The days of the library, with those of our notices for the years that have one."""
    return replace(
        library,
        off=_merged(library.off, notices, [notice.off for notice in notices.values()]),
        makeup=_merged(library.makeup, notices, [notice.makeup for notice in notices.values()]),
        announced=library.announced | notices.keys(),
    )


def _merged(theirs: Iterable[date], years: Container[int], noticed: Iterable[tuple[str, ...]]) -> frozenset[date]:
    """The library's days of other years, and the days of the notices."""
    days = {date.fromisoformat(day) for notice_days in noticed for day in notice_days}
    return frozenset(days | {day for day in theirs if day.year not in years})
