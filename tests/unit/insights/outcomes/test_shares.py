"""Intervals of shares and of their differences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.insights.outcomes.shares import difference_interval, net_promoter_score, share_interval
from chalicelib.domain.metrics.intervals import csat_interval

PARTS = st.integers(1, 300).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@given(of=PARTS)
def test_the_interval_of_a_share_is_the_one_of_metrics(of: tuple[int, int]) -> None:
    low, high = csat_interval(*of) or (0.0, 0.0)
    assert share_interval(*of) == pytest.approx((low / 100, high / 100))


def test_the_interval_of_a_difference_is_the_published_one() -> None:
    """56 of 70 and 48 of 80: Newcombe 1998, table II, column a, method 10."""
    assert difference_interval(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@given(one=PARTS, other=PARTS)
def test_the_interval_of_a_difference_holds_it_and_turns_round_with_it(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    low, high = difference_interval(*one, *other)
    difference = one[0] / one[1] - other[0] / other[1]
    assert -1 - 1e-9 <= low <= difference + 1e-9
    assert difference - 1e-9 <= high <= 1 + 1e-9
    assert difference_interval(*other, *one) == pytest.approx((-high, -low))


def test_of_nothing_everything_is_possible() -> None:
    assert share_interval(0, 0) == (0, 1)
    assert difference_interval(1, 2, 0, 0) == (-1, 1)
    assert net_promoter_score([]) is None
