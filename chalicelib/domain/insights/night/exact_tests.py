"""Exact tests of counts."""

from math import exp, lgamma

NEGLIGIBLE = 1e-16
"""A term that is a smaller part of the sum than this no longer changes it."""


def log_choose(whole: int, part: int) -> float:
    """The logarithm of the number of ways to choose a part of a whole."""
    return lgamma(whole + 1) - lgamma(part + 1) - lgamma(whole - part + 1)


def probability_of_at_least(both: int, left: int, right: int, whole: int) -> float:
    """The probability that at least `both` of `whole` have two properties that `left` and `right` of them have, if the
    two are independent: Fisher's exact test, one-sided (Fisher, "The logic of inductive inference", J. R. Stat. Soc.
    98, 1935). 1 where no more have both than is expected, since only more is looked for."""
    if whole <= 0 or both * whole <= left * right:
        return 1.0
    log_first = log_choose(left, both) + log_choose(whole - left, right - both) - log_choose(whole, right)
    total = term = 1.0
    # Above what is expected each term is smaller than the one before, so the sum soon ends.
    for more in range(both, min(left, right)):
        term *= (left - more) * (right - more) / ((more + 1) * (whole - left - right + more + 1))
        total += term
        if term < NEGLIGIBLE * total:
            break
    return min(1.0, exp(log_first) * total)
