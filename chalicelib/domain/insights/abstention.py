"""When a model answers, and when it abstains."""

from collections.abc import Iterable, Sequence
from math import floor, inf, sqrt


def answering_threshold(answers: Iterable[tuple[float, bool]], precision: float, margin: float = 0.0) -> float:
    """The confidence from which answers are right in at least this share; infinite where no threshold is enough.

    `answers`: the confidence of each answer to a question that the model was not trained on, and whether it was right.
    Of several thresholds the lowest is taken, so that as much as possible is answered. Few answers are right more often
    by chance: `margin` is by how many standard errors of a share (√(p(1 − p)/n)) they must be better.
    """
    error = margin * sqrt(precision * (1 - precision))
    threshold, right, count = inf, 0, 0
    ordered = sorted(answers, key=lambda answer: -answer[0])
    for place, (confidence, is_right) in enumerate(ordered):
        right, count = right + is_right, count + 1
        is_last_of_equal = place + 1 == len(ordered) or ordered[place + 1][0] < confidence
        if is_last_of_equal and right >= precision * count + error * sqrt(count):
            threshold = confidence
    return threshold


def common_threshold(groups: Sequence[Sequence[tuple[float, bool]]], precision: float) -> float:
    """The lowest confidence from which answers are right in at least this share in every group by itself, so that a
    group of easy texts does not make up for a hard one, in hundredths; infinite where there is none."""
    candidates = sorted({floor(100 * confidence) / 100 for group in groups for confidence, _ in group})
    return next((each for each in candidates if all(_is_right(group, each, precision) for group in groups)), inf)


def _is_right(group: Sequence[tuple[float, bool]], threshold: float, precision: float) -> bool:
    answered = [right for confidence, right in group if confidence >= threshold]
    return sum(answered) >= precision * len(answered)
