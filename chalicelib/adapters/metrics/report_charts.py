"""The charts of the nightly report, as SVG."""

from collections.abc import Callable
from typing import Any

import pygal
from markupsafe import Markup
from pygal.style import Style

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
    opacity=".85",
    opacity_hover="1",
    guide_stroke_color="#dfe4e9",
    major_guide_stroke_color="#dfe4e9",
)
HOUR_S = 3_600
Translate = Callable[[str], str]
"""Gives the label for a name in the language of the report."""
Series = dict[str, list[Any]]
"""The values of each line or bar by its label, one for each day."""


def charts(trend: list[Record], translate: Translate) -> list[tuple[str, Markup]]:
    """The charts of the last days, by name. A day without answers is a gap, not a zero."""
    days = [record["day"][5:] for record in trend]
    return [
        ("trend_cases", _bars(days, _cases(trend, translate))),
        ("trend_satisfaction", _lines(days, _satisfaction(trend, translate))),
        ("trend_times", _lines(days, _hours(trend, translate))),
    ]


def _cases(trend: list[Record], translate: Translate) -> Series:
    return {
        translate("opened"): [record["opened"] for record in trend],
        translate("resolved"): [record["resolved"] for record in trend],
    }


def _satisfaction(trend: list[Record], translate: Translate) -> Series:
    return {
        translate("csat"): [record["csat"]["percent"] for record in trend],
        translate("nps"): [record["nps"]["score"] for record in trend],
    }


def _hours(trend: list[Record], translate: Translate) -> Series:
    return {
        translate("first_reply"): [_in_hours(record["first_reply"]["p50"]) for record in trend],
        translate("resolution"): [_in_hours(record["resolution"]["p50"]) for record in trend],
    }


def _in_hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / HOUR_S, 2)


def _bars(days: list[str], series: Series) -> Markup:
    return _draw(pygal.Bar(**_settings(days)), series)


def _lines(days: list[str], series: Series) -> Markup:
    return _draw(pygal.Line(**_settings(days), dots_size=2.5, allow_interruptions=True), series)


def _settings(days: list[str]) -> dict[str, Any]:
    labelled = [day for place, day in enumerate(reversed(days)) if place % 7 == 0]
    return {
        "style": STYLE,
        "width": 960,
        "height": 240,
        "margin": 4,
        "js": (),
        "x_labels": days,
        "x_labels_major": labelled,
        "show_minor_x_labels": False,
        "legend_at_bottom": True,
        "legend_box_size": 12,
        "explicit_size": False,
        "show_x_guides": False,
        "include_x_axis": True,
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
