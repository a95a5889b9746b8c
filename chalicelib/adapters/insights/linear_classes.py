"""Linear support vectors, one class against the rest, and what they say of texts they were not trained on."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.svm import LinearSVC

Array = NDArray[np.float64]
Names = NDArray[np.str_]
OUTSIDE = ""
"""The class of the texts that no class is for."""
FOLDS = 3
MANY = 20
"""With more classes than this there are few texts of each, and the model trusts each text more."""
LEAD = 0.5
"""How much the distance to the second best class counts."""
NEVER = -9.0
"""What is said of a class without a text to learn from."""


def fit(rows: csr_matrix, classes: Names, names: Names, is_balanced: bool) -> tuple[Array, Array]:
    """The slopes (a row for each of `names`, a column a feature) and the offsets (one for each of `names`)."""
    slopes, offsets = np.zeros((len(names), rows.shape[1])), np.full(len(names), NEVER)
    present = np.unique(classes)
    places = np.searchsorted(names, present)
    if len(present) < 2:
        offsets[places] = 1.0
        return slopes, offsets
    trust = 1.0 if len(names) > MANY else 0.5
    model = LinearSVC(C=trust, class_weight="balanced" if is_balanced else None, random_state=0).fit(rows, classes)
    if len(present) == 2:  # the model has those of the second class; the first has them with the other sign
        slopes[places] = np.vstack([-model.coef_, model.coef_])
        offsets[places] = np.concatenate([-model.intercept_, model.intercept_])
    else:
        slopes[places], offsets[places] = model.coef_, model.intercept_
    return slopes, offsets


def judge_by_others(rows: csr_matrix, classes: Names, names: Names, is_balanced: bool) -> Array:
    """What models say of each text that were trained without it: a row a text, a column for each of `names`."""
    judged = np.full((rows.shape[0], len(names)), NEVER)
    if rows.shape[0] < 2:
        return judged
    rarest = int(np.unique(classes, return_counts=True)[1].min())
    folds = min(FOLDS, rows.shape[0])
    kind = StratifiedKFold if rarest >= folds else KFold
    for others, own in kind(folds, shuffle=True, random_state=0).split(rows, classes):
        slopes, offsets = fit(rows[others], classes[others], names, is_balanced)
        judged[own] = rows[own] @ slopes.T + offsets
    return judged


def best_classes(judged: Array, names: Names) -> Iterator[tuple[str, float]]:
    """The best class of each text but `OUTSIDE`, and how clearly it is that one."""
    inside = np.flatnonzero(names != OUTSIDE)
    ordered = np.sort(judged[:, inside], axis=1)
    second = ordered[:, -2] if len(inside) > 1 else np.full(len(judged), NEVER)
    confidences = ordered[:, -1] + LEAD * (ordered[:, -1] - second)
    if len(inside) < len(names):
        confidences = confidences - LEAD * judged[:, np.flatnonzero(names == OUTSIDE)[0]]
    for place, confidence in zip(judged[:, inside].argmax(axis=1), confidences, strict=True):
        yield str(names[inside][place]), float(confidence)


def save_linear(path: Path, slopes: Array, offsets: Array) -> None:
    """Write slopes and offsets into a file, the slopes in half precision and without those that are all 0."""
    used = np.flatnonzero(np.abs(slopes).max(axis=0) > 0)
    np.savez_compressed(
        path,
        used=used.astype(np.int32),
        slopes=slopes[:, used].astype(np.float16),
        offsets=offsets,
        shape=np.array(slopes.shape),
    )


def load_linear(path: Path) -> tuple[Array, Array]:
    """The slopes and offsets of a file."""
    with np.load(path) as stored:
        slopes = np.zeros(tuple(stored["shape"]))
        slopes[:, stored["used"]] = stored["slopes"]
        return slopes, stored["offsets"]
