"""Train the model of a shop that types texts on arrival: a multinomial logistic regression on the pieces of texts and
the rules that hold. It learns from the shop's own cases beside a small set of messages that is shipped, so that a shop
whose agents corrected one type alone still tells it from the others.
"""

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from chalicelib.adapters.insights.start_messages import start_messages
from chalicelib.domain.insights.abstention import common_threshold
from chalicelib.domain.insights.case_types import hinted_types
from chalicelib.domain.insights.labelled import Labelled, known_text
from chalicelib.domain.insights.text_pieces import hash_of, pieces_of
from chalicelib.domain.kernel.enums import CaseType
from chalicelib.domain.triage.shop_model import FORMAT, HASH_BYTES, ZERO, Judged, Judgement, ShopModel, StoredModel

TRUST = 20.0
"""How much the texts are believed (C of the logistic regression)."""
MOST_PIECES = 24_000
"""The pieces that say most: a model is one item of the table, of 400 KB at most."""
PRECISION = 0.87
"""The share of its answers that shall be right: agents correct the others, and rules type what it leaves."""
FOLDS = 5
HIGHEST = 2.0
"""A threshold that no share reaches: the model never answers."""
STEPS = 200
RULES: tuple[CaseType, ...] = (
    "repair",
    "refund",
    "exchange",
    "return",
    "complaint",
    "order_issue",
    "review",
    "question",
)
Array = NDArray[np.float64]


def train(rows: Sequence[Labelled], threshold: float, model_id: str) -> StoredModel:
    """The model of these texts and those that are shipped. It answers from this threshold (`judge_by_others`)."""
    model = _fit([*start_messages(), *rows], model_id, threshold)
    return replace(model, known=b"".join(map(known_text, rows)))


def start_model() -> StoredModel:
    """The model of the messages that are shipped, and of nothing else."""
    return _fit(start_messages(), "start", judge_by_others(()).threshold)


def judge_by_others(rows: Sequence[Labelled]) -> Judged:
    """What models say of each text that were trained without it, and the threshold that gave enough precision. The
    shipped messages are judged with them: a threshold of texts that are all alike would suit no other text."""
    everything = [*start_messages(), *rows]
    judged: dict[str, Judgement] = {}
    for fold in range(FOLDS):
        held_out = [row for place, row in enumerate(everything) if place % FOLDS == fold]
        others = [row for place, row in enumerate(everything) if place % FOLDS != fold]
        model = ShopModel(_fit(others, "", HIGHEST))
        judged |= {row.id: model.judge(row.text, hinted_types(row.text)) for row in held_out}
    outcomes = [
        [(judged[row.id].confidence, judged[row.id].type == row.label) for row in group]
        for group in (start_messages(), rows)
    ]
    return Judged([judged[row.id] for row in rows], min(common_threshold(outcomes, PRECISION), HIGHEST))


def _fit(rows: Sequence[Labelled], model_id: str, threshold: float) -> StoredModel:
    hashes, pieces = _pieces(rows)
    rules = np.array([[float(name in hinted_types(row.text)) for name in RULES] for row in rows])
    columns = csr_matrix(np.hstack([rules])) if not hashes.size else _beside(pieces, rules)
    model = LogisticRegression(C=TRUST, max_iter=STEPS)
    model.fit(columns, [row.label for row in rows], [row.weight for row in rows])
    slopes: Array = model.coef_
    chosen = _strongest(slopes[:, : hashes.size])
    weights, scale = _bytes_of(slopes[:, chosen])
    return StoredModel(
        format=FORMAT,
        id=model_id,
        classes=tuple(model.classes_.tolist()),
        hashes=b"".join(int(each).to_bytes(HASH_BYTES, "big") for each in hashes[chosen]),
        weights=weights,
        scale=scale,
        rules={name: tuple(slopes[:, hashes.size + place].tolist()) for place, name in enumerate(RULES)},
        offsets=tuple(model.intercept_.tolist()),
        threshold=threshold,
    )


def _pieces(rows: Sequence[Labelled]) -> tuple[NDArray[np.int64], csr_matrix]:
    """The hashes of all pieces, and a row of length one for each text, as `ShopModel` weighs them."""
    pieces = [[hash_of(piece) for piece in pieces_of(row.text)] for row in rows]
    hashes = np.unique(np.array([each for row in pieces for each in row], np.int64))
    indices = np.searchsorted(hashes, [each for row in pieces for each in row])
    values = np.array([1 / np.sqrt(len(row)) for row in pieces for _ in row])
    ends = np.cumsum([0, *map(len, pieces)])
    return hashes, csr_matrix((values, indices, ends), (len(rows), hashes.size))


def _beside(pieces: csr_matrix, rules: Array) -> csr_matrix:
    from scipy.sparse import hstack

    return csr_matrix(hstack([pieces, csr_matrix(rules)]))


def _strongest(slopes: Array) -> NDArray[np.int64]:
    """The places of the pieces that say most, in order."""
    strength = np.abs(slopes).max(axis=0)
    return np.sort(np.argsort(-strength, kind="stable")[:MOST_PIECES])


def _bytes_of(slopes: Array) -> tuple[bytes, float]:
    """The weights as bytes, piece by piece, and what one step of a byte is worth."""
    largest = float(np.abs(slopes).max()) if slopes.size else 0.0
    scale = largest / (ZERO - 1) or 1.0
    whole = np.rint(slopes.T / scale).astype(np.int64) + ZERO
    return whole.astype(np.uint8).tobytes(), scale
