"""The mood of a customer over a conversation: a line from message to message, above the middle when they praise."""

from collections.abc import Sequence

from markupsafe import Markup

from chalicelib.adapters.desk.charts import svg

WIDTH, HEIGHT, EDGE = 240, 44, 6


def mood_course(moods: Sequence[tuple[str, float]], text: str) -> Markup:
    """The moods of messages, each with its time and from -1 to 1."""
    step = (WIDTH - 2 * EDGE) / max(1, len(moods) - 1)
    points = [(EDGE + step * place, _y(score)) for place, (_, score) in enumerate(moods)]
    dots = [
        svg.dot(_kind(score), *point, 3.5, f"{when}: {score:+.1f}")
        for point, (when, score) in zip(points, moods, strict=True)
    ]
    middle = svg.line("scale", 0, HEIGHT / 2, WIDTH, HEIGHT / 2)
    return svg.drawing(WIDTH, HEIGHT, "course", text, [middle, svg.path("line", points), *dots])


def _kind(score: float) -> str:
    return "dot bad" if score < 0 else "dot good" if score > 0 else "dot even"


def _y(score: float) -> float:
    return EDGE + (HEIGHT - 2 * EDGE) * (1 - score) / 2
