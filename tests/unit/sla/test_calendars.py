from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, format_instant, parse_instant
from chalicelib.domain.sla.calendars import (
    ALWAYS,
    HORIZON_DAYS,
    OFFICE_HOURS,
    WEEKDAYS,
    Calendar,
    add_working,
    check,
    check_works,
    working_between,
)
from chalicelib.usecases.shops.find_holidays import materialise_holidays
from tests.fakes import OFFICE, FakeServices

CHINA = replace(
    OFFICE,
    public=tuple(f"2026-02-{day}" for day in range(15, 24)),
    makeup=("2026-02-14", "2026-02-28"),
)


def due(start: str, hours: float, calendar: Calendar = OFFICE) -> str:
    return format_instant(add_working(calendar, parse_instant(start), hours * 3600)).replace(".000", "")


def test_friday_evening_waits_for_monday_morning() -> None:
    assert due("2026-11-20T17:30:00+08:00", 1) == "2026-11-23T01:30:00Z"  # Monday 09:30 in Shanghai


def test_lunch_does_not_count() -> None:
    assert due("2026-11-20T11:30:00+08:00", 1) == "2026-11-20T05:30:00Z"  # 13:30


def test_work_that_ends_with_the_day_is_due_at_its_end() -> None:
    assert due("2026-11-20T17:00:00+08:00", 1) == "2026-11-20T10:00:00Z"  # Friday 18:00, not Monday 09:00


def test_spring_festival_is_no_working_time_and_its_makeup_saturday_is() -> None:
    assert due("2026-02-13T17:30:00+08:00", 1, CHINA) == "2026-02-14T01:30:00Z"  # make-up Saturday, 09:30
    assert due("2026-02-14T17:30:00+08:00", 1, CHINA) == "2026-02-24T01:30:00Z"  # after nine days of festival


def test_own_closures_beat_openings_and_openings_beat_holidays() -> None:
    shop = replace(CHINA, closed=("2026-02-24",), open={"2026-02-16": (("10:00", "11:00"),)})
    assert due("2026-02-14T18:00:00+08:00", 1, shop) == "2026-02-16T03:00:00Z"
    assert due("2026-02-16T11:00:00+08:00", 1, shop) == "2026-02-25T02:00:00Z"


def test_the_ready_calendar_of_china_knows_the_makeup_workdays_of_2026() -> None:
    calendar = materialise_holidays(FakeServices(), replace(OFFICE, holidays="CN"))
    assert "2026-02-17" in calendar.public
    assert "2026-02-14" in calendar.makeup
    assert calendar.spans_of("2026-02-14") == OFFICE_HOURS


def test_changing_clocks_overnight_neither_adds_nor_loses_work() -> None:
    calendar = Calendar(
        id="n", version=1, time_zone="Europe/Berlin", hours=dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),))
    )
    for start in ("2026-03-29T00:00:00+01:00", "2026-10-25T00:00:00+02:00"):
        assert add_working(calendar, parse_instant(start), 10 * 3600) == parse_instant(start) + 10 * HOUR_MS


def test_a_span_that_the_change_of_clocks_swallows_is_empty() -> None:
    early = Calendar(id="e", version=1, time_zone="Europe/Berlin", hours={"sun": (("02:00", "03:00"),)})
    assert due("2026-03-28T12:00:00+01:00", 0.5, early) == "2026-04-05T00:30:00Z"


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Mars/Olympus"},
        {"hours": {"monday": (("09:00", "12:00"),)}},
        {"hours": {"mon": (("12:00", "09:00"),)}},
        {"hours": {"mon": (("09:00", "12:00"), ("11:00", "13:00"))}},
        {"hours": {"mon": (("9", "12:00"),)}},
        {"hours": {"mon": (("09+01", "12:00"),)}},
        {"hours": {"mon": (("22:00", "24:01"),)}},
        {"hours": {}},
        {"closed": ("2026-02-30",)},
        {"open": {"2026-2-3": (("09:00", "10:00"),)}},
    ],
)
def test_a_calendar_nobody_could_work_by_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        check(replace(OFFICE, **wrong))


def test_a_calendar_that_hardly_works_says_so_instead_of_searching_for_ever() -> None:
    rare = Calendar(id="r", version=1, time_zone="UTC", hours={"mon": (("09:00", "09:01"),)})
    start = parse_instant("2026-11-20T00:00:00Z")
    assert add_working(rare, start, 10 * 3600) == start + HORIZON_DAYS * DAY_MS
    with pytest.raises(Invalid, match="works less than"):
        check_works(rare, start, 10 * 3600)


def _spans(times: list[int]) -> tuple[tuple[str, str], ...]:
    clocks = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in sorted(set(times))]
    return tuple(zip(clocks[::2], clocks[1::2], strict=False))


calendars = st.builds(
    Calendar,
    id=st.just("any"),
    version=st.integers(1, 10**9),
    time_zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC"]),
    hours=st.dictionaries(
        st.sampled_from(WEEKDAYS), st.lists(st.integers(0, 1440), min_size=2, max_size=6).map(_spans), min_size=2
    ).map(lambda hours: hours | {"thu": (("08:00", "17:00"),)}),  # works enough in every example
    closed=st.lists(st.dates().filter(lambda day: day.year == 2026).map(str), max_size=3).map(tuple),
)
starts = st.integers(parse_instant("2026-01-01T00:00:00Z"), parse_instant("2027-01-01T00:00:00Z"))
amounts = st.integers(0, 40 * 60).map(lambda minutes: minutes * 60.0)


@settings(max_examples=150, deadline=None)
@given(calendar=calendars, start=starts, first=amounts, second=amounts)
def test_adding_working_time_is_additive_monotone_and_measured_back(
    calendar: Calendar, start: int, first: float, second: float
) -> None:
    idempotency, twice = add_working(calendar, start, first + second), add_working(calendar, start, first)
    if first:
        assert add_working(calendar, twice, second) == idempotency or not second
    assert start <= twice <= idempotency
    assert working_between(calendar, start, idempotency) == pytest.approx(first + second)


@settings(max_examples=150, deadline=None)
@given(calendar=calendars, start=starts, seconds=amounts)
def test_a_due_time_is_never_outside_working_hours(calendar: Calendar, start: int, seconds: float) -> None:
    at = add_working(calendar, start, seconds)
    before = working_between(calendar, at - SECOND_MS, at)
    after = working_between(calendar, at, at + SECOND_MS)
    assert before > 0 or after > 0


@given(start=starts, seconds=st.integers(0, 30 * 86_400))
def test_the_calendar_that_never_rests_counts_every_second(start: int, seconds: int) -> None:
    assert add_working(ALWAYS, start, seconds) == start + seconds * SECOND_MS


def test_minutes_add_up_over_a_year() -> None:
    start = parse_instant("2026-01-01T00:00:00+08:00")
    assert working_between(OFFICE, start, start + 365 * DAY_MS) == 261 * 8 * 3600
    assert timedelta(milliseconds=MINUTE_MS) == timedelta(minutes=1)
