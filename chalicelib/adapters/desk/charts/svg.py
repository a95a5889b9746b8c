"""Pieces of charts that the server draws. Every text in them is escaped; colours come from `desk.css` by classes, for
the policy of pages allows no style in an element."""

from collections.abc import Iterable

from markupsafe import Markup


def drawing(width: float, height: float, kind: str, text: str, parts: Iterable[Markup]) -> Markup:
    """An image with its text for those who do not see it; one without a text is an ornament beside its own words."""
    spoken = Markup('role="img" aria-label="{}"').format(text) if text else Markup('aria-hidden="true"')
    frame = Markup('<svg class="chart {}" viewBox="0 0 {} {}" {}>{}</svg>')
    return frame.format(kind, width, height, spoken, Markup("").join(parts))


def line(kind: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    """A straight line."""
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(kind, *rounded(x1, y1, x2, y2))


def dot(kind: str, x: float, y: float, radius: float, text: str = "") -> Markup:
    """A dot, with a text that is shown when it is pointed at."""
    shape = Markup('<circle class="{}" cx="{}" cy="{}" r="{}">{}</circle>')
    return shape.format(kind, *rounded(x, y, radius), _title(text))


def bar(kind: str, x: float, y: float, width: float, height: float, text: str = "") -> Markup:
    """A bar, with a text that is shown when it is pointed at."""
    shape = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}">{}</rect>')
    return shape.format(kind, *rounded(x, y, width, height), _title(text))


def path(kind: str, points: Iterable[tuple[float, float]]) -> Markup:
    """A line through points."""
    joined = " ".join("{},{}".format(*rounded(*point)) for point in points)
    return Markup('<polyline class="{}" points="{}"/>').format(kind, joined)


def label(x: float, y: float, text: object, anchor: str = "start") -> Markup:
    """A text in a chart, which begins, ends or has its middle at x."""
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(*rounded(x, y), anchor, text)


def rounded(*values: float) -> list[float]:
    """Places on paper: a tenth of a point is enough."""
    return [round(value, 1) for value in values]


def _title(text: str) -> Markup:
    return Markup("<title>{}</title>").format(text) if text else Markup("")
