"""Charts that the server draws: everything inside, every text escaped, and words for those who do not see them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.desk.charts.calibration_plot import calibration_plot
from chalicelib.adapters.desk.charts.day_counts import SMALL, WIDE, day_counts
from chalicelib.adapters.desk.charts.interval_mark import WIDTH, ratio_mark, share_mark
from chalicelib.adapters.desk.charts.mood_course import mood_course
from chalicelib.domain.insights.model_card import Calibration

BAD = "\"><script>alert('&')</script>"
COUNTS = st.lists(st.integers(0, 10**6), max_size=120)


def numbers(text: str, *names: str) -> list[float]:
    """The values of these attributes."""
    return [float(value) for name in names for value in re.findall(rf'\b{name}="([^"]*)"', text)]


@given(COUNTS, st.sampled_from([SMALL, WIDE]))
def test_all_bars_are_inside_and_days_without_any_have_none(counts: list[int], size: tuple[int, int]) -> None:
    days = [(f"2026-{1 + place // 28:02}-{1 + place % 28:02}", count) for place, count in enumerate(counts)]
    text = str(day_counts(days, max(counts, default=0), "x", size=size))
    bars = re.findall(r'<rect class="bar" x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)"', text)
    assert len(bars) == sum(count > 0 for count in counts)
    for x, y, width, height in (map(float, bar) for bar in bars):
        assert 0 <= x <= x + width <= size[0] + 0.2
        assert 0 <= y <= y + height <= size[1]


def test_a_day_that_is_marked_stands_out() -> None:
    text = str(day_counts([("2026-11-10", 1), ("2026-11-11", 4)], 4, "x", {"2026-11-11"}))
    assert text.count('class="bar marked"') == text.count('class="bar"') == 1


@given(st.floats(0, 1), st.floats(0, 100), st.floats(0, 100))
def test_marks_stay_on_their_scale(share: float, low: float, high: float) -> None:
    for mark in (share_mark(share, (low, high)), ratio_mark(share, (low, high))):
        assert all(0 <= x <= WIDTH for x in numbers(str(mark), "cx", "x1", "x2"))


def test_twice_and_half_are_as_far_from_the_middle() -> None:
    twice, half = (numbers(str(ratio_mark(ratio, (ratio, ratio))), "cx")[0] for ratio in (2.0, 0.5))
    assert twice - WIDTH / 2 == pytest.approx(WIDTH / 2 - half)


def test_a_model_that_knows_how_good_it_is_lies_on_the_diagonal() -> None:
    text = str(calibration_plot([Calibration(10, 0.5, 0.5)], "words", "certain", "right"))
    (x,), (y,) = numbers(text, "cx"), numbers(text, "cy")
    (line,) = re.findall(r'class="diagonal" x1="(.*?)" y1="(.*?)" x2="(.*?)" y2="(.*?)"', text)
    x1, y1, x2, y2 = map(float, line)
    assert x == pytest.approx((x1 + x2) / 2, abs=0.1)
    assert y == pytest.approx((y1 + y2) / 2, abs=0.1)


def test_praise_lies_above_blame() -> None:
    text = str(mood_course([("12:00", -0.8), ("12:05", 0.9)], "words"))
    blame, praise = numbers(text, "cy")
    assert praise < blame
    assert text.count('class="dot bad"') == text.count('class="dot good"') == 1


def test_no_text_becomes_markup_and_every_chart_has_words() -> None:
    charts = (
        day_counts([(BAD, 1), (BAD, 2)], 2, BAD),
        calibration_plot([Calibration(1, 0.5, 1.0)], BAD, BAD, BAD),
        mood_course([(BAD, 0.1), (BAD, -0.1)], BAD),
    )
    for chart in charts:
        assert "<script" not in chart
        assert 'role="img" aria-label="&#34;&gt;&lt;script&gt;' in chart
