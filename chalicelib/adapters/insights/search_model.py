"""Learns from answered questions how much words and meanings count, and from when an article is given as the answer."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from chalicelib.adapters.insights.article_search import Article, ArticleSearch, Likeness, Question
from chalicelib.adapters.insights.sentence_encoder import check_encoders
from chalicelib.domain.insights.abstention import answering_threshold
from chalicelib.usecases.ports.learning import QuestionEncoder

Array = NDArray[np.float64]
WEIGHTS: tuple[tuple[float, ...], ...] = ((1.0,), (1.0, 1.0), (8.0, 1.0), (1.0, 1.0, 1.5))
"""What may count how much: words, then each encoder. A later one must be better than those before by `BETTER`."""
BETTER = 0.003
LISTED = 10
FOLDS = 5
CERTAIN = 1.01
"""A threshold that no confidence reaches: JSON has no infinity."""
MOST_COMPARED = 600
"""So many questions are enough to choose the weights, for encoding them is slow."""
ENOUGH = 0.94
"""Where words alone reach this mean reciprocal rank, as in encyclopedic articles, meaning could only spoil it."""
MOST_READ = 50_000
"""Characters of all articles together up to which the second encoder, which is slow, is tried."""
TRUST = 0.3
"""How much the few signs are believed (C of the logistic regression): small, for there may be few questions."""


class Found(Struct, frozen=True):
    """`ranking`: the ids of the best articles; `confidence`: the probability that the first one answers; `answer`: its
    id, or None where the search abstains."""

    ranking: list[str]
    confidence: float
    answer: str | None


class SearchModel(Struct, frozen=True):
    """What was learned: the weights of words and encoders, the slopes of the signs, the threshold."""

    weights: tuple[float, ...]
    offset: float
    slopes: list[float]
    threshold: float
    encoders: list[str]

    @classmethod
    def trained(
        cls,
        encoders: Sequence[QuestionEncoder],
        articles: Sequence[Article],
        questions: Sequence[Question],
        gold: Sequence[set[str]],
        precision: float,
    ) -> "SearchModel":
        """`gold`: for each question the ids of the articles that answer it, none where nothing does. The threshold is
        such that this share of the answers is right, on questions whose confidence was learned from others."""
        weights = _choose(encoders, articles, questions, gold)
        search = ArticleSearch(articles, encoders[: len(weights) - 1])
        fits = search.likeness(questions)
        scores = _weighted(fits, weights)
        first = scores.argmax(axis=1)
        right = np.array([articles[place].id in ids for place, ids in zip(first, gold, strict=True)])
        signs = _signs(fits, scores, first)
        offset, slopes = _learn(signs, right)
        outcomes = zip(_judged_by_others(signs, right), right, strict=True)
        threshold = answering_threshold([(float(each), bool(was)) for each, was in outcomes], precision)
        names = [encoder.name for encoder in search.encoders]
        return cls(weights, offset, slopes, min(threshold, CERTAIN), names)

    def answers(self, search: ArticleSearch, questions: Sequence[Question]) -> Iterator[Found]:
        """What is found for each question. ValueError when the search has other encoders than the model."""
        check_encoders(search.encoders, self.encoders)
        if not search.articles or not questions:
            yield from (Found([], 0.0, None) for _ in questions)
            return
        fits = search.likeness(questions)
        scores = _weighted(fits, self.weights)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :LISTED]
        sure = expit(_signs(fits, scores, order[:, 0]) @ np.array(self.slopes) + self.offset)
        for places, confidence in zip(order, sure, strict=True):
            ranking = [search.articles[place].id for place in places]
            yield Found(ranking, float(confidence), ranking[0] if confidence >= self.threshold else None)

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        (folder / "settings.json").write_bytes(msgspec.json.encode(self))

    @classmethod
    def load(cls, folder: Path) -> "SearchModel":
        """A saved model. ValueError when it is none."""
        return msgspec.json.decode((folder / "settings.json").read_bytes(), type=cls)


def _choose(
    encoders: Sequence[QuestionEncoder],
    articles: Sequence[Article],
    questions: Sequence[Question],
    gold: Sequence[set[str]],
) -> tuple[float, ...]:
    """The weights with the best mean reciprocal rank; slower ones only where they are clearly better."""
    asked = [place for place, ids in enumerate(gold) if ids]
    asked = asked[:: max(1, len(asked) // MOST_COMPARED)]
    best, best_rank, fits = WEIGHTS[0], -1.0, None
    for weights in WEIGHTS:
        used = len(weights) - 1
        if best_rank >= ENOUGH or (used > 1 and sum(article.length for article in articles) > MOST_READ):
            break
        if fits is None or len(fits.meanings) < used:
            fits = ArticleSearch(articles, encoders[:used]).likeness([questions[place] for place in asked])
        rank = _reciprocal_rank(_weighted(fits, weights), articles, [gold[place] for place in asked])
        if rank > best_rank + BETTER:
            best, best_rank = weights, rank
    return best


def _reciprocal_rank(scores: Array, articles: Sequence[Article], gold: Sequence[set[str]]) -> float:
    """The mean of one over the place of the first right article."""
    if not gold:
        return 0.0
    right = np.array([[article.id in ids for article in articles] for ids in gold])
    best_right = np.where(right, scores, -np.inf).max(axis=1, keepdims=True)
    return float((1 / (1 + (scores > best_right).sum(axis=1))).mean())


def _weighted(fits: Likeness, weights: Sequence[float]) -> Array:
    total = weights[0] * fits.words
    for weight, meaning in zip(weights[1:], fits.meanings, strict=True):
        total = total + weight * meaning
    return total


def _signs(fits: Likeness, scores: Array, first: NDArray[np.int64]) -> Array:
    """What says how sure the first article is, a row a question: its score and its lead over the second, both beside
    the spread of all; the share of the question's words it has; the cosine of each encoder."""
    rows = np.arange(len(first))
    ordered = np.sort(scores, axis=1)
    spread = scores.std(axis=1) + 1e-6
    second = ordered[:, -2] if scores.shape[1] > 1 else ordered[:, -1]
    top = (ordered[:, -1] - scores.mean(axis=1)) / spread
    columns = [top, (ordered[:, -1] - second) / spread, 5 * fits.shares[rows, first]]
    columns += [10 * cosines[rows, first] for cosines in fits.cosines]
    return np.column_stack(columns)


def _learn(signs: Array, right: NDArray[np.bool_]) -> tuple[float, list[float]]:
    """The offset and slopes of the probability that the first article answers."""
    if right.all() or not right.any():
        return (3.0 if right.all() else -3.0), [0.0] * signs.shape[1]
    model = LogisticRegression(C=TRUST, max_iter=1000).fit(signs, right)
    return float(model.intercept_[0]), model.coef_[0].tolist()


def _judged_by_others(signs: Array, right: NDArray[np.bool_]) -> Array:
    """The probability of each question, as learned from the others."""
    sure = np.zeros(len(right))
    if len(right) < FOLDS:
        return sure
    for others, own in KFold(FOLDS, shuffle=True, random_state=0).split(signs):
        offset, slopes = _learn(signs[others], right[others])
        sure[own] = expit(signs[own] @ np.array(slopes) + offset)
    return sure
