"""What is asked again and again: questions of like meaning, each with how often and by how many it is asked."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from chalicelib.adapters.insights.near_duplicates import near_pairs
from chalicelib.adapters.insights.nightly.encoded import READ, Encoded
from chalicelib.adapters.insights.topic_words import Vocabulary, words_of
from chalicelib.domain.insights.findings import Findings, Question
from chalicelib.domain.insights.insight_inputs import InsightInputs, Said
from chalicelib.domain.insights.nightly.asking import asks, proposal_of
from chalicelib.domain.insights.nightly.periods import counts_of, trend_of
from chalicelib.domain.insights.nightly.topic_identity import continue_identities
from chalicelib.domain.insights.outcomes.reach import reach_of

LIKE = 0.6
"""The cosine from which two questions ask the same. Measured on questions in customers' own words: groups found at 0.75
are copies only; at 0.55 three of four pairs ask different things."""
NEWEST = 8_000
"""The newest so many questions are compared, each with all others."""
CUSTOMERS = 3
MOST = 40
KEPT = 50
NAMED_BY = 5
ROWS = 512
"""As many questions are compared with all others at once, which bounds the memory."""


def questions_of(
    inputs: InsightInputs,
    said: Sequence[Said],
    encoded: Encoded,
    shown: AbstractSet[str],
    previous: Findings | None,
) -> list[Question]:
    """The questions that at least three customers ask, the most frequent first, named by words among `shown`."""
    asked = [each for each in said if asks(each.item.text)][-NEWEST:]
    if len(asked) < CUSTOMERS:
        return []
    vocabulary = Vocabulary([words_of(each.item.text[:READ]) & shown for each in asked])
    groups = _groups([each.item.text[:READ] for each in asked], encoded)
    questions = [_question(inputs, asked, group, vocabulary) for group in groups]
    frequent = [each for each in questions if each.customers >= CUSTOMERS]
    frequent = sorted(frequent, key=lambda each: (-each.count, each.typical))[:MOST]
    return continue_identities(frequent, previous.questions if previous is not None else [], inputs.shop, inputs.day)


def _groups(texts: Sequence[str], encoded: Encoded) -> Iterator[list[int]]:
    """Groups of texts, each around the one with most like it, which comes first. A text is in one group; it need not be
    like every other of it, but is like the first. What is the same is compared once."""
    same = defaultdict[str, list[int]](list)
    for place, text in enumerate(texts):
        same[text].append(place)
    places = list(same.values())
    alike = _Alike(list(same), encoded, np.array([len(own) for own in places], np.float32))
    free = np.ones(len(places), bool)
    for middle in np.argsort(-alike.degrees, kind="stable"):
        if alike.degrees[middle] < CUSTOMERS:
            break  # neither this one nor those that follow have enough like them
        if free[middle]:
            members = [middle, *(each for each in np.flatnonzero(alike.to(middle) & free) if each != middle)]
            free[members] = False
            group = [place for each in members for place in places[each]]
            if len(group) >= CUSTOMERS:
                yield group


class _Alike:
    """Which of different texts ask the same: those of like meaning, and near-duplicates. The pairs can be very many, so
    each takes a bit. `degrees`: how many texts are like each, each of them counted as often as it occurs."""

    def __init__(self, texts: Sequence[str], encoded: Encoded, counts: NDArray[np.float32]) -> None:
        vectors, copies = encoded.encode(texts), _copies(texts)
        bits, degrees = [], []
        for start in range(0, len(texts), ROWS):
            rows = slice(start, start + ROWS)
            near = (vectors[rows] @ vectors.T >= LIKE) | copies[rows].toarray()
            bits.append(np.packbits(near, axis=1))
            degrees.append(near.astype(np.float32) @ counts)
        self._bits, self.degrees = np.concatenate(bits), np.concatenate(degrees)

    def to(self, place: int) -> NDArray[np.bool_]:
        """Which texts are like this one."""
        return np.unpackbits(self._bits[place], count=len(self.degrees)).astype(bool)


def _copies(texts: Sequence[str]) -> csr_matrix:
    """Which texts are near-duplicates of each: ones."""
    pairs = list(near_pairs(texts))
    left, right = (np.concatenate([each[side] for each in pairs]) for side in (0, 1))
    both = np.concatenate([left, right]), np.concatenate([right, left])
    return csr_matrix((np.ones(2 * len(left), bool), both), (len(texts), len(texts)))


def _question(inputs: InsightInputs, asked: Sequence[Said], group: Sequence[int], vocabulary: Vocabulary) -> Question:
    members = sorted((asked[place] for place in group), key=lambda each: each.item.id)
    reach, counts = reach_of(members, inputs.cases), counts_of(members)
    trend = trend_of(counts, inputs)
    return Question(
        id="",
        words=vocabulary.name(group)[:NAMED_BY],
        count=len(members),
        customers=reach.customers,
        since=min(counts),
        last=max(counts),
        counts=counts,
        money=reach.money,
        typical=asked[group[0]].item.id,
        items=[each.item.id for each in members[: -KEPT - 1 : -1]],
        article=None,
        proposal=proposal_of(asked[group[0]].item.text),
        changed=trend[0] if trend is not None else None,
        changed_interval=trend[1] if trend is not None else None,
    )
