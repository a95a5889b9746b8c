"""The nightly report: one self-contained page, its charts drawn into it as SVG."""

from typing import Any

import pygal
from markupsafe import Markup
from pygal.style import Style

from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.aftersales.measures import PREFIX
from chalicelib.domain.kernel.timestamps import next_day
from chalicelib.domain.metrics.case_metrics import CaseMetric
from chalicelib.domain.settlement.measures import COUNTED
from chalicelib.domain.settlement.measures import PREFIX as SETTLEMENT
from chalicelib.usecases.metrics.compute_day import Record, Report

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
WORST = 10
MOST_ROWS = 20


class HtmlReport:
    """Makes a `Report` a page in its shop's language."""

    def __init__(self, pages: TemplateRenderer) -> None:
        self.pages = pages

    def page(self, report: Report) -> str:
        """The page as HTML. It needs nothing from anywhere else and prints well."""
        language, records = report.shop.locale, report.records
        say = self._sayer(language)
        today = next(record for record in records if record["dimension"] == "all")
        before = next((one for one in report.trend if one["day"] == next_day(report.day, -1)), None)
        return self.pages.render(
            "report.html",
            language,
            shop=report.shop.name,
            day=report.day,
            today=today,
            before=before,
            headlines=_headlines(today, before),
            charts=_charts(report.trend, say),
            groups=[(name, _group(records, name)) for name in ("channel", "type", "team", "assignee")],
            settlement=next((one for one in records if one["dimension"] == f"{SETTLEMENT}all"), None),
            counted=COUNTED,
            flows=_flows(records),
            total=next((one for one in records if one["dimension"] == PREFIX + "all"), None),
            slowest=_slowest(report.figures),
            unhappiest=_unhappiest(report.figures),
            duration=duration,
            number=_number,
        )

    def _sayer(self, language: str) -> Any:
        return lambda name: self.pages.text(name, language)


def duration(seconds: float | None) -> str:
    """Seconds as people say them: 45 s, 12 min, 3.5 h, 2.1 d."""
    if seconds is None:
        return "–"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def _number(value: float | None, unit: str = "") -> str:
    return "–" if value is None else f"{value:.0f}{unit}"


def _headlines(today: Record, before: Record | None) -> list[dict[str, Any]]:
    """What stands at the top: each figure, its interval, its sample, and yesterday's."""
    csat, nps = today["csat"], today["nps"]
    told = [
        ("csat", _number(csat["percent"], " %"), _interval(csat["interval"], " %"), csat["answered"], csat["sent"]),
        ("nps", _number(nps["score"]), _interval(nps["interval"]), nps["answered"], csat["sent"]),
        ("ces", _mean(today["ces"]["mean"]), "", today["ces"]["answered"], csat["sent"]),
        ("first_reply", duration(today["first_reply"]["p50"]), "", today["first_reply"]["count"], None),
        ("resolution", duration(today["resolution"]["p50"]), "", today["resolution"]["count"], None),
        ("opened", str(today["opened"]), "", None, None),
    ]
    yesterday = _plain(before) if before else {}
    return [
        {
            "name": name,
            "value": value,
            "interval": interval,
            "answered": answered,
            "sent": sent,
            "yesterday": yesterday.get(name, "–"),
        }
        for name, value, interval, answered, sent in told
    ]


def _plain(record: Record) -> dict[str, str]:
    return {
        "csat": _number(record["csat"]["percent"], " %"),
        "nps": _number(record["nps"]["score"]),
        "ces": _mean(record["ces"]["mean"]),
        "first_reply": duration(record["first_reply"]["p50"]),
        "resolution": duration(record["resolution"]["p50"]),
        "opened": str(record["opened"]),
    }


def _mean(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _interval(bounds: list[float] | None, unit: str = "") -> str:
    return "" if bounds is None else f"{bounds[0]:.0f}–{bounds[1]:.0f}{unit}"


def _charts(trend: list[Record], say: Any) -> list[tuple[str, Markup]]:
    """Trends of the last days; a day without answers is a gap, not a zero."""
    days = [record["day"][5:] for record in trend]
    hours = 3_600
    return [
        (
            "trend_cases",
            _bars(
                days,
                {say("opened"): [one["opened"] for one in trend], say("resolved"): [one["resolved"] for one in trend]},
            ),
        ),
        (
            "trend_satisfaction",
            _lines(
                days,
                {
                    say("csat"): [one["csat"]["percent"] for one in trend],
                    say("nps"): [one["nps"]["score"] for one in trend],
                },
            ),
        ),
        (
            "trend_times",
            _lines(
                days,
                {
                    say("first_reply"): [_scaled(one["first_reply"]["p50"], hours) for one in trend],
                    say("resolution"): [_scaled(one["resolution"]["p50"], hours) for one in trend],
                },
            ),
        ),
    ]


def _scaled(value: float | None, unit: float) -> float | None:
    return None if value is None else round(value / unit, 2)


def _bars(days: list[str], series: dict[str, list[Any]]) -> Markup:
    return _drawn(pygal.Bar(**_settings(days)), series)


def _lines(days: list[str], series: dict[str, list[Any]]) -> Markup:
    return _drawn(pygal.Line(**_settings(days), dots_size=2.5, allow_interruptions=True), series)


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


def _drawn(chart: Any, series: dict[str, list[Any]]) -> Markup:
    for name, values in series.items():
        chart.add(name, values)
    chart.add_xml_filter(_without_scripts)
    return Markup(chart.render(is_unicode=True, disable_xml_declaration=True))  # noqa: S704 - pygal escapes its labels


def _without_scripts(root: Any) -> Any:
    for parent in list(root.iter()):
        for script in [child for child in parent if str(child.tag).endswith("script")]:
            parent.remove(script)
    return root


def _group(records: list[Record], dimension: str) -> list[Record]:
    found = [record for record in records if record["dimension"] == dimension]
    return sorted(found, key=lambda record: (-record["opened"] - record["resolved"], record["value"]))


def _flows(records: list[Record]) -> list[tuple[str, list[Record]]]:
    """The after-sales records by kind, reason and thing, the most asked for first."""
    found = []
    for name in ("kind", "reason", "sku"):
        rows = [one for one in records if one["dimension"] == PREFIX + name]
        found.append((name, sorted(rows, key=lambda one: (-one["requested"], -one["items"], one["value"]))[:MOST_ROWS]))
    return found


def _slowest(figures: list[CaseMetric]) -> list[CaseMetric]:
    done = [figure for figure in figures if figure.resolution_ms is not None]
    return sorted(done, key=lambda figure: (-(figure.resolution_ms or 0), figure.number))[:WORST]


def _unhappiest(figures: list[CaseMetric]) -> list[CaseMetric]:
    low = [
        one
        for one in figures
        if one.answered and ((one.csat or 5) <= 2 or (one.nps if one.nps is not None else 10) <= 6)
    ]
    return sorted(low, key=lambda one: (one.csat or 5, one.nps if one.nps is not None else 10, one.number))[:WORST]
