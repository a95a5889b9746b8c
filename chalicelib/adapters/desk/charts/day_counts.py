"""Counts over time as bars: small charts with one scale, which can be compared with each other."""

from collections.abc import Collection, Sequence

from markupsafe import Markup

from chalicelib.adapters.desk.charts import svg
from chalicelib.domain.kernel.timestamps import Day

LEFT, TOP, BOTTOM = 26, 8, 16
SMALL, WIDE = (300, 84), (440, 110)
"""The width and the height of a chart among others, and of one that has the page to itself."""
GAP = 0.22
"""The part of a day's width that stays free."""


def day_counts(
    counts: Sequence[tuple[Day, int]],
    top: int,
    text: str,
    marked: Collection[Day] = (),
    size: tuple[int, int] = SMALL,
) -> Markup:
    """Counts of days or weeks, each under its first day, on a scale up to `top`. Bars of `marked` days stand out."""
    width, height = size
    floor = height - BOTTOM
    step = (width - LEFT) / max(1, len(counts))
    unit = (floor - TOP) / max(1, top)
    bars = [
        svg.bar(
            "bar marked" if day in marked else "bar",
            LEFT + step * (place + GAP / 2),
            floor - count * unit,
            step * (1 - GAP),
            count * unit,
            f"{day}: {count}",
        )
        for place, (day, count) in enumerate(counts)
        if count
    ]
    return svg.drawing(width, height, "bars", text, [*_scale(top, width, floor), *bars, *_ends(counts, width, height)])


def _scale(top: int, width: float, floor: float) -> list[Markup]:
    """The lowest and the highest line, with their values."""
    lines = [svg.line("scale", LEFT, y, width, y) for y in (TOP, floor)]
    return [*lines, svg.label(LEFT - 4, TOP + 4, top, "end"), svg.label(LEFT - 4, floor + 2, 0, "end")]


def _ends(counts: Sequence[tuple[Day, int]], width: float, height: float) -> list[Markup]:
    """The first and the last day below the bars, without the year."""
    if not counts:
        return []
    ends = [svg.label(LEFT, height - 3, counts[0][0][5:])]
    return ends if len(counts) == 1 else [*ends, svg.label(width, height - 3, counts[-1][0][5:], "end")]
