"""Names the class of a text, or abstains."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from chalicelib.adapters.insights.linear_classes import (
    OUTSIDE,
    Array,
    best_classes,
    fit,
    judge_by_others,
    load_linear,
    save_linear,
)
from chalicelib.adapters.insights.sentence_encoder import check_encoders
from chalicelib.adapters.insights.text_features import TextFeatures
from chalicelib.domain.insights.abstention import answering_threshold
from chalicelib.usecases.ports.learning import Encoder

STEEPNESS = 2.0
FEW = 300
"""With fewer texts a model must be right one standard error more often than is asked for: the threshold that looks best
on few texts is so in part by chance."""
HIGHEST = 1e6
"""A threshold that no text reaches: JSON has no infinity."""


class Answer(Struct, frozen=True):
    """`label`: the class, or None where the model abstains; `best`: the class it would have named; `confidence`: 0 to
    1, ½ at the threshold; `judged`: what the model says of each class, most for the best."""

    label: str | None
    best: str
    confidence: float
    judged: dict[str, float]


class Settings(Struct, frozen=True):
    """What a model must know beside its numbers. The classes are in the order of the slopes."""

    labels: list[str]
    threshold: float
    encoder: str


class TextClassifier:
    """A linear model (support vectors, one against the rest) on words, pieces of words, meaning and rules."""

    def __init__(self, features: TextFeatures, settings: Settings, slopes: Array, offsets: Array) -> None:
        self.features, self.settings = features, settings
        self.slopes, self.offsets = slopes, offsets

    @classmethod
    def trained(
        cls,
        encoder: Encoder,
        texts: Sequence[str],
        labels: Sequence[str | None],
        precision: float,
        is_balanced: bool,
        measured: int | None = None,
    ) -> "TextClassifier":
        """A model that answers so often that this share of its answers is right, as it was on texts it was not trained
        on: on the first `measured` texts if that is given, for others may be easier. None labels texts that no class is
        for. With `is_balanced` rare classes count as much as frequent ones. ValueError when no text has a class."""
        classes = np.array([label or OUTSIDE for label in labels])
        names = np.unique(classes)
        if not any(labels):
            raise ValueError("no text has a label to learn")
        features = TextFeatures.learned_from(encoder, texts, {str(name) for name in names})
        rows = features.of(texts)
        judged = judge_by_others(rows, classes, names, is_balanced)
        outcomes = [
            (confidence, best == label)
            for (best, confidence), label in zip(best_classes(judged, names), classes, strict=True)
        ][:measured]
        threshold = min(HIGHEST, answering_threshold(outcomes, precision, margin=float(len(outcomes) < FEW)))
        slopes, offsets = fit(rows, classes, names, is_balanced)
        return cls(features, Settings(names.tolist(), threshold, encoder.name), slopes, offsets)

    def answers(self, texts: Sequence[str]) -> Iterator[Answer]:
        """The answer for each text."""
        if not texts:
            return
        judged = np.asarray(self.features.of(texts) @ self.slopes.T + self.offsets)
        threshold, labels = self.settings.threshold, self.settings.labels
        for row, (best, confidence) in zip(judged, best_classes(judged, np.array(labels)), strict=True):
            margin = float(np.clip(STEEPNESS * (confidence - threshold), -30, 30))
            said = dict(zip(labels, map(float, row), strict=True))
            yield Answer(best if confidence >= threshold else None, best, float(1 / (1 + np.exp(-margin))), said)

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        self.features.save(folder / "features.npz")
        save_linear(folder / "slopes.npz", self.slopes, self.offsets)
        (folder / "settings.json").write_bytes(msgspec.json.encode(self.settings))

    @classmethod
    def load(cls, encoder: Encoder, folder: Path) -> "TextClassifier":
        """A saved model. ValueError for one of another encoder."""
        settings = msgspec.json.decode((folder / "settings.json").read_bytes(), type=Settings)
        check_encoders([encoder], [settings.encoder])
        slopes, offsets = load_linear(folder / "slopes.npz")
        features = TextFeatures.load(encoder, folder / "features.npz", set(settings.labels))
        return cls(features, settings, slopes, offsets)
