"""The card of a model: what it learned from, how good it was on texts it did not know, and whether it answers."""

from typing import Literal

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import Day, Instant

Interval = tuple[float, float]


class Calibration(Struct, frozen=True):
    """Answers of like confidence: how many, their mean confidence, and the share that was right."""

    count: int
    confidence: float
    right: float


class ModelCard(Struct, frozen=True, kw_only=True):
    """A model of a shop. `texts` are those it learned from; `corrections` of them were corrected by agents.

    `accuracy` and `precision` (with intervals, 95 %) and `coverage` were measured on texts it was not trained on;
    `before` is the accuracy of what answered until then, on the texts among them that it had not learned from either.
    `drift`: how far the words of the last week are from those it learned from, 0 to 1.
    """

    id: str
    task: Literal["type"]
    day: Day
    trained_at: Instant
    texts: int
    corrections: int
    classes: dict[str, int]
    bytes: int
    accuracy: float
    accuracy_interval: Interval
    precision: float
    precision_interval: Interval
    coverage: float
    threshold: float
    before: float
    calibration: list[Calibration]
    state: Literal["live", "replaced", "refused", "rolled_back"]
    unseen: int = 0
    """The texts on which it was compared with what answered until then."""
    why: str = ""
    drift: float | None = None
    inputs: str = ""
    """The digest of what it learned from."""
