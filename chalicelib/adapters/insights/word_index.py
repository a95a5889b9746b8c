"""Finds texts by their words: BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009)."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from chalicelib.domain.insights.search_terms import search_terms

Array = NDArray[np.float64]
SATURATION = 1.2
"""How soon a further occurrence of a term counts no more (k1)."""
LENGTH = 0.5
"""How much longer texts are held back (b)."""


class WordIndex:
    """The terms of some texts, weighted."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(search_terms(text)) for text in texts]
        lengths = np.array([count.total() for count in counts], float)
        held_back = SATURATION * (1 - LENGTH + LENGTH * lengths / max(1.0, lengths.mean() if len(texts) else 1.0))
        self.columns: dict[str, int] = {}
        rows, columns, values = [], [], []
        for row, count in enumerate(counts):
            for term, times in count.items():
                rows.append(row)
                columns.append(self.columns.setdefault(term, len(self.columns)))
                values.append(times / (times + held_back[row]))
        width = max(1, len(self.columns))
        self._texts = csr_matrix((values, (rows, columns)), shape=(len(texts), width), dtype=np.float64)
        texts_of = np.bincount(columns, minlength=width) if columns else np.zeros(width)
        self._rarity = np.log(1 + (len(texts) - texts_of + 0.5) / (texts_of + 0.5))
        self._unseen = float(np.log(1 + 2 * (len(texts) + 1)))

    def scores(self, questions: Sequence[str]) -> tuple[Array, Array]:
        """How well each text fits each question (a row a question, a column a text), and the most that a text could
        reach which had all its terms without end (one for each question)."""
        rows, columns, most = [], [], np.zeros(len(questions))
        for row, question in enumerate(questions):
            for term in dict.fromkeys(search_terms(question)):
                place = self.columns.get(term)
                most[row] += self._unseen if place is None else self._rarity[place]
                if place is not None:
                    rows.append(row)
                    columns.append(place)
        shape = (len(questions), self._texts.shape[1])
        asked = csr_matrix((self._rarity[columns] if columns else [], (rows, columns)), shape=shape, dtype=np.float64)
        return (asked @ self._texts.T).toarray(), most
