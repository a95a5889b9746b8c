"""The words of texts, and those that name a topic."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import combinations
from math import log

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from chalicelib.domain.insights.language import language_of
from chalicelib.domain.insights.stop_words import STOP_WORDS

STOPPED: frozenset[str] = ENGLISH_STOP_WORDS | STOP_WORDS
NAMES_AND_LINKS = re.compile(r"@\w+|https?://\S+|\[\w+\]")
WORD = re.compile(r"[a-z][a-z']+")
NO_WORD = re.compile(r"[^\w']|[\d_]")
RARE = 5
"""A word in fewer texts names nothing."""
POOL = 40
NAMED_BY = 10
COHERENT = 1.0
"""How much it counts that the words of a name occur together, beside how typical each of them is."""


def words_of(text: str) -> set[str]:
    """The words of a text that may name what it is about: of two characters at least, without names and links."""
    plain = NAMES_AND_LINKS.sub(" ", text.lower())
    if language_of(plain) != "zh":
        return set[str](WORD.findall(plain)) - STOPPED
    return {word for word in _chinese(plain) if len(word) > 1 and word not in STOPPED and not NO_WORD.search(word)}


def _chinese(text: str) -> list[str]:
    import rjieba

    cut: list[str] = rjieba.cut(text)
    return cut


class Vocabulary:
    """How often words occur in some texts, alone and together."""

    def __init__(self, texts: Sequence[set[str]]) -> None:
        self.texts = texts
        self.counts = Counter(word for words in texts for word in words)
        self.least = RARE if len(texts) >= RARE * POOL else 1

    @cached_property
    def _pairs(self) -> Mapping[tuple[str, str], int]:
        common = {word for word, count in self.counts.items() if count >= self.least}
        return Counter(pair for words in self.texts for pair in combinations(sorted(words & common), 2))

    def npmi(self, first: str, second: str) -> float:
        """How much two words attract each other: normalised pointwise mutual information (Bouma 2009), -1 to 1."""
        together = self._pairs.get((first, second) if first < second else (second, first), 0)
        if not together:
            return -1.0
        if together == len(self.texts):
            return 1.0
        share = together / len(self.texts)
        return log(share * len(self.texts) ** 2 / (self.counts[first] * self.counts[second])) / -log(share)

    def name(self, places: Sequence[int]) -> list[str]:
        """The words that name the texts at these places, the most typical first: frequent there, rare elsewhere (class
        TF-IDF, Grootendorst, arXiv 2203.05794), and each going with those before it."""
        here = Counter(word for place in places for word in self.texts[place])
        typical = {
            word: count * log(1 + len(self.texts) / self.counts[word])
            for word, count in here.items()
            if self.counts[word] >= self.least
        }
        pool = sorted(typical, key=lambda word: (-typical[word], word))[:POOL]
        return self._chosen(pool, [typical[word] / typical[pool[0]] for word in pool])

    def _chosen(self, pool: Sequence[str], typical: Sequence[float]) -> list[str]:
        """The first of these words, and always the next that is typical and goes with those that are named."""
        named = list(pool[:1])
        left = dict(zip(pool[1:], typical[1:], strict=True))
        attractions = dict.fromkeys(left, 0.0)
        while left and len(named) < NAMED_BY:
            attractions = {word: attractions[word] + self.npmi(word, named[-1]) for word in left}
            fit = {word: own + COHERENT * attractions[word] / len(named) for word, own in left.items()}
            named.append(max(left, key=fit.__getitem__))
            del left[named[-1]]
        return named
