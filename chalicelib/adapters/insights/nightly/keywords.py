"""The words that people use: those of the dictionary, those that are typical (TF-IDF), those that tell blame from
praise."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from math import log

import numpy as np
from msgspec import Struct
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from chalicelib.adapters.insights.topic_words import words_of
from chalicelib.domain.insights.findings import Keyword
from chalicelib.domain.insights.insight_inputs import InsightInputs, Said
from chalicelib.domain.insights.nightly.keyword_rules import dictionary_words, risen
from chalicelib.domain.insights.nightly.periods import PERIOD_DAYS
from chalicelib.domain.kernel.timestamps import next_day

CUSTOMERS = 3
"""A word is listed only if so many customers use it: words of few may name somebody."""
FEWEST = 20
"""Texts of a product or type that has keywords of its own."""
OF_ALL, OF_GROUP, OF_MODEL = 40, 8, 20
"""How many keywords of each way are listed."""
GROUPS = 20
VOCABULARY = 5000
READ = 2000


class Worded(Struct, frozen=True):
    """An item with its words; `is_new`: of the last four weeks, and else of the four weeks before."""

    said: Said
    words: frozenset[str]
    is_new: bool


def keywords_of(inputs: InsightInputs, said: Sequence[Said], shown: AbstractSet[str]) -> list[Keyword]:
    """The keywords of the last four weeks, each way the weightiest first, all of them among `shown`."""
    border = next_day(inputs.day, -PERIOD_DAYS)
    recent = [each for each in said if each.day > next_day(border, -PERIOD_DAYS)]
    texts = [_worded(each, each.day > border, shown) for each in recent]
    new = [each for each in texts if each.is_new]
    if not new:
        return []
    speakers = _speakers(new)
    counts = {word: pair for word, pair in _counts(texts).items() if pair[0] and _is_common(word, speakers)}
    up = risen(counts, len(new), len(texts) - len(new))
    return [
        *_of_dictionary(texts, len(new)),
        *_typical(counts, new, up),
        *_of_groups(texts, "product", lambda said: said.item.products),
        *_of_groups(texts, "type", lambda said: [said.item.type] if said.item.type else []),
        *_of_model(new, counts, up),
    ]


def _worded(said: Said, is_new: bool, shown: AbstractSet[str]) -> Worded:
    return Worded(said, frozenset(words_of(said.item.text[:READ]) & shown), is_new)


def _counts(texts: Sequence[Worded]) -> dict[str, tuple[int, int]]:
    """By word, how many new texts have it, and how many of before."""
    new = Counter(word for each in texts if each.is_new for word in each.words)
    before = Counter(word for each in texts if not each.is_new for word in each.words)
    return {word: (new[word], before[word]) for word in new.keys() | before.keys()}


def _speakers(texts: Sequence[Worded]) -> Mapping[str, set[str]]:
    """Who uses each word; of frequent ones a few."""
    speakers = defaultdict[str, set[str]](set)
    for each in texts:
        for word in each.words:
            if len(speakers[word]) < CUSTOMERS:
                speakers[word].add(each.said.item.speaker)
    return speakers


def _is_common(word: str, speakers: Mapping[str, set[str]]) -> bool:
    return len(speakers.get(word, ())) >= CUSTOMERS and not any(character.isdigit() for character in word)


def _of_dictionary(texts: Sequence[Worded], new: int) -> Iterator[Keyword]:
    named = [
        Worded(each.said, frozenset(dictionary_words(each.said.item.text[:READ].lower(), each.words)), each.is_new)
        for each in texts
    ]
    counts, speakers = _counts(named), _speakers([each for each in named if each.is_new])
    up = risen(counts, new, len(texts) - new)
    for word, (count, before) in sorted(counts.items(), key=lambda pair: (-pair[1][0], pair[0])):
        if len(speakers.get(word, ())) >= CUSTOMERS:
            yield Keyword(word=word, by="rule", count=count, before=before, weight=count / max(new, 1), rose=word in up)


def _typical(counts: Mapping[str, tuple[int, int]], new: Sequence[Worded], up: set[str]) -> Iterator[Keyword]:
    """Words by TF-IDF: in many texts of the period, and not in nearly all. Those that rose come before others."""
    weights = {word: pair[0] * log(1 + len(new) / pair[0]) / len(new) for word, pair in counts.items()}
    best = sorted(weights, key=lambda word: (word not in up, -weights[word], word))[:OF_ALL]
    for word in best:
        count, before = counts[word]
        yield Keyword(word=word, by="tfidf", count=count, before=before, weight=weights[word], rose=word in up)


def _of_groups(texts: Sequence[Worded], kind: str, groups: Callable[[Said], Sequence[str]]) -> Iterator[Keyword]:
    """The words that are typical of a product or type: frequent there and rare elsewhere (class TF-IDF)."""
    members = defaultdict[str, list[Worded]](list)
    for each in texts:
        for name in dict.fromkeys(groups(each.said)):
            members[name].append(each)
    everywhere = Counter(word for each in texts for word in each.words)
    largest = sorted(members, key=lambda name: (-len(members[name]), name))[:GROUPS]
    for name in largest:
        if len(members[name]) >= FEWEST:
            yield from _of_group(members[name], kind, name, everywhere, len(texts))


def _of_group(
    texts: Sequence[Worded], kind: str, name: str, everywhere: Mapping[str, int], total: int
) -> Iterator[Keyword]:
    counts, speakers = _counts(texts), _speakers(texts)
    weights = {
        word: sum(pair) / len(texts) * log(1 + total / everywhere[word])
        for word, pair in counts.items()
        if _is_common(word, speakers)
    }
    product, case_type = (name, None) if kind == "product" else (None, name)
    new = sum(each.is_new for each in texts)
    up = risen({word: counts[word] for word in weights}, new, len(texts) - new)
    for word in sorted(weights, key=lambda word: (word not in up, -weights[word], word))[:OF_GROUP]:
        yield Keyword(
            word=word,
            by="tfidf",
            count=counts[word][0],
            before=counts[word][1],
            weight=weights[word],
            rose=word in up,
            product=product,
            type=case_type,
        )


def _of_model(new: Sequence[Worded], counts: Mapping[str, tuple[int, int]], up: set[str]) -> Iterator[Keyword]:
    """The words that speak most for blame, and then for praise, by the weights of a logistic regression."""
    marked = [each for each in new if each.said.sentiment != "neutral"]
    blames = [each.said.sentiment == "negative" for each in marked]
    vocabulary = sorted(counts, key=lambda word: (-counts[word][0], word))[:VOCABULARY]
    if len(marked) < FEWEST or len(set(blames)) < 2 or not vocabulary:
        return
    places = {word: place for place, word in enumerate(vocabulary)}
    rows = [(row, places[word]) for row, each in enumerate(marked) for word in sorted(each.words) if word in places]
    if not rows:
        return
    ones = csr_matrix((np.ones(len(rows)), tuple(zip(*rows, strict=True))), (len(marked), len(vocabulary)))
    slopes = LogisticRegression(max_iter=200).fit(ones, blames).coef_[0]
    for place in np.argsort(-np.abs(slopes), kind="stable")[:OF_MODEL]:
        count, before = counts[vocabulary[place]]
        word = vocabulary[place]
        yield Keyword(word=word, by="model", count=count, before=before, weight=float(slopes[place]), rose=word in up)
