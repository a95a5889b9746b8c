"""A day is judged by the days before it."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.insights.unusual_days import FIRST_DAYS, score_days

COUNTS = st.lists(st.integers(0, 400), min_size=FIRST_DAYS + 1, max_size=90)
WEEK = (20, 22, 19, 21, 24, 40, 38)
WEEKS = [count + (day % 3) for day, count in enumerate(WEEK * 12)]


@given(counts=COUNTS, later=st.lists(st.integers(0, 400), max_size=20))
def test_what_comes_later_changes_no_score(counts: list[int], later: list[int]) -> None:
    before = [day.score for day in score_days(counts)]
    assert [day.score for day in score_days(counts + later)][: len(counts)] == before


@given(counts=COUNTS)
def test_the_first_four_weeks_are_only_learned_from(counts: list[int]) -> None:
    first = score_days(counts)[:FIRST_DAYS]
    assert not any(day.flagged or day.score for day in first)


def test_the_weekend_of_every_week_is_expected() -> None:
    assert not any(day.flagged for day in score_days(WEEKS))


def test_a_day_with_thrice_the_orders_is_flagged_and_so_is_one_with_a_tenth() -> None:
    for factor, sign in ((3.0, 1), (0.1, -1)):
        counts = [count * factor if day == 70 else count for day, count in enumerate(WEEKS)]
        days = score_days(counts)
        assert days[70].flagged
        assert days[70].score * sign > 0
        assert [place for place, day in enumerate(days) if day.flagged] == [70]


def test_an_unusual_day_does_not_make_the_next_one_look_usual() -> None:
    counts = [count * 5 if day in (70, 77) else count for day, count in enumerate(WEEKS)]
    assert score_days(counts)[77].flagged


def test_a_shop_that_sells_once_in_a_while_flags_no_day_on_which_it_sells_two() -> None:
    counts = [1 if day % 9 == 0 else 0 for day in range(80)] + [2]
    assert not score_days(counts)[-1].flagged


def test_no_days_have_no_scores() -> None:
    assert score_days([]) == []
