"""Figures of models: calibration and drift."""

from collections import Counter
from collections.abc import Sequence

from chalicelib.domain.insights.model_card import Calibration
from chalicelib.domain.insights.text_pieces import pieces_of

BINS = 5


def calibration_of(answers: Sequence[tuple[float, bool]]) -> list[Calibration]:
    """Answers by confidence in five parts of like size: how sure they were, and how many were right."""
    ordered = sorted(answers)
    bins = [ordered[place * len(ordered) // BINS : (place + 1) * len(ordered) // BINS] for place in range(BINS)]
    return [
        Calibration(
            len(part),
            sum(confidence for confidence, _ in part) / len(part),
            sum(right for _, right in part) / len(part),
        )
        for part in bins
        if part
    ]


def drift_of(texts: Sequence[str], recent: Sequence[str]) -> float | None:
    """How far the pieces of recent texts are from those of all that a model learned from: the total variation distance
    of their frequencies, 0 to 1; None without recent texts. Few texts are far from many by chance alone, so it is read
    beside the drift of the days before."""
    if not texts or not recent:
        return None
    of_all, of_recent = _shares(texts), _shares(recent)
    return sum(abs(of_all.get(each, 0) - of_recent.get(each, 0)) for each in of_all.keys() | of_recent.keys()) / 2


def _shares(texts: Sequence[str]) -> dict[str, float]:
    counts = Counter(piece for text in texts for piece in pieces_of(text))
    return {piece: count / counts.total() for piece, count in counts.items()}
