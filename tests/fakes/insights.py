"""An encoder without weights: texts that share pieces are near."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

WIDTH = 64


class PieceEncoder:
    """Counts the pieces of two characters of a text in a few buckets."""

    def __init__(self, name: str = "pieces") -> None:
        self.name = name
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += len(texts)
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        for row, text in enumerate(texts):
            plain = f" {text.lower()} "
            for place in range(len(plain) - 1):
                vectors[row, crc32(plain[place : place + 2].encode("utf-8", "replace")) % WIDTH] += 1
        lengths: NDArray[np.float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1), np.float32)

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.encode(texts)
