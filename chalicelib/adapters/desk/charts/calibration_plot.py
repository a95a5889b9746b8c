"""How often answers were right, against how certain they were: on the diagonal, a model knows how good it is."""

from collections.abc import Sequence

from markupsafe import Markup

from chalicelib.adapters.desk.charts import svg
from chalicelib.domain.insights.model_card import Calibration
from chalicelib.domain.metrics.intervals import csat_interval

SIZE, LEFT, TOP, BOTTOM = 208, 42, 8, 22
SIDE = SIZE - LEFT - 8


def calibration_plot(bins: Sequence[Calibration], text: str, across: str, up: str) -> Markup:
    """A dot for answers of like confidence, with the interval of the share that was right; `across` and `up` name the
    axes."""
    height = SIDE + TOP + BOTTOM
    frame = [
        *(svg.line("scale", LEFT, _y(share), LEFT + SIDE, _y(share)) for share in (0, 0.5, 1)),
        svg.line("diagonal", _x(0), _y(0), _x(1), _y(1)),
        *(svg.label(LEFT - 4, _y(share) + 4, f"{share * 100:.0f} %", "end") for share in (0, 0.5, 1)),
        svg.label(LEFT, height - 6, f"0 % · {across}"),
        svg.label(LEFT + SIDE, height - 6, "100 %", "end"),
        svg.label(LEFT + 4, TOP + 12, up),
    ]
    return svg.drawing(SIZE, height, "plot", text, [*frame, *(part for each in bins for part in _bin(each))])


def _bin(each: Calibration) -> list[Markup]:
    limits = csat_interval(round(each.right * each.count), each.count)
    low, high = (each / 100 for each in limits) if limits else (each.right, each.right)
    x = _x(each.confidence)
    text = f"{each.confidence * 100:.0f} % → {each.right * 100:.0f} % (n {each.count})"
    return [svg.line("reach", x, _y(low), x, _y(high)), svg.dot("dot", x, _y(each.right), 3.5, text)]


def _x(share: float) -> float:
    return LEFT + SIDE * min(1.0, max(0.0, share))


def _y(share: float) -> float:
    return TOP + SIDE * (1 - min(1.0, max(0.0, share)))
