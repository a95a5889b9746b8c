"""The daily metrics for any period: a chart, a table with the worst first, and the same as CSV."""

import csv
import io
from typing import TYPE_CHECKING

from chalice.app import Response
from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotFound, invalid
from chalicelib.domain.kernel.timestamps import Day, day_of, next_day
from chalicelib.domain.metrics.dimensions import DIMENSIONS
from chalicelib.domain.metrics.period_figures import MEASURED, Measured
from chalicelib.entrypoints.http.desk.board.chart import chart_of
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import page
from chalicelib.entrypoints.http.metrics.routes import read_day
from chalicelib.entrypoints.http.requests import Headers, parameter

if TYPE_CHECKING:
    from chalicelib.usecases.metrics.read_period import PeriodPage

DAYS = 30
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell must not begin with: spreadsheets would compute it (OWASP, CSV Injection)."""
PRESETS = (7, 30, 90)
FEEDBACK_PAGE = "-feedback.html"
"""The end of the address of a report's page about feedback, as the report links to it."""
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


class Asked(Struct, frozen=True):
    """What is shown: the days from `first` to `last`, by which dimension, and the measure that ranks and is drawn."""

    first: Day
    last: Day
    dimension: str
    measured: Measured


def show(desk: Desk) -> Response:
    """The figures of a period."""
    asked = _asked(desk)
    period = _period(desk, asked)
    yesterday = next_day(_today(desk), -1)
    return page(
        desk,
        "figures.html",
        period=period,
        asked=asked,
        chart=chart_of([(day, figures[asked.measured]) for day, figures in period.days]),
        measured=MEASURED,
        dimensions=DIMENSIONS,
        presets=[(days, next_day(yesterday, 1 - days), yesterday) for days in PRESETS],
    )


def table(desk: Desk) -> Response:
    """What is shown, as CSV for a spreadsheet."""
    asked = _asked(desk)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([asked.dimension, *(f"{name}{part}" for name in MEASURED for part in ("", "_low", "_high", "_n"))])
    for each in _period(desk, asked).values:
        cells: list[str] = [_harmless(each.value)]
        for figure in (each.now[name] for name in MEASURED):
            low, high = figure.interval or (None, None)
            cells += ["" if part is None else f"{part:g}" for part in (figure.value, low, high, figure.sample)]
        writer.writerow(cells)
    name = f"{desk.shop.id}-{asked.dimension}-{asked.first}-{asked.last}.csv"
    headers: Headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(body="\ufeff" + out.getvalue(), status_code=200, headers=headers)


def report(desk: Desk, day: str) -> Response:
    """The report of a day, or its page about feedback, to which the report links."""
    date = day.removesuffix(FEEDBACK_PAGE)
    html = services().data_lake.read_report(desk.shop.id, read_day("day", date), is_of_feedback=date != day)
    if html is None:
        raise NotFound("There is no such page.")
    headers: Headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": REPORT_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(body=html, status_code=200, headers=headers)


def _period(desk: Desk, asked: Asked) -> "PeriodPage":
    from chalicelib.usecases.metrics.read_period import read_period

    return read_period(services().metrics, desk.shop.id, asked.dimension, asked.first, asked.last, asked.measured)


def _asked(desk: Desk) -> Asked:
    today = _today(desk)
    dimension = parameter(desk.request, "dimension") or "sku"
    if dimension not in DIMENSIONS:
        raise invalid("dimension", f"is one of {', '.join(DIMENSIONS)}")
    return Asked(
        first=read_day("from", parameter(desk.request, "from") or next_day(today, -DAYS)),
        last=read_day("to", parameter(desk.request, "to") or next_day(today, -1)),
        dimension=dimension,
        measured=_measured(parameter(desk.request, "measure") or "csat"),
    )


def _today(desk: Desk) -> Day:
    return day_of(desk.now, desk.shop.time_zone)


def _measured(text: str) -> Measured:
    wanted = next((each for each in MEASURED if each == text), None)
    if wanted is None:
        raise invalid("measure", f"is one of {', '.join(MEASURED)}")
    return wanted


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
