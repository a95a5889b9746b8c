"""What of a product or service a text speaks of, and whether it praises or blames it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from chalicelib.adapters.insights.linear_classes import fit, load_linear, save_linear
from chalicelib.adapters.insights.sentence_encoder import check_encoders
from chalicelib.adapters.insights.text_features import TextFeatures
from chalicelib.domain.insights.clauses import clauses_of
from chalicelib.usecases.ports.learning import Encoder

Array = NDArray[np.float64]
Pairs = Sequence[tuple[str, str]]
NO, YES = "no", "yes"
CLAUSE = 0.5
"""How much the clause that speaks most of an aspect counts beside the whole text."""
SPOKEN_OF = 0.03
"""The score from which a text speaks of an aspect."""
NAMED = 2.0
"""How much more a clause counts in which the aspect itself stands, where aspects are copied."""
SHARPNESS = 2.0
"""How much more a clause counts for the polarity of an aspect the more it speaks of it (a softmax)."""
WHOLE, NAME, OWN = 0.4, 0.5, 0.7
"""What counts for the polarity beside the clauses: the whole text, the aspect, and what words mean for this aspect
alone (feature augmentation, Daumé III, arXiv 0907.1815)."""


MANY, LEAST = 30, 2
"""With more aspects than this, those of fewer texts are not learned, and words mean the same for all."""
COPIED = 0.9
"""From this share of aspects that stand in their texts on, aspects are terms copied from texts, not categories."""
RELIABLE = 0.35
"""A term is one of the aspects if it is meant in this share of the texts in which it stands."""


class Settings(Struct, frozen=True):
    """The aspects and polarities in the order of the slopes."""

    aspects: list[str]
    are_copied: bool
    polarities: list[str]
    encoder: str


class AspectModel:
    """For each aspect a linear model of whether a text speaks of it; for all of them one of the polarity."""

    def __init__(
        self,
        features: TextFeatures,
        settings: Settings,
        presence: tuple[Array, Array],
        polarity: tuple[Array, Array] | None = None,
    ) -> None:
        self.features, self.settings = features, settings
        self.presence = presence
        self.polarity = polarity or (np.zeros((1, 1)), np.zeros(1))

    @classmethod
    def trained(cls, encoder: Encoder, texts: Sequence[str], pairs: Sequence[Pairs]) -> "AspectModel":
        """A model of the aspects and polarities of these texts. ValueError when no text has any."""
        are_copied = _are_copied(texts, pairs)
        aspects = _aspects(texts, pairs, are_copied)
        polarities = sorted({polarity for own in pairs for _, polarity in own})
        if not aspects:
            raise ValueError("no text has an aspect to learn")
        features = TextFeatures.learned_from(encoder, texts)
        rows, names = features.of(texts), np.array([NO, YES])
        fitted = []
        for aspect in aspects:
            spoken_of = np.array([YES if aspect in dict(own) else NO for own in pairs])
            slopes, offsets = fit(rows, spoken_of, names, is_balanced=True)
            fitted.append((slopes[1], offsets[1]))
        presence = np.vstack([slopes for slopes, _ in fitted]), np.array([offset for _, offset in fitted])
        model = cls(features, Settings(aspects, are_copied, polarities, encoder.name), presence)
        learned = [(text, *pair) for text, own in enumerate(pairs) for pair in own if pair[0] in aspects]
        asked = [(text, aspects.index(aspect)) for text, aspect, _ in learned]
        said = np.array([polarity for _, _, polarity in learned])
        rows = _Reading(model, texts).rows(asked)
        model.polarity = fit(rows, said, np.array(polarities), is_balanced=False)
        return model

    def pairs(self, texts: Sequence[str]) -> Iterator[list[tuple[str, str]]]:
        """The aspects of each text with their polarities; one at least, where aspects are categories."""
        if not texts:
            return
        reading = _Reading(self, texts)
        scores = reading.scores()
        if self.settings.are_copied:
            spoken_of = self._standing(texts)
        else:
            spoken_of = (scores >= SPOKEN_OF) | (scores == scores.max(axis=1, keepdims=True))
        asked = [(int(text), int(aspect)) for text, aspect in zip(*np.nonzero(spoken_of), strict=True)]
        slopes, offsets = self.polarity
        polarities = np.asarray(reading.rows(asked) @ slopes.T + offsets).argmax(axis=1) if asked else ()
        spoken: list[list[tuple[str, str]]] = [[] for _ in texts]
        for (text, aspect), polarity in zip(asked, polarities, strict=True):
            spoken[text].append((self.settings.aspects[aspect], self.settings.polarities[polarity]))
        yield from spoken

    def _standing(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Whether the words of each aspect stand in each text."""
        plain = [text.casefold() for text in texts]
        return np.array([[aspect.casefold() in text for aspect in self.settings.aspects] for text in plain])

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        self.features.save(folder / "features.npz")
        save_linear(folder / "presence.npz", *self.presence)
        save_linear(folder / "polarity.npz", *self.polarity)
        (folder / "settings.json").write_bytes(msgspec.json.encode(self.settings))

    @classmethod
    def load(cls, encoder: Encoder, folder: Path) -> "AspectModel":
        """A saved model. ValueError for one of another encoder."""
        settings = msgspec.json.decode((folder / "settings.json").read_bytes(), type=Settings)
        check_encoders([encoder], [settings.encoder])
        presence, polarity = load_linear(folder / "presence.npz"), load_linear(folder / "polarity.npz")
        return cls(TextFeatures.load(encoder, folder / "features.npz"), settings, presence, polarity)


