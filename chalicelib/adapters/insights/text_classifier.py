"""Names the class of a text, or abstains."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from chalicelib.adapters.insights.text_features import TextFeatures
from chalicelib.domain.insights.abstention import answering_threshold
from chalicelib.usecases.ports.learning import Encoder

Array = NDArray[np.float64]
OUTSIDE = ""
"""The class of the texts that no class is for."""
FOLDS = 3
LEAD = 0.5
"""How much the distance to the second best class counts."""
STEEPNESS = 2.0


class Answer(Struct, frozen=True):
    """`label`: the class, or None where the model abstains; `best`: the class it would have named; `confidence`: 0 to
    1, ½ at the threshold."""

    label: str | None
    best: str
    confidence: float


class _Settings(Struct, frozen=True):
    labels: list[str]
    threshold: float
    encoder: str


class TextClassifier:
    """A linear model (support vectors, one against the rest) on words, pieces of words and meaning."""

    def __init__(self, features: TextFeatures, settings: _Settings, slopes: Array, offsets: Array) -> None:
        self.features, self.settings = features, settings
        self.slopes, self.offsets = slopes, offsets

    @classmethod
    def trained(
        cls, encoder: Encoder, texts: Sequence[str], labels: Sequence[str | None], precision: float, is_balanced: bool
    ) -> "TextClassifier":
        """A model that answers so often that this share of its answers is right, as it was on texts it was not trained
        on. None labels texts that no class is for. With `is_balanced` rare classes count as much as frequent ones."""
        features = TextFeatures.learned_from(encoder, texts)
        rows, classes = features.of(texts), np.array([label or OUTSIDE for label in labels])
        names = np.unique(classes)
        judged = _judged_by_others(rows, classes, names, is_balanced)
        threshold = answering_threshold(_outcomes(judged, names, classes), precision)
        slopes, offsets = _fit(rows, classes, is_balanced)
        settings = _Settings(names.tolist(), threshold, encoder.name)
        return cls(features, settings, slopes, offsets)

    def answers(self, texts: Sequence[str]) -> Iterator[Answer]:
        """The answer for each text."""
        judged = self.features.of(texts) @ self.slopes.T + self.offsets
        threshold = self.settings.threshold
        for best, confidence in _named(np.asarray(judged), np.array(self.settings.labels)):
            margin = float(np.clip(STEEPNESS * (confidence - threshold), -30, 30))
            yield Answer(best if confidence >= threshold else None, best, float(1 / (1 + np.exp(-margin))))

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        self.features.save(folder / "features.npz")
        used = np.flatnonzero(np.abs(self.slopes).max(axis=0) > 0)
        np.savez_compressed(
            folder / "slopes.npz",
            used=used.astype(np.int32),
            slopes=self.slopes[:, used].astype(np.float16),
            offsets=self.offsets,
            shape=self.slopes.shape,
        )
        (folder / "settings.json").write_bytes(msgspec.json.encode(self.settings))

    @classmethod
    def load(cls, encoder: Encoder, folder: Path) -> "TextClassifier":
        """A saved model. ValueError for one of another encoder."""
        settings = msgspec.json.decode((folder / "settings.json").read_bytes(), type=_Settings)
        if settings.encoder != encoder.name:
            raise ValueError(f"the model was trained with the encoder {settings.encoder}, not {encoder.name}")
        with np.load(folder / "slopes.npz") as stored:
            slopes = np.zeros(tuple(stored["shape"]))
            slopes[:, stored["used"]] = stored["slopes"]
            offsets = stored["offsets"]
        return cls(TextFeatures.load(encoder, folder / "features.npz"), settings, slopes, offsets)


def _fit(rows: csr_matrix, classes: NDArray[np.str_], is_balanced: bool) -> tuple[Array, Array]:
    """The slopes and offsets, a row a class; of two classes, the first has those of the second with the other sign."""
    model = LinearSVC(
        C=1.0 if len(np.unique(classes)) > MANY else 0.5, class_weight="balanced" if is_balanced else None
    )
    model.fit(rows, classes)
    if len(model.classes_) > 2:
        return model.coef_, model.intercept_
    return np.vstack([-model.coef_, model.coef_]), np.concatenate([-model.intercept_, model.intercept_])


MANY = 20
"""With more classes than this there are few texts of each, and the model trusts each text more."""


def _judged_by_others(rows: csr_matrix, classes: NDArray[np.str_], names: NDArray[np.str_], is_balanced: bool) -> Array:
    """What models say of each text that were trained without it."""
    judged = np.full((rows.shape[0], len(names)), -np.inf)
    folds = StratifiedKFold(
        min(FOLDS, int(np.unique(classes, return_counts=True)[1].min())), shuffle=True, random_state=0
    )
    for others, own in folds.split(rows, classes):
        slopes, offsets = _fit(rows[others], classes[others], is_balanced)
        judged[own] = rows[own] @ slopes.T + offsets
    return judged


def _outcomes(judged: Array, names: NDArray[np.str_], classes: NDArray[np.str_]) -> list[tuple[float, bool]]:
    return [
        (confidence, best == label) for (best, confidence), label in zip(_named(judged, names), classes, strict=True)
    ]


def _named(judged: Array, names: NDArray[np.str_]) -> Iterator[tuple[str, float]]:
    """The best class of each text but `OUTSIDE`, and how clearly it is that one."""
    inside = np.flatnonzero(names != OUTSIDE)
    ordered = np.sort(judged[:, inside], axis=1)
    confidences = ordered[:, -1] + LEAD * (ordered[:, -1] - ordered[:, -2])
    if len(inside) < len(names):
        confidences = confidences - LEAD * judged[:, np.flatnonzero(names == OUTSIDE)[0]]
    for place, confidence in zip(judged[:, inside].argmax(axis=1), confidences, strict=True):
        yield str(names[inside][place]), float(confidence)
