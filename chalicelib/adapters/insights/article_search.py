"""Finds the articles that answer a question: by words, and by meaning in both languages of each article."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from chalicelib.adapters.insights.word_index import WordIndex
from chalicelib.domain.insights.language import language_of
from chalicelib.usecases.ports.learning import QuestionEncoder

Array = NDArray[np.float64]
LANGUAGES = ("zh", "en")
SMALL = 1e-6


class ArticleText(Struct, frozen=True):
    """An article in one language."""

    title: str
    body: str


class Article(Struct, frozen=True):
    """An article in the languages it has, one at least."""

    id: str
    versions: dict[str, ArticleText]

    def version(self, language: str) -> ArticleText:
        """The article in this language, or in another where it has none."""
        return self.versions.get(language) or next(iter(self.versions.values()))

    @property
    def length(self) -> int:
        """Its characters in all languages."""
        return sum(len(each.title) + len(each.body) for each in self.versions.values())


class Question(Struct, frozen=True):
    """A question and its language, `zh` or `en`."""

    text: str
    language: str

    @classmethod
    def of(cls, text: str, language: str | None = None) -> "Question":
        """The question in this language, or in the one that it seems to have."""
        return cls(text, language if language in LANGUAGES else language_of(text))


class Likeness(Struct, frozen=True):
    """How articles fit questions, a row a question and a column an article: `words` in standard deviations from 0;
    `meanings`, for each encoder, the sum over the parts of an article in standard deviations from the mean of all
    articles. Comparable between questions: `shares`, what part of a question's words an article has, weighted; and
    `cosines`, for each encoder, that of the part that is nearest."""

    words: Array
    meanings: list[Array]
    shares: Array
    cosines: list[Array]


class ArticleSearch:
    """The articles of one shop, ready to be searched. With no encoder they are found by words alone."""

    def __init__(self, articles: Sequence[Article], encoders: Sequence[QuestionEncoder]) -> None:
        self.articles, self.encoders = articles, encoders
        languages = LANGUAGES if articles else ()
        self._indexes = {each: WordIndex([_whole(article.version(each)) for article in articles]) for each in languages}
        self._vectors = [self._encoded(encoder) for encoder in encoders]

    def likeness(self, questions: Sequence[Question]) -> Likeness:
        """How each article fits each question."""
        words, most = self._by_words(questions)
        cosines, meanings = [], []
        for encoder, parts in zip(self.encoders, self._vectors, strict=True):
            asked = encoder.encode_questions([question.text for question in questions])
            by_part = [np.asarray(asked @ part.T, np.float64) for part in parts]
            meanings.append(np.sum([_standardised(part) for part in by_part], axis=0))
            cosines.append(np.max(by_part, axis=0))
        scaled = words / (words.std(axis=1, keepdims=True) + SMALL)
        return Likeness(scaled, meanings, words / np.maximum(SMALL, most[:, None]), cosines)

    def _by_words(self, questions: Sequence[Question]) -> tuple[Array, Array]:
        words, most = np.zeros((len(questions), len(self.articles))), np.zeros(len(questions))
        for language, index in self._indexes.items():
            places = [place for place, question in enumerate(questions) if question.language == language]
            words[places], most[places] = index.scores([questions[place].text for place in places])
        return words, most

    def _encoded(self, encoder: QuestionEncoder) -> list[NDArray[np.float32]]:
        """The vectors of the parts of all articles: the titles in each language, and the whole in each."""
        versions = [[article.version(language) for article in self.articles] for language in LANGUAGES]
        parts = [[text.title for text in texts] for texts in versions]
        parts += [[_whole(text) for text in texts] for texts in versions]
        places = {text: place for place, text in enumerate(dict.fromkeys(text for part in parts for text in part))}
        vectors = encoder.encode(list(places))
        return [vectors[[places[text] for text in part]] for part in parts]


def _whole(text: ArticleText) -> str:
    return f"{text.title} {text.body}".strip()


def _standardised(values: Array) -> Array:
    standardised: Array = (values - values.mean(axis=1, keepdims=True)) / (values.std(axis=1, keepdims=True) + SMALL)
    return standardised
