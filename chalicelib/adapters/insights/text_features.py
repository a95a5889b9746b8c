"""Texts as numbers: words, pieces of words, and what they mean."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from chalicelib.domain.insights.case_types import RULES, hinted_types
from chalicelib.domain.insights.sentiment_cues import CUES, sentiment_cue
from chalicelib.usecases.ports.learning import Encoder

BITS = 16
WORD = r"(?u)[a-zA-Z0-9']+|[\u4e00-\u9fff]"
WORDS = HashingVectorizer(
    n_features=1 << BITS,
    norm=None,
    alternate_sign=False,
    ngram_range=(1, 2),
    token_pattern=WORD,
)
"""Words and pairs of words; of Chinese, characters and pairs of them."""
PIECES = HashingVectorizer(
    n_features=1 << BITS, norm=None, alternate_sign=False, analyzer="char_wb", ngram_range=(2, 5)
)
"""Pieces of two to five characters inside words."""
MEANING = 1.5
"""How much a text's vector counts beside each of the two, whose rows have the length one."""
MEANING_OF_FEW, FEW = 2.5, 500
"""The same where fewer texts than this were there to learn from: their words are few, and meaning carries further."""


RULED, CUED = 0.8, 0.5
"""How much each rule counts that holds, of types and of sentiments."""


class TextFeatures:
    """Rare words and pieces weigh more (TF-IDF, as learned from the texts of training), beside the encoder's vector
    and, where the classes are types of cases or sentiments, the rules that speak for each."""

    def __init__(
        self, encoder: Encoder, weights: Sequence[TfidfTransformer], meaning: float, labels: AbstractSet[str]
    ) -> None:
        self.encoder, self.weights, self.meaning = encoder, weights, meaning
        self.are_types = len(labels & RULES.keys()) > 1
        self.are_sentiments = {"positive", "negative"} <= labels

    @classmethod
    def learned_from(
        cls, encoder: Encoder, texts: Sequence[str], labels: AbstractSet[str] = frozenset()
    ) -> "TextFeatures":
        """The features for texts like these, in classes of these names."""
        counts = (WORDS.transform(texts), PIECES.transform(texts))
        meaning = MEANING_OF_FEW if len(texts) < FEW else MEANING
        return cls(encoder, [TfidfTransformer(sublinear_tf=True).fit(count) for count in counts], meaning, labels)

    def of(self, texts: Sequence[str]) -> csr_matrix:
        """A row for each text."""
        counts = (WORDS.transform(texts), PIECES.transform(texts))
        parts = [weight.transform(count) for weight, count in zip(self.weights, counts, strict=True)]
        parts.append(csr_matrix(self.encoder.encode(texts) * self.meaning))
        if self.are_types:
            parts.append(_columns(RULED, list(RULES), map(hinted_types, texts)))
        if self.are_sentiments:
            parts.append(_columns(CUED, CUES, ([sentiment_cue(text)] for text in texts)))
        return hstack(parts).tocsr()

    def save(self, path: Path) -> None:
        """Write what was learned into a file."""
        weights = {f"weights_{place}": weight.idf_.astype(np.float32) for place, weight in enumerate(self.weights)}
        np.savez_compressed(path, meaning=np.array(self.meaning), **weights)

    @classmethod
    def load(cls, encoder: Encoder, path: Path, labels: AbstractSet[str] = frozenset()) -> "TextFeatures":
        """What was learned and saved, for classes of these names."""
        weights = []
        with np.load(path) as stored:
            for name in sorted(set(stored.files) - {"meaning"}):
                weight = TfidfTransformer(sublinear_tf=True)
                weight.idf_ = stored[name].astype(np.float64)
                weights.append(weight)
            meaning = float(stored["meaning"])
        return cls(encoder, weights, meaning, labels)


def _columns(weight: float, names: Sequence[str], rows: Iterable[Sequence[str]]) -> csr_matrix:
    """A row for each text, a column for each name: the weight where the text has it."""
    return csr_matrix([[weight * (name in row) for name in names] for row in rows])
