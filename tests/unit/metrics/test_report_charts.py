"""The charts of the nightly report show thirty days as they lie in the calendar."""

import re
from typing import Any

from chalicelib.adapters.metrics.report_charts import charts
from chalicelib.adapters.notifications.page_renderer import TemplateRenderer

LAST = "2026-11-28"
PLACE = re.compile(r'<circle cx="([\d.]+)"')


def record(day: str, opened: int = 0, percent: float | None = None) -> dict[str, Any]:
    return {
        "day": day,
        "opened": opened,
        "resolved": 0,
        "csat": {"percent": percent},
        "nps": {"score": None},
        "first_reply": {"p50": None},
        "resolution": {"p50": None},
    }


def draw(*records: dict[str, Any], language: str = "en") -> dict[str, str]:
    pages = TemplateRenderer()
    drawn = charts(LAST, list(records), lambda name: pages.text(name, language))
    return {name: str(chart) for name, chart in drawn}


def test_every_seventh_day_has_its_date_also_where_days_are_missing() -> None:
    for chart in draw(record("2026-11-20", 3, 80.0), record(LAST, 2, 90.0)).values():
        assert re.findall(r">(\d\d-\d\d)</text>", chart) == ["10-31", "11-07", "11-14", "11-21", "11-28"]


def test_days_that_lie_further_apart_are_drawn_further_apart() -> None:
    days = ("2026-11-10", "2026-11-20", "2026-11-25")
    chart = draw(*(record(day, percent=50.0) for day in days))["trend_satisfaction"]
    first, second, third = map(float, PLACE.findall(chart))
    assert round((second - first) / (third - second), 2) == 2.0


def test_cases_are_counted_in_whole_numbers() -> None:
    chart = draw(record(LAST, opened=1))["trend_cases"]
    assert re.findall(r'<text x="-5"[^>]*>([^<]+)</text>', chart) == ["0", "1"]


def test_a_chart_without_answers_says_so_in_the_language_of_the_report() -> None:
    assert "暂无数据" in draw(record(LAST), language="zh-CN")["trend_satisfaction"]
    assert "Nothing yet" in draw(record(LAST))["trend_satisfaction"]
