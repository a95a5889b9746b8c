"""What occurs together more often than by chance: topics, products, weeks of purchase, carriers, channels, types."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from math import exp, sqrt
from typing import NamedTuple

from chalicelib.domain.insights.findings import Association
from chalicelib.domain.insights.insight_inputs import Said
from chalicelib.domain.insights.nightly.chance import false_discovery_rates, is_more
from chalicelib.domain.insights.outcomes.shares import Z

SUPPORT = 5
"""So many texts must have both."""
MOST = 60
LARGEST_RATE = 0.05
"""Associations of which more may be false are not listed."""
DIMENSIONS: Mapping[str, Callable[[Said], Sequence[str]]] = {
    "topic": lambda said: [said.topic] if said.topic else [],
    "product": lambda said: said.item.products,
    "week": lambda said: [said.week] if said.week else [],
    "carrier": lambda said: [said.carrier] if said.carrier else [],
    "channel": lambda said: [said.item.channel] if said.item.channel else [],
    "type": lambda said: [said.item.type] if said.item.type else [],
    "sentiment": lambda said: [said.sentiment] if said.sentiment == "negative" else [],
}
MEANT = frozenset(
    [
        ("topic", "product"),
        ("topic", "week"),
        ("topic", "carrier"),
        ("topic", "channel"),
        ("product", "week"),
        ("product", "type"),
        ("product", "sentiment"),
        ("week", "type"),
        ("carrier", "type"),
        ("carrier", "sentiment"),
        ("week", "sentiment"),
    ]
)
"""The pairs of dimensions that say something: types and topics, for instance, are two names for the same."""


class _Pair(NamedTuple):
    left: tuple[str, str]
    right: tuple[str, str]
    texts: int


def associations_of(said: Sequence[Said]) -> list[Association]:
    """The associations of these items, the most certain first. What a case says several times counts once."""
    rows = [_traits(group) for group in _by_case(said)]
    alone = Counter(trait for row in rows for trait in row)
    together = Counter(pair for row in rows for pair in _pairs(row))
    pairs = [_Pair(*names, count) for names, count in sorted(together.items()) if count >= SUPPORT]
    chances = [is_more(pair.texts, alone[pair.left], alone[pair.right], len(rows)) for pair in pairs]
    rates = false_discovery_rates(chances)
    listed = [
        _association(pair, alone, len(rows), rate)
        for pair, rate in zip(pairs, rates, strict=True)
        if rate <= LARGEST_RATE
    ]
    return sorted(listed, key=lambda each: (each.q, -each.lift, each.left_value, each.right_value))[:MOST]


def _by_case(said: Sequence[Said]) -> list[list[Said]]:
    groups: dict[str, list[Said]] = {}
    for each in said:
        groups.setdefault(each.item.case or each.item.id, []).append(each)
    return list(groups.values())


def _traits(said: Sequence[Said]) -> list[tuple[str, str]]:
    """The traits of what was said on a case, in the order of the dimensions."""
    return [
        (name, value)
        for name, values in DIMENSIONS.items()
        for value in dict.fromkeys(value for each in said for value in values(each))
    ]


def _pairs(traits: Sequence[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    return ((left, right) for left, right in combinations(traits, 2) if (left[0], right[0]) in MEANT)


def _association(pair: _Pair, alone: Mapping[tuple[str, str], int], total: int, rate: float) -> Association:
    """Lift is the count divided by what is expected; its interval is that of a ratio of shares, on the scale of
    logarithms (Katz et al., Biometrics 34, 1978)."""
    left, right = alone[pair.left], alone[pair.right]
    expected = left * right / total
    lift = pair.texts / expected
    reach = exp(Z * sqrt(max(0.0, 1 / pair.texts - 1 / left + 1 / right - 1 / total)))
    return Association(
        left=pair.left[0],
        left_value=pair.left[1],
        right=pair.right[0],
        right_value=pair.right[1],
        count=pair.texts,
        expected=expected,
        lift=lift,
        interval=(lift / reach, lift * reach),
        q=rate,
    )
