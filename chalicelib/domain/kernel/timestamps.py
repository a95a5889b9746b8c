"""Moments and days.

An `Instant` is a whole number of milliseconds since 1970-01-01T00:00Z. Numbers can be compared, subtracted and stored
without a time zone; text is used only in requests and responses (RFC 3339 in UTC, see `docs/api.md`).

The time zones are those of the pinned `tzdata` package, for functions, operators' tools and tests alike: those of the
machine may be years older. No other module uses `ZoneInfo`.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo, reset_tzpath

import tzdata

# As files: ZoneInfo's other way, `importlib.resources`, loads fifteen modules more.
reset_tzpath(to=[f"{folder}/zoneinfo" for folder in tzdata.__path__])
ZoneInfo.clear_cache()

Instant: TypeAlias = int
Day: TypeAlias = str  # "2026-11-20", in the time zone of the shop

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STEP_MS = 30 * SECOND_MS
"""Since 1970 every offset of every time zone is a multiple of 30 s and changes at one: no day begins inside a step."""
FAR: Instant = 4_102_444_800_000  # 2100-01-01
MAX_AHEAD = DAY_MS
"""How far a sender's clock may be ahead of ours."""
LOCAL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - only to be written with a Z behind it


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware datetime; digits below the millisecond are cut off."""
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND_MS + since.microseconds // 1000


def happened_at(stated: datetime | None, received_at: Instant) -> Instant:
    """When something happened that was reported at `received_at`: at the stated time, but not after it was reported."""
    return received_at if stated is None else min(from_datetime(stated), received_at)


def to_datetime(instant: Instant) -> datetime:
    """The aware UTC datetime of an instant."""
    return EPOCH + timedelta(milliseconds=instant)


def format_local(instant: Instant, time_zone: str) -> str:
    """An instant for people, to the minute, in a time zone: `2026-11-20 18:00`."""
    return to_datetime(instant).astimezone(zone_info(time_zone)).strftime("%Y-%m-%d %H:%M")


def parse_instant(text: str) -> Instant:
    """The instant of an RFC 3339 time. `ValueError` if the text is none, or has no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or len(text) < len("2026-11-20T00:00Z"):
        raise ValueError(f"{text!r} is not an RFC 3339 time with an offset, such as 2026-11-20T08:30:00Z")
    return from_datetime(moment)


def format_instant(instant: Instant) -> str:
    """An instant as RFC 3339 in UTC with milliseconds: 2026-11-20T08:30:00.000Z."""
    return (LOCAL_EPOCH + timedelta(milliseconds=instant)).isoformat(timespec="milliseconds") + "Z"


def time_view(instant: Instant | None) -> str | None:
    """A time as text; None stays None."""
    return None if instant is None else format_instant(instant)


@lru_cache(maxsize=256)
def zone_info(name: str) -> ZoneInfo:
    """The IANA time zone of that name.

    If there is none: ZoneInfoNotFoundError (a KeyError) or ValueError; OSError for the name of a folder of zones.
    """
    return ZoneInfo(name)


def day_of(instant: Instant, time_zone: str) -> Day:
    """The calendar day an instant falls on in a time zone."""
    if instant < 0:
        return _day_at(instant, time_zone)
    return _day_of_step(instant // STEP_MS, time_zone)


@lru_cache(maxsize=4096)
def _day_of_step(step: int, time_zone: str) -> Day:
    """The day of all instants of a step of `STEP_MS`: the nightly job asks for the days of thousands."""
    return _day_at(step * STEP_MS, time_zone)


def _day_at(instant: Instant, time_zone: str) -> Day:
    return to_datetime(instant).astimezone(zone_info(time_zone)).date().isoformat()


def start_of(day: Day, time_zone: str) -> Instant:
    """The first instant of a calendar day in a time zone; of a day that the time zone skipped, the first after it."""
    return at_local_time(day, time.min, time_zone)


def at_local_time(day: Day, wall: time, time_zone: str) -> Instant:
    """When the clocks of a time zone first show this time of this day, or a later one: a time that occurs twice means
    the first, and a time that is skipped means the moment of the change."""
    local = datetime.combine(date.fromisoformat(day), wall)
    late = from_datetime(local.replace(tzinfo=zone_info(time_zone)))
    if _wall(late, time_zone) == local:
        return late
    early = from_datetime(local.replace(tzinfo=zone_info(time_zone), fold=1))  # with the offset after the change
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (middle, late) if _wall(middle, time_zone) < local else (early, middle)
    return late


def _wall(instant: Instant, time_zone: str) -> datetime:
    return to_datetime(instant).astimezone(zone_info(time_zone)).replace(tzinfo=None)


def next_day(day: Day, days: int = 1) -> Day:
    """The calendar day `days` after this one."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
