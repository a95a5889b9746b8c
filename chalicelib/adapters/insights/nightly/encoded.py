"""Texts with their vectors, each computed once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chalicelib.usecases.ports.learning import Encoder

READ = 500
"""Characters of a text that are encoded: what it is about stands at its beginning."""
Vectors = NDArray[np.float32]


class Encoded:
    """An `Encoder` of the texts that it was made with: what is encoded again is looked up."""

    def __init__(self, encoder: Encoder, texts: Sequence[str]) -> None:
        self.name = encoder.name
        different = list(dict.fromkeys(text[:READ] for text in texts))
        self._places = {text: place for place, text in enumerate(different)}
        self._vectors: Vectors = np.asarray(encoder.encode(different), np.float32)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A row of length one for each of these texts."""
        rows: Vectors = self._vectors[[self._places[text[:READ]] for text in texts]]
        return rows
