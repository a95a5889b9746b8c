"""Working time where clocks jump, by rows (`data/working_time.yaml`) and against a count of its minutes."""

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.kernel.timestamps import MINUTE_MS, Instant, from_datetime, zone_info
from chalicelib.domain.sla.calendars import WEEKDAYS, Calendar, add_working, working_between
from tests.support.world.case_stories import Row
from tests.support.world.rows import rows


@pytest.mark.parametrize("row", rows("working_time"))
def test_a_calendar_works_what_its_clocks_show(row: Row) -> None:
    hours = {day: tuple((begins, ends) for begins, ends in spans) for day, spans in row["hours"].items()}
    calendar = Calendar(id=row["says"], version=1, time_zone=row["zone"], hours=hours)
    begin, end = (from_datetime(at.replace(tzinfo=zone_info(row["zone"]))) for at in _times(row["between"]))
    assert working_between(calendar, begin, end) == row["want"] * 60


def _times(times: list[str | datetime]) -> list[datetime]:
    return [at if isinstance(at, datetime) else datetime.fromisoformat(at) for at in times]


# A time zone, and a day on which its clocks change, or a day beside it.
JUMPS = [
    ("America/Nuuk", "2024-03-30"),
    ("Pacific/Apia", "2011-12-30"),
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Africa/Cairo", "2026-04-24"),
    ("Africa/Cairo", "2026-10-30"),
    ("America/Havana", "2026-11-01"),
    ("Atlantic/Azores", "2026-10-25"),
    ("America/St_Johns", "2006-10-29"),
    ("America/St_Johns", "2006-04-02"),
    ("Asia/Shanghai", "2026-11-20"),
]
SIDE = 3
"""Days looked at on either side of the jump."""
Local = tuple[date, str]


@cache
def _minutes(name: str, middle: str) -> tuple[datetime, list[Local]]:
    """The first minute looked at, and the furthest that the clocks of a zone have come at each minute."""
    first = datetime.fromisoformat(middle).replace(tzinfo=UTC) - timedelta(days=SIDE)
    shown = (first + timedelta(minutes=place) for place in range((2 * SIDE + 1) * 1440))
    walls = ((at.date(), at.strftime("%H:%M")) for at in (one.astimezone(zone_info(name)) for one in shown))
    return first, list(accumulate(walls, max))


def _worked(calendar: Calendar, name: str, middle: str) -> tuple[Instant, list[bool]]:
    """Minute by minute, whether it is worked: a span begins and ends as soon as the clocks have come so far."""
    first, furthest = _minutes(name, middle)
    worked = [False] * len(furthest)
    days = [date.fromisoformat(middle) + timedelta(days=place) for place in range(-SIDE - 1, SIDE + 2)]
    for day in days:
        for begins, ends in calendar.hours.get(WEEKDAYS[day.weekday()], ()):
            until = (day + timedelta(days=1), "00:00") if ends == "24:00" else (day, ends)
            for place in range(bisect_left(furthest, (day, begins)), bisect_left(furthest, until)):
                worked[place] = True
    return from_datetime(first), worked


def _spans(times: list[int]) -> tuple[tuple[str, str], ...]:
    clocks = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in sorted(set(times))]
    return tuple(zip(clocks[::2], clocks[1::2], strict=False))


TIMES = st.sampled_from([0, 30, 59, 60, 90, 120, 150, 180, 1380, 1410, 1440]) | st.integers(0, 1440)
HOURS = st.dictionaries(st.sampled_from(WEEKDAYS), st.lists(TIMES, min_size=2, max_size=6).map(_spans), min_size=3)
INSIDE = st.integers(0, 2 * SIDE * 1440)


@settings(max_examples=250, deadline=None)
@given(jump=st.sampled_from(JUMPS), hours=HOURS, one=INSIDE, other=INSIDE)
def test_working_time_is_what_a_count_of_its_minutes_is(
    jump: tuple[str, str], hours: dict[str, tuple[tuple[str, str], ...]], one: int, other: int
) -> None:
    calendar = Calendar(id=str(hours), version=1, time_zone=jump[0], hours=hours)
    first, worked = _worked(calendar, *jump)
    begin, end = sorted((one, other))
    counted = sum(worked[begin:end])
    assert working_between(calendar, first + begin * MINUTE_MS, first + end * MINUTE_MS) == counted * 60
    if counted:
        last = end - 1 - worked[begin:end][::-1].index(True)
        assert add_working(calendar, first + begin * MINUTE_MS, counted * 60) == first + (last + 1) * MINUTE_MS
