"""What a country's holidays come to in a calendar: the days of rest around them, and how far they are known."""

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import Day, next_day
from chalicelib.domain.sla.calendars import Calendar

JOINED = ("CN",)
"""Countries whose notices count the weekend beside a holiday as part of it, as the State Council's do."""
NOTICED = ("CN", "HU", "RU", "VN")
"""Countries whose make-up workdays their government announces for a year at a time (as in each of 2024–2026)."""
SOON_DAYS = 90
SATURDAY, SUNDAY = 5, 6
NIGHT = timedelta(days=1)


class PublicDays(Struct, frozen=True, kw_only=True):
    """A country's days for some years: `off` and `makeup` as they are told, which years were announced, and the last
    that is known."""

    off: frozenset[date]
    makeup: frozenset[date]
    announced: frozenset[int]
    last_year: int


class Doubt(Struct, frozen=True):
    """Why a calendar may soon be wrong: its holidays are known to this day only, or the make-up workdays of this year
    are not announced."""

    why: str
    what: str


def with_public_days(draft: Calendar, told: PublicDays, year: int) -> Calendar:
    """The calendar with a country's days, as they are known in this year."""
    off = told.off | _between(told) | (_joined(told) if draft.holidays in JOINED else frozenset())
    waits = range(year, told.last_year + 1) if draft.holidays in NOTICED else ()
    return replace(
        draft,
        public=_days(off),
        makeup=_days(told.makeup),
        known_until=f"{told.last_year}-12-31",
        guessed=tuple(one for one in waits if one not in told.announced),
    )


def _days(found: Iterable[date]) -> tuple[Day, ...]:
    return tuple(sorted(day.isoformat() for day in found))


def _between(told: PublicDays) -> frozenset[date]:
    """The Sundays inside a holiday: with days off on both sides, a Saturday looked over."""
    found = set()
    for day in told.off:
        sunday = day + timedelta(days=(SUNDAY - day.weekday()) % 7)
        before = {sunday - NIGHT, sunday - 2 * NIGHT}
        if sunday + NIGHT in told.off and before & told.off and sunday not in told.makeup:
            found.add(sunday)
    return frozenset(found)


def _joined(told: PublicDays) -> frozenset[date]:
    """The Saturdays and Sundays beside a holiday, but for those that are worked for it."""
    found = set[date]()
    for day in told.off:
        for step in (NIGHT, -NIGHT):
            beside = day + step
            while beside.weekday() in (SATURDAY, SUNDAY) and beside not in told.makeup:
                found.add(beside)
                beside += step
    return frozenset(found)


def doubts(calendar: Calendar, today: Day) -> list[Doubt]:
    """What to tell of a calendar today, a quarter before it matters."""
    soon, found = next_day(today, SOON_DAYS), []
    if calendar.known_until is not None and calendar.known_until < soon:
        found.append(Doubt("ends", calendar.known_until))
    return found + [Doubt("guessed", str(year)) for year in calendar.guessed if int(today[:4]) <= year <= int(soon[:4])]
