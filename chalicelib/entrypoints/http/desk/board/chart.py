"""A chart of days as points of an SVG: the line of a figure, and the band of its interval.

The nightly reports are drawn with pygal, which lies in the layer of another function."""

from collections.abc import Sequence
from itertools import groupby
from math import ceil, floor

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import Day
from chalicelib.domain.metrics.period_figures import PeriodFigure

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 10, 24
ROUND = (1, 2, 5, 10)
PARTS = 5
"""A scale has so many parts at the most."""

DayFigure = tuple[Day, PeriodFigure]


class Dot(Struct, frozen=True):
    """A day with a value: where it is drawn, and the figure."""

    day: Day
    x: float
    y: float
    figure: PeriodFigure


class Chart(Struct, frozen=True):
    """What the template draws: points of lines (broken where a day has no value), of bands, dots, and lines of the
    scale with their values."""

    lines: list[str]
    bands: list[str]
    dots: list[Dot]
    scale: list[tuple[float, float]]
    first: Day
    last: Day


class Scale(Struct, frozen=True):
    """Where days and values are drawn: values from `bottom` to `top`, with a line at every `step`."""

    days: int
    bottom: float
    top: float
    step: float

    def x(self, place: int) -> float:
        """Where a day is, by its place among the days."""
        return round(LEFT + (WIDTH - LEFT - RIGHT) * place / max(1, self.days - 1), 1)

    def y(self, value: float) -> float:
        """Where a value is."""
        share = (value - self.bottom) / (self.top - self.bottom)
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share, 1)

    def lines(self) -> list[tuple[float, float]]:
        """The lines of the scale, with their values."""
        count = round((self.top - self.bottom) / self.step)
        values = [self.bottom + self.step * place for place in range(count + 1)]
        return [(self.y(value), value) for value in values]


def chart_of(days: Sequence[DayFigure]) -> Chart | None:
    """The chart of a figure over days; None when no day has a value."""
    if all(figure.value is None for _, figure in days):
        return None
    scale = scale_of(days)
    runs = _runs(days, scale)
    bands = (_band(run, scale) for run in runs)
    return Chart(
        lines=[" ".join(f"{dot.x},{dot.y}" for dot in run) for run in runs],
        bands=[band for band in bands if band],
        dots=[dot for run in runs for dot in run],
        scale=scale.lines(),
        first=days[0][0],
        last=days[-1][0],
    )


def scale_of(days: Sequence[DayFigure]) -> Scale:
    """A scale with round steps that has zero, all values and all intervals."""
    shown = [figure for _, figure in days if figure.value is not None]
    bounds = [0.0, *(bound for figure in shown for bound in (figure.value or 0, *(figure.interval or ())))]
    step = _round_step((max(bounds) - min(bounds)) or 1)
    bottom, top = step * floor(min(bounds) / step), step * ceil(max(bounds) / step)
    return Scale(len(days), bottom, top if top > bottom else bottom + step, step)


def _round_step(span: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that divides a span into no more than `PARTS`; 1 at least."""
    size = 1.0
    while size * ROUND[-1] < span / PARTS:
        size *= ROUND[-1]
    return next(size * factor for factor in ROUND if size * factor >= span / PARTS)


def _runs(days: Sequence[DayFigure], scale: Scale) -> list[list[Dot]]:
    """The runs of days that have a value."""
    placed = groupby(enumerate(days), key=lambda each: each[1][1].value is not None)
    return [
        [Dot(day, scale.x(place), scale.y(figure.value or 0), figure) for place, (day, figure) in run]
        for has_value, run in placed
        if has_value
    ]


def _band(run: list[Dot], scale: Scale) -> str:
    """The outline of the intervals of a run: above from left to right, below back. Empty for a single day."""
    intervals = [(dot.x, dot.figure.interval) for dot in run if dot.figure.interval]
    upper = [f"{x},{scale.y(high)}" for x, (_, high) in intervals]
    lower = [f"{x},{scale.y(low)}" for x, (low, _) in intervals]
    return " ".join([*upper, *reversed(lower)]) if len(intervals) > 1 else ""
