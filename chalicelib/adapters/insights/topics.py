"""What texts are about: groups of like meaning and words, named by their words."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from chalicelib.adapters.insights.topic_words import Vocabulary, words_of
from chalicelib.usecases.ports.learning import Encoder

Array = NDArray[np.float64]
LATENT = 100
"""Dimensions of the words of texts (latent semantic analysis, Deerwester et al. 1990)."""
WORDED = 0.5
"""How much the words count beside the meaning."""
KEPT = 60
"""Dimensions in which texts are grouped: fewer make the groups of two starts more alike."""
STARTS = 20
"""The best of so many starts is taken, which makes it matter less which they were."""
TYPICAL = 3
SMALL = 1e-9


class Topic(Struct, frozen=True):
    """`words` name it, the most typical first; `texts`: the places of its texts; `typical`: of those nearest to its
    middle, the nearest first."""

    words: list[str]
    texts: list[int]
    typical: list[int]


def find_topics(encoder: Encoder, texts: Sequence[str], count: int, seed: int) -> list[Topic]:
    """Up to `count` topics, the largest first; each text belongs to one. Another seed starts the search elsewhere."""
    if not texts:
        return []
    words = [words_of(text) for text in texts]
    points = _points(encoder, texts, words)
    different = len(np.unique(points.round(6), axis=0))
    groups = KMeans(min(count, different), n_init=STARTS, random_state=seed).fit(points)
    vocabulary = Vocabulary(words)
    topics = []
    for group, middle in enumerate(groups.cluster_centers_):
        places = np.flatnonzero(groups.labels_ == group)
        nearest = places[np.argsort(((points[places] - middle) ** 2).sum(axis=1), kind="stable")]
        topics.append(Topic(vocabulary.name(places.tolist()), places.tolist(), nearest[:TYPICAL].tolist()))
    return sorted(topics, key=lambda topic: (-len(topic.texts), topic.texts))


def _points(encoder: Encoder, texts: Sequence[str], words: Sequence[set[str]]) -> Array:
    """A row of length one for each text: what it means and the words it has, in few dimensions."""
    meaning = np.asarray(encoder.encode(texts), np.float64)
    together = np.hstack([meaning, WORDED * _latent(words)]) if len(texts) > LATENT else meaning
    if len(texts) > KEPT:
        together = PCA(KEPT, random_state=0).fit_transform(together)
    return _of_length_one(together)


def _latent(words: Sequence[set[str]]) -> Array:
    least = 5 if len(words) > 10 * LATENT else 1
    try:
        weighted = TfidfVectorizer(analyzer=sorted, min_df=least, sublinear_tf=True).fit_transform(words)
    except ValueError:  # no word is in so many texts
        return np.zeros((len(words), 1))
    dimensions = min(LATENT, weighted.shape[1] - 1)
    return (
        _of_length_one(TruncatedSVD(dimensions, random_state=0).fit_transform(weighted))
        if dimensions > 0
        else weighted.toarray()
    )


def _of_length_one(rows: Array) -> Array:
    ones: Array = rows / np.maximum(SMALL, np.linalg.norm(rows, axis=1, keepdims=True))
    return ones