def _aspects(texts: Sequence[str], pairs: Sequence[Pairs], are_copied: bool) -> list[str]:
    """The aspects that are learned: of many, those of several texts; of terms, those that are mostly meant."""
    counts = Counter(aspect for own in pairs for aspect in dict(own))
    aspects = sorted(counts)
    if len(counts) > MANY:
        aspects = [aspect for aspect in aspects if counts[aspect] >= LEAST] or aspects
    if are_copied:
        standing = Counter(aspect for text in texts for aspect in aspects if aspect.casefold() in text.casefold())
        aspects = [aspect for aspect in aspects if counts[aspect] >= RELIABLE * standing[aspect]] or aspects
    return aspects


def _are_copied(texts: Sequence[str], pairs: Sequence[Pairs]) -> bool:
    stand = [aspect.casefold() in text.casefold() for text, own in zip(texts, pairs, strict=True) for aspect, _ in own]
    return sum(stand) >= COPIED * len(stand)


class _Reading:
    """Some texts and their clauses, as a model reads them."""

    def __init__(self, model: AspectModel, texts: Sequence[str]) -> None:
        clauses = [clauses_of(text) for text in texts]
        self.starts = np.cumsum([0, *map(len, clauses)])
        self.texts = model.features.of(texts)
        self.clauses = model.features.of([clause for own in clauses for clause in own])
        slopes, offsets = model.presence
        self.by_text = np.asarray(self.texts @ slopes.T + offsets)
        self.by_clause = np.asarray(self.clauses @ slopes.T + offsets)
        self.aspects = len(model.settings.aspects)
        if model.settings.are_copied:
            names = [aspect.casefold() for aspect in model.settings.aspects]
            plain = [clause.casefold() for own in clauses for clause in own]
            self.by_clause += NAMED * np.array([[name in clause for name in names] for clause in plain])

    def scores(self) -> Array:
        """How much each text speaks of each aspect: a row a text, a column an aspect."""
        most = np.maximum.reduceat(self.by_clause, self.starts[:-1], axis=0)
        scores: Array = (self.by_text + CLAUSE * most) / (1 + CLAUSE)
        return scores

    def rows(self, asked: Sequence[tuple[int, int]]) -> csr_matrix:
        """What says the polarity: a row for each text and aspect, given by their places."""
        about = self._weights(asked) @ self.clauses
        of_aspect = np.array([aspect for _, aspect in asked])
        whole = self.texts[[text for text, _ in asked]] * WHOLE
        is_aspect = csr_matrix((of_aspect[:, None] == np.arange(self.aspects)) * NAME)
        own = [
            diags((of_aspect == aspect) * OWN) @ about for aspect in range(self.aspects if self.aspects <= MANY else 0)
        ]
        return hstack([about, whole, is_aspect, *own]).tocsr()

    def _weights(self, asked: Sequence[tuple[int, int]]) -> csr_matrix:
        """How much each clause counts: a row for each text and aspect, of sum one, a column a clause."""
        values, columns, starts = [], [], [0]
        for text, aspect in asked:
            places = np.arange(self.starts[text], self.starts[text + 1])
            scores = SHARPNESS * self.by_clause[places, aspect]
            weights = np.exp(scores - scores.max())
            values.append(weights / weights.sum())
            columns.append(places)
            starts.append(starts[-1] + len(places))
        shape = (len(asked), self.clauses.shape[0])
        return csr_matrix((np.concatenate(values), np.concatenate(columns), starts), shape=shape)
