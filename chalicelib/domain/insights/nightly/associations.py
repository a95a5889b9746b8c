"""What occurs together more often than by chance: topics, products, weeks of purchase, carriers, channels, types."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import exp, sqrt
from typing import NamedTuple

from chalicelib.domain.insights.findings import Association
from chalicelib.domain.insights.insight_inputs import Said
from chalicelib.domain.insights.nightly.chance import false_discovery_rates, is_more
from chalicelib.domain.insights.outcomes.shares import Z

Trait = tuple[str, str]
Columns = Mapping[str, Sequence[Sequence[str]]]
"""The values of each case, by dimension."""
SUPPORT = 5
"""So many cases must have both, and each of the two: a pair of rarer values could not be certain."""
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
KNOWN = frozenset({"topic", "sentiment"})
"""Where a case has none of these, it is in no topic and blames nobody. Of the others it is then not known which it has:
cases without an order have neither product nor week, and would make the two look as if they went together."""
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
    """How many cases have both values, the one, the other, and are known in both dimensions."""

    left: Trait
    right: Trait
    cases: int
    lefts: int
    rights: int
    whole: int


def associations_of(said: Sequence[Said]) -> list[Association]:
    """The associations of these items, the most certain first. What a case says several times counts once."""
    groups = _by_case(said)
    columns = {name: [_values(group, value) for group in groups] for name, value in DIMENSIONS.items()}
    pairs = [pair for left, right in sorted(MEANT) for pair in _testable(columns, left, right)]
    chances = [is_more(pair.cases, pair.lefts, pair.rights, pair.whole) for pair in pairs]
    rates = false_discovery_rates(chances)
    listed = [
        _association(pair, rate)
        for pair, rate in zip(pairs, rates, strict=True)
        if rate <= LARGEST_RATE and pair.cases >= SUPPORT
    ]
    return sorted(listed, key=lambda each: (each.q, -each.lift, each.left_value, each.right_value))[:MOST]


def _by_case(said: Sequence[Said]) -> list[list[Said]]:
    groups: dict[str, list[Said]] = {}
    for each in said:
        groups.setdefault(each.item.case or each.item.id, []).append(each)
    return list(groups.values())


def _values(said: Sequence[Said], values: Callable[[Said], Sequence[str]]) -> Sequence[str]:
    """The different values of what was said on a case; most cases have one item with one value."""
    every = values(said[0]) if len(said) == 1 else [value for each in said for value in values(each)]
    return every if len(every) < 2 else list(dict.fromkeys(every))


def _testable(columns: Columns, left: str, right: str) -> Iterator[_Pair]:
    """The pairs of values of two dimensions that are frequent enough. How often they occur together does not decide
    which are tested, or fewer would seem to be false than are (Tarone, Biometrics 46, 1990)."""
    any_left, any_right = left in KNOWN, right in KNOWN
    rows = zip(columns[left], columns[right], strict=True)
    among = [row for row in rows if (row[0] or any_left) and (row[1] or any_right)]
    lefts = Counter(value for row in among for value in row[0])
    rights = Counter(value for row in among for value in row[1])
    both = Counter(pair for row in among if row[0] and row[1] for pair in product(*row))
    frequent = [[value for value in sorted(counts) if counts[value] >= SUPPORT] for counts in (lefts, rights)]
    for first, second in product(*frequent):
        yield _Pair((left, first), (right, second), both[first, second], lefts[first], rights[second], len(among))


def _association(pair: _Pair, rate: float) -> Association:
    """Lift is the count divided by what is expected; its interval is on the scale of logarithms, with the variance of
    the delta method over the four counts of the table (Agresti, Categorical Data Analysis, 2002, section 14.1)."""
    expected = pair.lefts * pair.rights / pair.whole
    lift = pair.cases / expected
    variance = 1 / pair.cases - 1 / pair.lefts - 1 / pair.rights + (2 * lift - 1) / pair.whole
    reach = exp(Z * sqrt(max(0.0, variance)))
    return Association(
        left=pair.left[0],
        left_value=pair.left[1],
        right=pair.right[0],
        right_value=pair.right[1],
        count=pair.cases,
        expected=expected,
        lift=lift,
        interval=(lift / reach, lift * reach),
        q=rate,
    )
