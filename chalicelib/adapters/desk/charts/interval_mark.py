"""A value with its interval on a small scale. It stands beside the same figures in words, so it is an ornament."""

from math import log

from markupsafe import Markup

from chalicelib.adapters.desk.charts import svg
from chalicelib.domain.insights.findings import Interval

WIDTH, HEIGHT = 120, 14
EDGE = 4
MOST = 4.0
"""Ratios are drawn from a quarter to four times; what lies beyond is drawn at the edge."""


def share_mark(share: float, interval: Interval) -> Markup:
    """A share from 0 to 1."""
    return _mark(share, interval)


def ratio_mark(ratio: float, interval: Interval) -> Markup:
    """A ratio, on a scale on which twice and half are as far from the line at 1."""
    return _mark(_place(ratio), (_place(interval[0]), _place(interval[1])))


def _place(ratio: float) -> float:
    return 0.5 + log(ratio) / (2 * log(MOST)) if ratio > 0 else 0.0


def _mark(value: float, interval: Interval) -> Markup:
    x, low, high = (EDGE + (WIDTH - 2 * EDGE) * min(1.0, max(0.0, each)) for each in (value, *interval))
    y, middle = HEIGHT / 2, WIDTH / 2
    parts = [
        svg.line("scale", EDGE, y, WIDTH - EDGE, y),
        svg.line("scale", middle, 1, middle, HEIGHT - 1),
        svg.line("reach", low, y, high, y),
        svg.dot("dot", x, y, 3.5),
    ]
    return svg.drawing(WIDTH, HEIGHT, "mark-of", "", parts)
