"""Which words of a period rose, compared with the period before, by more than chance."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Literal

from msgspec import Struct

from chalicelib.domain.insights.findings import Keyword
from chalicelib.domain.insights.night.exact_tests import probability_of_at_least
from chalicelib.domain.insights.night.false_discoveries import benjamini_hochberg

PERIOD_DAYS = 28
"""The length of a period."""
FEWEST_CUSTOMERS = 3
"""A word of fewer customers could tell who they are."""
CERTAIN = 0.05
"""The highest share of false discoveries (q) among the words that rose."""
MOST, MOST_RISEN = 10, 10
"""The most words of a list: the weightiest, and more that rose."""


class Scope(Struct, frozen=True, kw_only=True):
    """The texts in which words are counted: those of a product or of a type, or all. `speakers`, `speakers_before`:
    how many customers wrote in the period, and in the one before."""

    product: str | None = None
    type: str | None = None
    speakers: int
    speakers_before: int


class WordCount(Struct, frozen=True, kw_only=True):
    """How many texts of a scope have a word, and how many customers wrote them, in the period and before. `weight`: how
    typical it is."""

    word: str
    by: Literal["rule", "tfidf", "model"]
    scope: Scope
    count: int
    before: int
    customers: int
    customers_before: int
    weight: float

    @property
    def p_value(self) -> float:
        """The probability that of those who wrote the word so many did in the period, if it did not rise. Customers are
        counted, not texts: who writes the same five times says it once."""
        speakers = self.scope.speakers + self.scope.speakers_before
        together = min(self.customers + self.customers_before, speakers)
        return probability_of_at_least(self.customers, together, self.scope.speakers, speakers)


def chosen_keywords(lists: Iterable[Sequence[WordCount]]) -> list[Keyword]:
    """Of each list of words (one way, one scope) the weightiest, and those that rose. All words of all lists are
    compared at once; those of fewer than three customers are left out before."""
    known = [[each for each in own if each.customers >= FEWEST_CUSTOMERS] for own in lists]
    q_values = iter(benjamini_hochberg([each.p_value for own in known for each in own]))
    chosen: list[Keyword] = []
    for own in known:
        risen = {each.word for each, q in zip(own, q_values, strict=False) if q <= CERTAIN}
        chosen += _chosen(own, risen)
    return chosen


def _chosen(own: Sequence[WordCount], risen: set[str]) -> list[Keyword]:
    """The keywords of one list; the weight of the weightiest is 1, so that those of different lists can be compared."""
    ordered = sorted(own, key=lambda each: (-each.weight, each.word))
    most = ordered[0].weight if ordered and ordered[0].weight > 0 else 1.0
    kept = [each for each in ordered[:MOST] if each.weight > 0]
    more = sorted((each for each in ordered[MOST:] if each.word in risen), key=lambda each: (each.p_value, each.word))
    return [_keyword(each, most, each.word in risen) for each in (*kept, *islice(more, MOST_RISEN))]


def _keyword(each: WordCount, most: float, rose: bool) -> Keyword:
    return Keyword(
        word=each.word,
        by=each.by,
        count=each.count,
        before=each.before,
        weight=max(0.0, each.weight / most),
        rose=rose,
        product=each.scope.product,
        type=each.scope.type,
    )
