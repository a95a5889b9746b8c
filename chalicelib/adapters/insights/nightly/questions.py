"""What is asked again and again: questions of like meaning, each with how often and by how many it is asked."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.sparse import csr_matrix, eye

from chalicelib.adapters.insights.near_duplicates import near_duplicates
from chalicelib.adapters.insights.nightly.encoded import Encoded
from chalicelib.adapters.insights.topic_words import Vocabulary, words_of
from chalicelib.domain.insights.findings import Findings, Question
from chalicelib.domain.insights.insight_inputs import InsightInputs, Said
from chalicelib.domain.insights.nightly.asking import asks, proposal_of
from chalicelib.domain.insights.nightly.periods import counts_of, trend_of
from chalicelib.domain.insights.nightly.topic_identity import continue_identities
from chalicelib.domain.insights.outcomes.reach import reach_of

LIKE = 0.75
"""The cosine from which two questions ask the same."""
NEWEST = 8_000
"""The newest so many questions are compared, each with all others."""
CUSTOMERS = 3
MOST = 40
KEPT = 50
NAMED_BY = 5
ROWS = 1024


def questions_of(
    inputs: InsightInputs, said: Sequence[Said], encoded: Encoded, previous: Findings | None
) -> list[Question]:
    """The questions that at least three customers ask, the most frequent first."""
    asked = [each for each in said if asks(each.item.text)][-NEWEST:]
    if len(asked) < CUSTOMERS:
        return []
    vocabulary = Vocabulary([words_of(each.item.text) for each in asked])
    groups = _groups([each.item.text for each in asked], encoded)
    questions = [_question(inputs, asked, group, vocabulary) for group in groups]
    frequent = [each for each in questions if each.customers >= CUSTOMERS]
    frequent = sorted(frequent, key=lambda each: (-each.count, each.typical))[:MOST]
    return continue_identities(frequent, previous.questions if previous is not None else [], inputs.shop, inputs.day)


def _groups(texts: Sequence[str], encoded: Encoded) -> Iterator[list[int]]:
    """Groups of texts, each around the one with most like it, which comes first. A text is in one group; it need not be
    like every other of it, but is like the first."""
    like = _alike(texts, encoded)
    degrees = np.diff(like.indptr)
    free = np.ones(len(texts), bool)
    for place in np.argsort(-degrees, kind="stable"):
        if free[place]:
            members = like.indices[like.indptr[place] : like.indptr[place + 1]]
            group = [int(place), *(int(each) for each in np.sort(members) if free[each] and each != place)]
            free[group] = False
            if len(group) >= CUSTOMERS:
                yield group


def _alike(texts: Sequence[str], encoded: Encoded) -> csr_matrix:
    """Which texts ask the same: those of like meaning, and near-duplicates."""
    vectors = encoded.encode(texts)
    rows, columns = [], []
    for start in range(0, len(texts), ROWS):
        near = np.argwhere(vectors[start : start + ROWS] @ vectors.T >= LIKE)
        rows += (near[:, 0] + start).tolist()
        columns += near[:, 1].tolist()
    for first, second, _ in near_duplicates(texts):
        rows += [first, second]
        columns += [second, first]
    pairs = csr_matrix((np.ones(len(rows), bool), (rows, columns)), (len(texts), len(texts)))
    return csr_matrix(pairs + eye(len(texts), dtype=bool, format="csr"))


def _question(inputs: InsightInputs, asked: Sequence[Said], group: Sequence[int], vocabulary: Vocabulary) -> Question:
    members = sorted((asked[place] for place in group), key=lambda each: each.item.id)
    reach, counts = reach_of(members, inputs.cases), counts_of(members)
    trend = trend_of(counts, inputs)
    return Question(
        id="",
        words=[word for word in vocabulary.name(group) if word not in inputs.names][:NAMED_BY],
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
