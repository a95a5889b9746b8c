"""How likely it is that counts differ by chance alone."""

from collections.abc import Sequence
from math import exp, inf, lgamma, sqrt

from chalicelib.domain.insights.outcomes.shares import Interval, Z

CORRECTION = 0.5
"""Added to both counts of a ratio, so that a count of 0 has an interval (Haldane 1956)."""
SMALL = 1e-15
"""A term of a sum that adds less is the last one."""


def rate_ratio(count: int, days: float, other: int, other_days: float) -> tuple[float, Interval] | None:
    """How many times as many there are a day in one period as in another, with its interval (95 %, of two Poisson
    counts, on the scale of logarithms); None if a period has no days or nothing was counted."""
    if days <= 0 or other_days <= 0 or count + other == 0:
        return None
    first, second = count + CORRECTION, other + CORRECTION
    ratio = first / days / (second / other_days)
    reach = exp(Z * sqrt(1 / first + 1 / second))
    return ratio, (ratio / reach, ratio * reach)


def is_more(together: int, first: int, second: int, total: int) -> float:
    """How likely it is that at least so many of `total` have both of two traits, of which `first` have the one and
    `second` the other, if these have nothing to do with each other (Fisher's exact test, one-sided)."""
    if together <= max(0, first + second - total):
        return 1.0
    if together * total < first * second:
        # Far below what is expected the first term is too small for a number, so what is left of 1 is summed instead:
        # so many have both if too few have the first and not the second.
        return max(0.0, 1.0 - _tail(first - together + 1, first, total - second, total))
    return min(1.0, _tail(together, first, second, total))


def _tail(together: int, first: int, second: int, total: int) -> float:
    """The sum of the likelihoods of so many and more, which are more than expected: each is smaller than the one
    before, so the sum soon ends."""
    if together > min(first, second):
        return 0.0
    term = share = exp(_choose(first, together) + _choose(total - first, second - together) - _choose(total, second))
    for each in range(together, min(first, second)):
        term *= (first - each) * (second - each) / ((each + 1) * (total - first - second + each + 1))
        share += term
        if term < SMALL * share:
            break
    return share


def false_discovery_rates(likelihoods: Sequence[float]) -> list[float]:
    """For each of several tests: the share of false ones among all that are as certain as it (Benjamini and Hochberg,
    J. R. Stat. Soc. B 57, 1995)."""
    order = sorted(range(len(likelihoods)), key=likelihoods.__getitem__, reverse=True)
    rates, least = [0.0] * len(likelihoods), inf
    for back, place in enumerate(order):
        rank = len(likelihoods) - back
        least = min(least, likelihoods[place] * len(likelihoods) / rank)
        rates[place] = min(1.0, least)
    return rates


def _choose(count: int, taken: int) -> float:
    """The logarithm of the number of ways to take so many of so many; of none where there is no way."""
    if not 0 <= taken <= count:
        return -inf
    return lgamma(count + 1) - lgamma(taken + 1) - lgamma(count - taken + 1)
