"""The card of a model: what it learned from, how good it was on texts it did not know, and whether it answers."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

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


def with_states(cards: Sequence[ModelCard], live: str | None) -> list[ModelCard]:
    """The cards, the newest first, with the states that follow from which model answers (None: that of the start). A
    refused model stays refused; what is newer than what answers was rolled back, and what is older replaced."""
    last = next((card.id for card in cards if card.state != "refused"), None) if live is None else None
    rolled_back = {card.id for card in cards if card.id == last or (live is not None and card.id > live)}
    return [
        card
        if card.state == "refused"
        else replace(card, state="live" if card.id == live else "rolled_back" if card.id in rolled_back else "replaced")
        for card in cards
    ]
