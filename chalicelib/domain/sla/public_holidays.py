"""The holidays of a country in a calendar: the days off around them, and until when they are known."""

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import Day, next_day
from chalicelib.domain.sla.calendars import Calendar

WITH_WEEKENDS = ("CN",)
"""Countries whose official notices include the weekends next to a holiday, as those of China's State Council do."""
ANNOUNCED_YEARLY = ("CN", "HU", "RU", "VN")
"""Countries whose government announces make-up workdays for one year at a time (as in each of 2024–2026)."""
SOON_DAYS = 90
SATURDAY, SUNDAY = 5, 6
ONE_DAY = timedelta(days=1)


class PublicDays(Struct, frozen=True, kw_only=True):
    """The days off and make-up workdays of a country for some years, the years that were announced, and the last year
    that is known."""

    off: frozenset[date]
    makeup: frozenset[date]
    announced: frozenset[int]
    last_year: int


class Doubt(Struct, frozen=True):
    """Why a calendar may soon be wrong: its holidays are known only until this day (`ends`), or the make-up workdays of
    this year are not announced (`guessed`)."""

    why: str
    what: str


def with_public_days(draft: Calendar, country: PublicDays, year: int) -> Calendar:
    """The calendar with the days of its country, as they are known in this year."""
    off = country.off | _sundays_between(country)
    if draft.holidays in WITH_WEEKENDS:
        off |= _adjacent_weekends(country)
    years = range(year, country.last_year + 1) if draft.holidays in ANNOUNCED_YEARLY else ()
    return replace(
        draft,
        public=_sorted_days(off),
        makeup=_sorted_days(country.makeup),
        known_until=f"{country.last_year}-12-31",
        guessed=tuple(guessed for guessed in years if guessed not in country.announced),
    )


def _sorted_days(days: Iterable[date]) -> tuple[Day, ...]:
    return tuple(sorted(day.isoformat() for day in days))


def _sundays_between(country: PublicDays) -> frozenset[date]:
    """The Sundays inside a holiday: with days off on both sides, where a Saturday before may be skipped."""
    sundays = set()
    for day in country.off:
        sunday = day + timedelta(days=(SUNDAY - day.weekday()) % 7)
        before = {sunday - ONE_DAY, sunday - 2 * ONE_DAY}
        if sunday + ONE_DAY in country.off and before & country.off and sunday not in country.makeup:
            sundays.add(sunday)
    return frozenset(sundays)


def _adjacent_weekends(country: PublicDays) -> frozenset[date]:
    """The Saturdays and Sundays next to a holiday, except those that are make-up workdays."""
    weekends = set[date]()
    for day in country.off:
        for step in (ONE_DAY, -ONE_DAY):
            neighbour = day + step
            while neighbour.weekday() in (SATURDAY, SUNDAY) and neighbour not in country.makeup:
                weekends.add(neighbour)
                neighbour += step
    return frozenset(weekends)


def doubts(calendar: Calendar, today: Day) -> list[Doubt]:
    """The warnings about a calendar today, a quarter of a year before they matter."""
    soon = next_day(today, SOON_DAYS)
    years = range(int(today[:4]), int(soon[:4]) + 1)
    guessed = [Doubt("guessed", str(year)) for year in calendar.guessed if year in years]
    if calendar.known_until is not None and calendar.known_until < soon:
        return [Doubt("ends", calendar.known_until), *guessed]
    return guessed
