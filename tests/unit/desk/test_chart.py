"""The chart of a figure over days: everything is inside, steps are round, and a day without a value breaks the line."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.metrics.period_figures import PeriodFigure
from chalicelib.entrypoints.http.desk.board.chart import (
    BOTTOM,
    HEIGHT,
    LEFT,
    PARTS,
    RIGHT,
    TOP,
    WIDTH,
    DayFigure,
    chart_of,
    scale_of,
)


def days(*values: float | None) -> list[DayFigure]:
    return [(f"2026-11-{place + 1:02}", PeriodFigure(value, 1)) for place, value in enumerate(values)]


def test_days_without_any_value_have_no_chart() -> None:
    assert chart_of(days(None, None)) is None


def test_a_day_without_a_value_breaks_the_line_and_has_no_dot() -> None:
    chart = chart_of(days(1, 2, None, 3))
    assert chart is not None
    assert [len(line.split()) for line in chart.lines] == [2, 1]
    assert [dot.day for dot in chart.dots] == ["2026-11-01", "2026-11-02", "2026-11-04"]


def test_a_band_goes_along_the_upper_bounds_and_back_along_the_lower_ones() -> None:
    shown = [("2026-11-01", PeriodFigure(50, 9, (20.0, 80.0))), ("2026-11-02", PeriodFigure(60, 9, (40.0, 90.0)))]
    chart = chart_of(shown)
    assert chart is not None
    scale = scale_of(shown)
    assert chart.bands == [
        f"{scale.x(0)},{scale.y(80)} {scale.x(1)},{scale.y(90)} {scale.x(1)},{scale.y(40)} {scale.x(0)},{scale.y(20)}"
    ]


def test_percents_have_steps_of_twenty_from_nought_to_a_hundred() -> None:
    scale = scale_of([("2026-11-01", PeriodFigure(44, 25, (27.0, 100.0)))])
    assert [value for _, value in scale.lines()] == [0, 20, 40, 60, 80, 100]


def test_a_score_below_nought_has_its_place_and_so_has_nought() -> None:
    values = [value for _, value in scale_of(days(-44, 36)).lines()]
    assert values[0] <= -44
    assert 0 in values
    assert values[-1] >= 36


@given(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), min_size=1, max_size=92))
def test_whatever_the_values_are_they_lie_inside_and_the_scale_is_readable(values: list[float | None]) -> None:
    chart = chart_of(days_of(values))
    if chart is None:
        return
    assert all(LEFT <= dot.x <= WIDTH - RIGHT and TOP <= dot.y <= HEIGHT - BOTTOM for dot in chart.dots)
    assert 2 <= len(chart.scale) <= PARTS + 3


def days_of(values: list[float | None]) -> list[DayFigure]:
    return [(f"day {place}", PeriodFigure(value, 1)) for place, value in enumerate(values)]
