"""What occurs together more often than by chance: topics, products, weeks of purchase, carriers, channels, types."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from math import exp, sqrt

from msgspec import Struct

from chalicelib.domain.insights.findings import Association, Interval
from chalicelib.domain.insights.night.exact_tests import probability_of_at_least
from chalicelib.domain.insights.night.false_discoveries import benjamini_hochberg
from chalicelib.domain.insights.night.rates import Z
from chalicelib.domain.insights.night_inputs import Said

SUPPORT = 5
"""So many conversations must have both, and each of the two. A pair of rarer values is not tested at all."""
CERTAIN = 0.05
"""The highest share of false discoveries (q) of what is listed."""
MOST = 100
BY_DEFINITION = frozenset({("channel", "review"), ("type", "review")})
"""A review is on the channel of reviews: that these go together is no news."""
Values = Mapping[str, frozenset[str]]
"""The values of a conversation, by dimension."""


class Pair(Struct, frozen=True):
    """Two values with how many conversations have both, either, and a value of both dimensions at all."""

    left: tuple[str, str]
    right: tuple[str, str]
    both: int
    lefts: int
    rights: int
    whole: int

    @property
    def expected(self) -> float:
        """How many would have both if the two were independent."""
        return self.lefts * self.rights / self.whole

    @property
    def p_value(self) -> float:
        """The probability of so many by chance."""
        return probability_of_at_least(self.both, self.lefts, self.rights, self.whole)


def associations(said: Iterable[Said]) -> list[Association]:
    """The associations of the topics, products, weeks, carriers, channels and types of what was said, the most certain
    first. The texts of one case are one conversation, for they have most values in common; other texts are one each."""
    conversations = list(conversations_of(said))
    dimensions = ("topic", "product", "week", "carrier", "channel", "type")
    pairs = [pair for left, right in combinations(dimensions, 2) for pair in _pairs(conversations, left, right)]
    q_values = benjamini_hochberg([pair.p_value for pair in pairs])
    certain = [
        _association(pair, q)
        for pair, q in zip(pairs, q_values, strict=True)
        if q <= CERTAIN and pair.both >= SUPPORT and lift_interval(pair)[0] > 1
    ]
    return sorted(certain, key=lambda each: (each.q, -each.interval[0], each.left_value, each.right_value))[:MOST]


def conversations_of(said: Iterable[Said]) -> Iterator[Values]:
    """The values of each conversation, by dimension."""
    of: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for each in said:
        values = of[each.item.case or each.item.id]
        values["product"].update(each.item.products)
        single = (
            ("topic", each.topic),
            ("week", each.week),
            ("carrier", each.carrier),
            ("channel", each.item.channel),
            ("type", each.item.type),
        )
        for dimension, value in single:
            if value is not None:
                values[dimension].add(value)
    for values in of.values():
        yield {dimension: frozenset(own) for dimension, own in values.items() if own}


def lift_interval(pair: Pair) -> Interval:
    """The 95 % interval of the lift (both × whole / (lefts × rights)), from the variance of its logarithm by the delta
    method over the four counts of the table (Agresti, Categorical Data Analysis, 2002, section 14.1):
    1/both − 1/lefts − 1/rights + (2 × lift − 1)/whole."""
    lift = pair.both / pair.expected
    variance = 1 / pair.both - 1 / pair.lefts - 1 / pair.rights + (2 * lift - 1) / pair.whole
    reach = Z * sqrt(max(0.0, variance))
    return lift * exp(-reach), lift * exp(reach)


def _pairs(conversations: Sequence[Values], left: str, right: str) -> Iterator[Pair]:
    """The pairs of values of two dimensions that could be found: both frequent enough. Which of them are tested does
    not depend on how often they occur together, or the q values would be too small (Tarone, Biometrics 46, 1990)."""
    among = [(values[left], values[right]) for values in conversations if left in values and right in values]
    lefts = Counter(value for own, _ in among for value in own)
    rights = Counter(value for _, own in among for value in own)
    both = Counter(pair for first, second in among for pair in product(first, second))
    frequent = ([value for value in sorted(counts) if counts[value] >= SUPPORT] for counts in (lefts, rights))
    for first, second in product(*frequent):
        if {(left, first), (right, second)} != BY_DEFINITION:
            yield Pair((left, first), (right, second), both[first, second], lefts[first], rights[second], len(among))


def _association(pair: Pair, q: float) -> Association:
    return Association(
        left=pair.left[0],
        left_value=pair.left[1],
        right=pair.right[0],
        right_value=pair.right[1],
        count=pair.both,
        expected=pair.expected,
        lift=pair.both / pair.expected,
        interval=lift_interval(pair),
        q=q,
    )
