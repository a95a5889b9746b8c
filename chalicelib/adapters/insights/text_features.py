"""Texts as numbers: words, pieces of words, and what they mean."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from chalicelib.usecases.ports.learning import Encoder

BITS = 16
WORDS = HashingVectorizer(
    n_features=1 << BITS,
    norm=None,
    alternate_sign=False,
    ngram_range=(1, 2),
    token_pattern=r"(?u)[a-zA-Z0-9']+|[\u4e00-\u9fff]",
)
"""Words and pairs of words; of Chinese, characters and pairs of them."""
PIECES = HashingVectorizer(
    n_features=1 << BITS, norm=None, alternate_sign=False, analyzer="char_wb", ngram_range=(2, 5)
)
"""Pieces of two to five characters inside words."""
MEANING = 1.5
"""How much a text's vector counts beside each of the two, whose rows have the length one."""


class TextFeatures:
    """Rare words and pieces weigh more (TF-IDF, as learned from the texts of training), beside the encoder's vector."""

    def __init__(self, encoder: Encoder, weights: Sequence[TfidfTransformer]) -> None:
        self.encoder, self.weights = encoder, weights

    @classmethod
    def learned_from(cls, encoder: Encoder, texts: Sequence[str]) -> "TextFeatures":
        """The features for texts like these."""
        counts = (WORDS.transform(texts), PIECES.transform(texts))
        return cls(encoder, [TfidfTransformer(sublinear_tf=True).fit(count) for count in counts])

    def of(self, texts: Sequence[str]) -> csr_matrix:
        """A row for each text."""
        counts = (WORDS.transform(texts), PIECES.transform(texts))
        weighted = [weight.transform(count) for weight, count in zip(self.weights, counts, strict=True)]
        return hstack([*weighted, csr_matrix(self.encoder.encode(texts) * MEANING)]).tocsr()

    def save(self, path: Path) -> None:
        """Write what was learned into a file."""
        np.savez_compressed(path, *[weight.idf_.astype(np.float32) for weight in self.weights])

    @classmethod
    def load(cls, encoder: Encoder, path: Path) -> "TextFeatures":
        """What was learned and saved."""
        weights = []
        with np.load(path) as stored:
            for name in stored.files:
                weight = TfidfTransformer(sublinear_tf=True)
                weight.idf_ = stored[name].astype(np.float64)
                weights.append(weight)
        return cls(encoder, weights)
