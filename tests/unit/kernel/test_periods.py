"""Periods of whole days."""

import pytest

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.periods import MAX_DAYS, days_between
from chalicelib.domain.kernel.timestamps import next_day

FIRST = "2026-11-28"


def test_a_period_has_its_first_and_its_last_day_and_all_between() -> None:
    assert days_between(FIRST, FIRST) == [FIRST]
    assert days_between(FIRST, "2026-12-01") == [FIRST, "2026-11-29", "2026-11-30", "2026-12-01"]


def test_a_period_may_have_ninety_two_days_and_not_one_more() -> None:
    longest = next_day(FIRST, MAX_DAYS - 1)
    assert len(days_between(FIRST, longest)) == MAX_DAYS
    with pytest.raises(Invalid):
        days_between(FIRST, next_day(longest))


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Invalid):
        days_between(FIRST, "2026-11-27")
