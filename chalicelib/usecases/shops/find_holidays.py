"""The public holidays and make-up workdays of countries: of the library, or as a government's notice told us first."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import day_of
from chalicelib.domain.sla.calendars import Calendar
from chalicelib.domain.sla.public_holidays import PublicDays, with_public_days
from chalicelib.usecases.ports.services import Services

YEARS_BACK, YEARS_AHEAD = 1, 4
"""A clock may run for three years (`HORIZON_DAYS`): one that starts on the last day of a year ends in the fourth after
it, and lives by the calendar of its beginning."""


class Notice(Struct, frozen=True):
    """A year as a government's notice has it: the days off, weekends beside them left out, and the days worked."""

    off: tuple[str, ...]
    makeup: tuple[str, ...]


NOTICES: dict[str, dict[int, Notice]] = {}
"""Notices that are out before the library knows them, by country and year. China's comes early in November; the source
of each stands beside it. Remove a year when the library has it."""


def materialise_holidays(services: Services, draft: Calendar) -> Calendar:
    """The calendar with its country's holidays and make-up workdays of last year to the fourth after this.

    They are written into the version once: looking up a first country costs as much as a cold start.
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
    ours = {year: notice for year, notice in NOTICES.get(country, {}).items() if year in years}
    return _as_announced(library, ours)


def _as_announced(library: PublicDays, ours: dict[int, Notice]) -> PublicDays:
    """The library's days, but those of a year of which we know the notice."""

    def merged(theirs: Iterable[date], told: Iterable[tuple[str, ...]]) -> frozenset[date]:
        days = {date.fromisoformat(day) for listed in told for day in listed}
        return frozenset(days | {day for day in theirs if day.year not in ours})

    return replace(
        library,
        off=merged(library.off, (one.off for one in ours.values())),
        makeup=merged(library.makeup, (one.makeup for one in ours.values())),
        announced=library.announced | ours.keys(),
    )
