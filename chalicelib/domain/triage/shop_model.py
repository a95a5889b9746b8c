"""The model of a shop that types texts beside the rules: what its own cases and its agents' corrections taught.

It is linear: each piece of a text and each rule that holds speaks for or against each type; a softmax makes shares of
that. It was trained at night (`adapters/insights/nightly/type_model.py`) and answers here in pure Python.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import exp, sqrt
from typing import NamedTuple

import msgspec
from msgspec import Struct

from chalicelib.domain.insights.text_pieces import hash_of, pieces_of
from chalicelib.domain.kernel.enums import CaseType

FORMAT = 1
ZERO = 128
"""The byte that stands for the weight 0."""
HASH_BYTES = 3
MOST_WORDS = 4


class StoredModel(Struct, frozen=True, kw_only=True):
    """A model as it is stored. `hashes`: those of its pieces, three bytes each; `weights`: a byte for each piece and
    class; `rules`: a number for each class, by the type whose rule holds. It answers from `threshold` on."""

    format: int
    id: str
    classes: tuple[CaseType, ...]
    hashes: bytes
    weights: bytes
    scale: float
    rules: dict[str, tuple[float, ...]]
    offsets: tuple[float, ...]
    threshold: float
    known: bytes = b""
    """What it learned from: eight bytes for each text with its type (`known_text`)."""


class Judgement(NamedTuple):
    """The best type, its share (0 to 1), whether the model answers with it, and the pieces that speak most for it."""

    type: CaseType
    confidence: float
    is_answer: bool
    words: tuple[str, ...]


class Judged(NamedTuple):
    """What is said of texts by models that do not know them, and the threshold from which enough of it is right."""

    judgements: Sequence[Judgement]
    threshold: float


class ShopModel:
    """A model ready to answer."""

    def __init__(self, stored: StoredModel) -> None:
        self.stored = stored
        count = len(stored.classes)
        numbers = (stored.hashes[place : place + HASH_BYTES] for place in range(0, len(stored.hashes), HASH_BYTES))
        self._weights = {
            int.from_bytes(number, "big"): stored.weights[place * count : (place + 1) * count]
            for place, number in enumerate(numbers)
        }

    def judge(self, text: str, rules: Sequence[str]) -> Judgement:
        """What the model says of a text for which these rules hold."""
        pieces = pieces_of(text)
        weighted = [(piece, row) for piece in pieces if (row := self._weights.get(hash_of(piece))) is not None]
        scores = self._scores([row for _, row in weighted], len(pieces), rules)
        highest = max(scores)
        shares = [exp(score - highest) for score in scores]
        best = max(range(len(scores)), key=scores.__getitem__)
        confidence = 1 / sum(shares)
        for_it = [(piece, row[best]) for piece, row in weighted if row[best] > ZERO]
        words = [piece for piece, _ in sorted(for_it, key=lambda pair: -pair[1])]
        chosen = self.stored.classes[best]
        return Judgement(chosen, confidence, confidence >= self.stored.threshold, _shown(words))

    def _scores(self, rows: Sequence[bytes], pieces: int, rules: Sequence[str]) -> list[float]:
        factor = self.stored.scale / sqrt(max(pieces, 1))
        sums = [sum(column) for column in zip(*rows, strict=True)] or [0] * len(self.stored.classes)
        scores = [
            (total - ZERO * len(rows)) * factor + offset
            for total, offset in zip(sums, self.stored.offsets, strict=True)
        ]
        for rule in rules:
            scores = [
                score + more
                for score, more in zip(scores, self.stored.rules.get(rule, [0.0] * len(scores)), strict=True)
            ]
        return scores


def _shown(words: Sequence[str]) -> tuple[str, ...]:
    """The first of these, without beginnings of words and single characters, which say nothing to people."""
    return tuple([word for word in words if not word.endswith("~") and len(word) > 1][:MOST_WORDS])


def pack_model(model: StoredModel) -> bytes:
    """The model as it is stored."""
    return msgspec.msgpack.encode(model)


@lru_cache(maxsize=64)
def read_model(stored: bytes) -> ShopModel | None:
    """A stored model ready to answer, read once per process; None for one of another format, or whose parts do not fit
    each other."""
    try:
        model = msgspec.msgpack.decode(stored, type=StoredModel)
    except msgspec.MsgspecError:
        return None
    return ShopModel(model) if model.format == FORMAT and _fits(model) else None


def _fits(model: StoredModel) -> bool:
    count = len(model.classes)
    columns = (model.offsets, *model.rules.values())
    pieces, rest = divmod(len(model.hashes), HASH_BYTES)
    return count > 0 and rest == 0 and len(model.weights) == pieces * count and all(len(c) == count for c in columns)
