"""Texts that say the same with few changes."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, triu

from chalicelib.domain.insights.shingles import shingles

NEAR = 0.41
"""From this share on, a text counts as a copy of another (measured on edited copies of real texts)."""
RARE = 200
"""Pairs are looked for among texts that share a shingle which is in no more texts than this. Others say little, and
their pairs are very many."""
HINT = 0.1
"""As much of the weight of both is rare and common to them before a pair is compared in full."""
ROWS = 512
"""As many texts are compared with all later ones at once, which bounds the memory."""


class Pairs(NamedTuple):
    """Pairs of texts: the place of the earlier, that of the later, and what they share."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    share: NDArray[np.float64]


def near_duplicates(texts: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """The pairs of near-duplicates: the places of both texts, the earlier first, and what they share, 0 to 1.

    Shared is the weight of the common shingles over that of all of either (Jaccard); a shingle weighs the logarithm of
    one in how many texts it is in, so that greetings and boilerplate count little.
    """
    for pairs in near_pairs(texts):
        yield from zip(*(column.tolist() for column in pairs), strict=True)


def near_pairs(texts: Sequence[str]) -> Iterator[Pairs]:
    """The pairs of `near_duplicates`, many at once."""
    grams = _grams(texts)
    texts_of = np.bincount(grams.indices, minlength=grams.shape[1])
    weights = np.log((len(texts) + 1) / np.maximum(texts_of, 1))  # + 1: two texts that are the same weigh something
    sizes = np.maximum(grams @ weights, 1e-9)
    rare = grams[:, texts_of <= RARE].tocsr()
    weighted = (rare @ diags(weights[texts_of <= RARE])).tocsr()
    for start in range(0, len(texts), ROWS):
        common = triu(weighted[start : start + ROWS] @ rare[start:].T, k=1).tocoo()
        left, right = common.row + start, common.col + start
        hinted = common.data >= HINT * np.minimum(sizes[left], sizes[right])
        yield _compared(grams, weights, sizes, left[hinted], right[hinted])


def _compared(
    grams: csr_matrix,
    weights: NDArray[np.float64],
    sizes: NDArray[np.float64],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
) -> Pairs:
    """Those of these pairs that are near-duplicates."""
    common = grams[left].multiply(grams[right]) @ weights
    share = common / (sizes[left] + sizes[right] - common)
    near = share >= NEAR
    return Pairs(left[near], right[near], share[near])


def _grams(texts: Sequence[str]) -> csr_matrix:
    """Which shingles each text has: a row a text, a column a shingle, ones."""
    names: dict[str, int] = {}
    starts, columns = [0], []
    for text in texts:
        columns += sorted(names.setdefault(gram, len(names)) for gram in shingles(text))
        starts.append(len(columns))
    places = np.array(columns, np.int32)
    return csr_matrix((np.ones(len(places)), places, starts), shape=(len(texts), max(1, len(names))))
