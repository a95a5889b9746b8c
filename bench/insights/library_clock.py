"""How much CPU the libraries take of what our code does: the calls that any program would make for the same arithmetic,
timed where they are made. A call inside another one counts once."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalicelib.adapters.insights.nightly import questions
from chalicelib.adapters.insights.nightly.encoded import READ
from chalicelib.domain.insights.nightly.asking import asks
from chalicelib.usecases.ports.learning import Encoder

CALLS = (
    ("sklearn.cluster", "KMeans.fit"),
    ("sklearn.decomposition", "PCA.fit_transform"),
    ("sklearn.decomposition", "TruncatedSVD.fit_transform"),
    ("sklearn.feature_extraction.text", "TfidfVectorizer.fit_transform"),
    ("sklearn.linear_model", "LogisticRegression.fit"),
    ("scipy.sparse", "csr_matrix.__matmul__"),
    ("scipy.sparse", "csr_matrix.multiply"),
    ("rjieba", "cut"),
    ("rjieba", "tag"),
)
"""Of each library, what the nightly job calls. Products of dense arrays are operators and cannot be timed so."""


class LibraryClock:
    """`seconds`: the CPU of each call's name."""

    def __init__(self) -> None:
        self.seconds = defaultdict[str, float](float)
        self._is_inside = False

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, timed."""

        def measured(*arguments: Any, **named: Any) -> Any:
            if self._is_inside:
                return call(*arguments, **named)
            self._is_inside, began = True, process_time()
            try:
                return call(*arguments, **named)
            finally:
                self.seconds[name] += process_time() - began
                self._is_inside = False

        return measured

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time the libraries' calls until the end of the block."""
        originals = []
        for module, path in CALLS:
            owner: Any = import_module(module)
            *outer, name = path.split(".")
            for each in outer:
                owner = getattr(owner, each)
            originals.append((owner, name, getattr(owner, name)))
            setattr(owner, name, self.timed(path, getattr(owner, name)))
        try:
            yield
        finally:
            for owner, name, original in originals:
                setattr(owner, name, original)


class TimedEncoder:
    """An encoder that is timed, and whose last vectors can be read again."""

    def __init__(self, encoder: Encoder, clock: LibraryClock) -> None:
        self.name = encoder.name
        self._encode = clock.timed("encode", encoder.encode)
        self._texts: Sequence[str] = ()
        self._vectors = np.zeros((0, 0), np.float32)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row for each text."""
        self._texts, self._vectors = texts, self._encode(texts)
        return self._vectors

    def last(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of these texts, which were among the last."""
        places = {text: place for place, text in enumerate(self._texts)}
        rows: NDArray[np.float32] = self._vectors[[places[text] for text in texts]]
        return rows


def multiply_questions(encoder: TimedEncoder, texts: Sequence[str]) -> None:
    """The products of dense arrays that finding questions takes: each of the newest different ones with all."""
    asked = [text[:READ] for text in texts if asks(text)][-questions.NEWEST :]
    vectors = encoder.last(list(dict.fromkeys(asked)))
    for start in range(0, len(vectors), questions.ROWS):
        np.count_nonzero(vectors[start : start + questions.ROWS] @ vectors.T >= questions.LIKE)
