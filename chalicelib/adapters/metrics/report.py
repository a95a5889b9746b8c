"""The nightly report: one self-contained page with its charts."""

from typing import Any, get_args

from chalicelib.adapters.metrics.report_charts import charts
from chalicelib.adapters.metrics.report_numbers import duration, headlines, number
from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.aftersales.measures import PREFIX as FLOW_PREFIX
from chalicelib.domain.kernel.enums import CaseType, Channel
from chalicelib.domain.kernel.timestamps import next_day
from chalicelib.domain.settlement.measures import COUNTED
from chalicelib.domain.settlement.measures import PREFIX as SETTLEMENT_PREFIX
from chalicelib.usecases.ports.metrics import Record, Report

LISTED_RECORDS = 20
NAMED = {"type": get_args(CaseType), "channel": get_args(Channel)}
"""The dimensions whose values have a name in each language."""


class HtmlReport:
    """Renders a `Report` as a page in the shop's language."""

    def __init__(self, pages: TemplateRenderer) -> None:
        self.pages = pages

    def page(self, report: Report) -> str:
        """The page as HTML, which loads nothing else and can be printed."""
        return self.pages.render("report.html", report.shop.locale, **self._contents(report))

    def _contents(self, report: Report) -> dict[str, Any]:
        records, language = report.records, report.shop.locale
        today = next(record for record in records if record["dimension"] == "all")
        before = next((record for record in report.trend if record["day"] == next_day(report.day, -1)), None)
        return {
            "shop": report.shop.name,
            "day": report.day,
            "today": today,
            "before": before,
            "headlines": headlines(today, before),
            "charts": charts(report.day, report.trend, lambda name: self.pages.text(name, language)),
            "label": lambda dimension, value: self._label(dimension, value, language),
            "groups": [(name, _group(records, name)) for name in ("channel", "type", "team", "assignee")],
            **_other_measures(records),
            "slowest": report.cases.get("slowest", []),
            "unhappiest": report.cases.get("unhappiest", []),
            "duration": duration,
            "number": number,
        }

    def _label(self, dimension: str, value: str, language: str) -> str:
        """How a value of a dimension is called in that language."""
        return self.pages.text(f"{dimension}_{value}", language) if value in NAMED.get(dimension, ()) else value


def _group(records: list[Record], dimension: str) -> list[Record]:
    """The records of cases in a dimension, those with the most cases first."""
    group = [record for record in records if record["dimension"] == dimension]
    return sorted(group, key=lambda record: (-record["opened"] - record["resolved"], record["value"]))


def _other_measures(records: list[Record]) -> dict[str, Any]:
    return {
        "settlement": _total(records, SETTLEMENT_PREFIX),
        "counted": COUNTED,
        "flows": [(name, _flows(records, name)) for name in ("kind", "reason", "sku")],
        "total": _total(records, FLOW_PREFIX),
    }


def _total(records: list[Record], prefix: str) -> Record | None:
    return next((record for record in records if record["dimension"] == f"{prefix}all"), None)


def _flows(records: list[Record], dimension: str) -> list[Record]:
    """The after-sales records in a dimension, the most requested first."""
    rows = [record for record in records if record["dimension"] == FLOW_PREFIX + dimension]
    rows.sort(key=lambda record: (-record["requested"], -record["items"], record["value"]))
    return rows[:LISTED_RECORDS]
