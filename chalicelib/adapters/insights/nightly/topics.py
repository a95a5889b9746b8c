"""The topics of what was said, with what each is about, since when, and at what cost."""

from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from zlib import crc32

import numpy as np
from msgspec.structs import replace

from chalicelib.adapters.insights.nightly.encoded import READ, Encoded, Vectors
from chalicelib.adapters.insights.topics import Topic as Group
from chalicelib.adapters.insights.topics import find_topics
from chalicelib.domain.insights.findings import Findings, Topic
from chalicelib.domain.insights.insight_inputs import InsightInputs, Said
from chalicelib.domain.insights.nightly.periods import counts_of, trend_of
from chalicelib.domain.insights.nightly.topic_identity import continue_identities
from chalicelib.domain.insights.outcomes.reach import reach_of
from chalicelib.domain.insights.outcomes.shares import share_interval

TEXTS_A_TOPIC = 15
"""A topic needs so many texts: small shops get few."""
GROUPED = 20_000
"""So many texts are grouped; each of the others joins the group whose mean is nearest."""
NEWEST = 50
"""The items of a topic that are kept, the newest."""
ROWS = 4096
MOST_NAMED = 12
NAMED_BY = 6


def topics_of(
    inputs: InsightInputs,
    said: Sequence[Said],
    encoded: Encoded,
    shown: AbstractSet[str],
    previous: Findings | None,
    most: int,
    seed: int,
) -> tuple[list[Topic], dict[str, str]]:
    """The topics of these items, the largest first, and the topic's id of each item, by the item's id. Their names are
    words among `shown`."""
    count = min(most, len(said) // TEXTS_A_TOPIC)
    if count < 1:
        return [], {}
    groups = _groups(said, encoded, count, seed)
    topics = [_topic(inputs, said, group, shown) for group in groups]
    named = continue_identities(topics, previous.topics if previous is not None else [], inputs.shop, inputs.day)
    of_items = {
        said[place].item.id: topic.id for topic, group in zip(named, groups, strict=True) for place in group.texts
    }
    return named, of_items


def _groups(said: Sequence[Said], encoded: Encoded, count: int, seed: int) -> list[Group]:
    """Groups of like meaning; of more texts than can be grouped, those that a hash of their ids picks are."""
    order = sorted(range(len(said)), key=lambda place: crc32(said[place].item.id.encode()))
    grouped, others = sorted(order[:GROUPED]), sorted(order[GROUPED:])
    texts = [said[place].item.text[:READ] for place in grouped]
    groups = [
        replace(group, texts=[grouped[each] for each in group.texts], typical=[grouped[each] for each in group.typical])
        for group in find_topics(encoded, texts, count, seed)
    ]
    return _joined(said, encoded, groups, others) if others else groups


def _joined(said: Sequence[Said], encoded: Encoded, groups: Sequence[Group], others: Sequence[int]) -> list[Group]:
    """The groups with the others, which are looked at in parts: the vectors of all at once are large."""

    def vectors_of(places: Sequence[int]) -> Vectors:
        return encoded.encode([said[place].item.text for place in places])

    means = np.array([vectors_of(group.texts).mean(axis=0) for group in groups])
    parts = [others[start : start + ROWS] for start in range(0, len(others), ROWS)]
    nearest = np.concatenate([(vectors_of(part) @ means.T).argmax(axis=1) for part in parts])
    joined = [
        replace(group, texts=sorted([*group.texts, *np.array(others)[nearest == number].tolist()]))
        for number, group in enumerate(groups)
    ]
    return sorted(joined, key=lambda group: (-len(group.texts), group.texts))


def _topic(inputs: InsightInputs, said: Sequence[Said], group: Group, shown: AbstractSet[str]) -> Topic:
    members = [said[place] for place in group.texts]
    reach = reach_of(members, inputs.cases)
    counts = counts_of(members)
    trend = trend_of(counts, inputs)
    blaming = sum(each.sentiment == "negative" for each in members)
    return Topic(
        id="",
        words=[word for word in group.words if word in shown][:NAMED_BY],
        count=len(members),
        customers=reach.customers,
        since=min(counts),
        counts=counts,
        negative=blaming / len(members),
        negative_interval=share_interval(blaming, len(members)),
        trend=trend[0] if trend is not None else None,
        trend_interval=trend[1] if trend is not None else None,
        products=_counted(sku for each in members for sku in each.item.products),
        types=_counted(each.item.type for each in members if each.item.type),
        channels=_counted(each.item.channel for each in members if each.item.channel),
        money=reach.money,
        typical=[said[place].item.id for place in group.typical],
        items=[each.item.id for each in sorted(members, key=lambda each: each.item.id)[: -NEWEST - 1 : -1]],
    )


def _counted(values: Iterable[str]) -> dict[str, int]:
    """The most frequent values with their counts, the first by name of those that are equal."""
    counts = sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(counts[:MOST_NAMED])
