"""The day of an instant, which is remembered for steps of half a minute."""

from bisect import bisect_right
from collections.abc import Iterator
from importlib import import_module
from zoneinfo import available_timezones  # noqa: TID251 - every zone of the pinned package is tested

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.kernel.timestamps import FAR, SECOND_MS, STEP_MS, day_of, start_of, to_datetime, zone_info

PureZoneInfo = import_module("zoneinfo._zoneinfo").ZoneInfo
"""The implementation in Python, which shows its table of changes."""


def changes_since_1970(name: str) -> Iterator[tuple[int, float]]:
    """When a time zone changes its offset, and the offset from then on, both in seconds."""
    zone = PureZoneInfo(name)
    changes = list(zip(zone._trans_utc, zone._ttinfos, strict=True))
    place = bisect_right(zone._trans_utc, 0)
    first = changes[place - 1][1] if place else zone._tti_before
    yield from [(0, first.utcoff.total_seconds())] if first else []
    yield from ((at, info.utcoff.total_seconds()) for at, info in changes[place:])


def test_no_time_zone_begins_a_day_inside_a_step() -> None:
    names = available_timezones()
    odd = [(name, change) for name in names for change in changes_since_1970(name) if _is_odd(*change)]
    assert len(names) > 500
    assert odd == []


def _is_odd(at: int, offset: float) -> bool:
    step = STEP_MS // SECOND_MS
    return bool(at % step or offset % step)


@pytest.mark.parametrize("name", ["America/St_Johns", "Africa/Monrovia", "Australia/Lord_Howe", "Asia/Kathmandu"])
@given(instant=st.integers(min_value=-FAR, max_value=FAR))
def test_a_day_is_that_of_the_clocks_on_the_wall(name: str, instant: int) -> None:
    assert day_of(instant, name) == to_datetime(instant).astimezone(zone_info(name)).date().isoformat()


@pytest.mark.parametrize("name", ["America/St_Johns", "Pacific/Apia", "Asia/Shanghai"])
def test_a_day_ends_with_the_millisecond_before_the_next(name: str) -> None:
    begins = start_of("2026-03-09", name)
    assert (day_of(begins - 1, name), day_of(begins, name)) == ("2026-03-08", "2026-03-09")
