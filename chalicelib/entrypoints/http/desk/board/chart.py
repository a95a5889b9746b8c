"""A chart of days as points of an SVG: the line of a figure, and the band of its interval."""

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import Day
from chalicelib.domain.metrics.period_figures import Measured, PeriodFigure

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 10, 24
ROUND = (1, 2, 5, 10)


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


def chart_of(days: "list[tuple[Day, dict[Measured, PeriodFigure]]]", measured: str) -> Chart | None:
    """The chart of a figure over days; None when no day has a value."""
    figures = [(day, next(value for name, value in of_day.items() if name == measured)) for day, of_day in days]
    bounds = [bound for _, figure in figures for bound in _bounds(figure)]
    if not bounds:
        return None
    low, high = min(0.0, *bounds), max(bounds)
    step = _step((high - low) or 1)
    top = step * -(-high // step) or step
    bottom = step * (low // step)

    def x(place: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * place / max(1, len(figures) - 1), 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - bottom) / (top - bottom), 1)

    dots = [
        Dot(day, x(n), y(figure.value), figure) for n, (day, figure) in enumerate(figures) if figure.value is not None
    ]
    count = round((top - bottom) / step)
    scale = [(y(bottom + step * n), bottom + step * n) for n in range(count + 1)]
    lines, bands = [], []
    for run in _runs(figures):
        lines.append(" ".join(f"{x(n)},{y(figure.value or 0)}" for n, figure in run))
        upper = [f"{x(n)},{y(figure.interval[1])}" for n, figure in run if figure.interval]
        lower = [f"{x(n)},{y(figure.interval[0])}" for n, figure in run if figure.interval]
        if len(upper) > 1:
            bands.append(" ".join([*upper, *reversed(lower)]))
    return Chart(lines, bands, dots, scale, figures[0][0], figures[-1][0])


def _bounds(figure: PeriodFigure) -> tuple[float, ...]:
    return () if figure.value is None else (figure.value, *(figure.interval or ()))


def _runs(figures: list[tuple[Day, PeriodFigure]]) -> list[list[tuple[int, PeriodFigure]]]:
    """The runs of days that have a value, with their places."""
    runs: list[list[tuple[int, PeriodFigure]]] = [[]]
    for place, (_, figure) in enumerate(figures):
        if figure.value is None:
            runs.append([])
        else:
            runs[-1].append((place, figure))
    return [run for run in runs if run]


def _step(span: float) -> float:
    """A round step that divides a span into four parts or a few more."""
    size = 10.0 ** len(str(int(span / 4))) / 10
    return next(size * factor for factor in ROUND if size * factor >= span / 5)
