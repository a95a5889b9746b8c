"""The charts of the nightly report, as SVG."""

from collections.abc import Callable
from typing import Any

import pygal
from markupsafe import Markup
from pygal.style import Style

from chalicelib.domain.kernel.timestamps import Day, next_day
from chalicelib.usecases.metrics.nightly_job import TREND_DAYS
from chalicelib.usecases.ports.metrics import Record

INK, SOFT, BLUE, ORANGE = "#1d2733", "#55616f", "#0b5cad", "#b35900"
STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground=INK,
    foreground_strong=INK,
    foreground_subtle=SOFT,
    colors=(BLUE, ORANGE, "#4f7942"),
    font_family="inherit",
    label_font_size=13,
    major_label_font_size=13,
    legend_font_size=14,
    no_data_font_size=14,
    opacity=".85",
    opacity_hover="1",
    guide_stroke_color="#dfe4e9",
    major_guide_stroke_color="#dfe4e9",
)
HOUR_S = 3_600
LABELLED_DAYS, SCALE_STEPS = 7, 8
"""Every such day has its date, the last one first; and so many lines at most have their value."""
Translate = Callable[[str], str]
"""Gives the label for a name in the language of the report."""
Series = dict[str, list[Any]]
"""The values of each line or bar by its label, one for each day."""


def charts(last: Day, trend: list[Record], translate: Translate) -> list[tuple[str, Markup]]:
    """The charts of the days up to `last`, by name. Each day has its place, so that distances are true; a day without
    a record or without answers is a gap, not a zero."""
    computed = {record["day"]: record for record in trend}
    days = [next_day(last, place) for place in range(1 - TREND_DAYS, 1)]
    records = [computed.get(day) for day in days]
    settings = _settings(days) | {"no_data_text": translate("nothing_yet")}
    return [
        ("trend_cases", _bars(settings, _cases(records, translate))),
        ("trend_satisfaction", _lines(settings, _satisfaction(records, translate))),
        ("trend_times", _lines(settings, _hours(records, translate))),
    ]


def _cases(records: list[Record | None], translate: Translate) -> Series:
    return {
        translate("opened"): [record and record["opened"] for record in records],
        translate("resolved"): [record and record["resolved"] for record in records],
    }


def _satisfaction(records: list[Record | None], translate: Translate) -> Series:
    return {
        translate("csat"): [record and record["csat"]["percent"] for record in records],
        translate("nps"): [record and record["nps"]["score"] for record in records],
    }


def _hours(records: list[Record | None], translate: Translate) -> Series:
    return {
        translate("first_reply"): [record and _in_hours(record["first_reply"]["p50"]) for record in records],
        translate("resolution"): [record and _in_hours(record["resolution"]["p50"]) for record in records],
    }


def _in_hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / HOUR_S, 2)


def _bars(settings: dict[str, Any], series: Series) -> Markup:
    return _draw(pygal.Bar(**settings, order_min=0), series)  # cases are counted in whole numbers


def _lines(settings: dict[str, Any], series: Series) -> Markup:
    return _draw(pygal.Line(**settings, dots_size=2.5, allow_interruptions=True), series)


def _settings(days: list[Day]) -> dict[str, Any]:
    labels = [day[5:] for day in days]
    return {
        "style": STYLE,
        "width": 960,
        "height": 240,
        "margin": 4,
        "js": (),
        "x_labels": labels,
        "x_labels_major": labels[::-LABELLED_DAYS],
        "show_minor_x_labels": False,
        "legend_at_bottom": True,
        "legend_box_size": 12,
        "explicit_size": False,
        "show_x_guides": False,
        "include_x_axis": True,
        "max_scale": SCALE_STEPS,
        "truncate_label": -1,
        "truncate_legend": -1,
        "spacing": 8,
    }


def _draw(chart: Any, series: Series) -> Markup:
    for label, values in series.items():
        chart.add(label, values)
    chart.add_xml_filter(_without_scripts)
    return Markup(chart.render(is_unicode=True, disable_xml_declaration=True))  # noqa: S704 - pygal escapes its labels


def _without_scripts(root: Any) -> Any:
    for parent in list(root.iter()):
        for script in [child for child in parent if str(child.tag).endswith("script")]:
            parent.remove(script)
    return root
