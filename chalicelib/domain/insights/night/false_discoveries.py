"""How many of many findings are false: control of the false discovery rate."""

from collections.abc import Sequence


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """The q value of each p value, in their order: the least false discovery rate at which it counts as a discovery
    (Benjamini and Hochberg, "Controlling the false discovery rate", J. R. Stat. Soc. B 57, 1995)."""
    tests = len(p_values)
    q_values = [1.0] * tests
    least = 1.0
    for rank, place in reversed(list(enumerate(sorted(range(tests), key=lambda each: p_values[each]), 1))):
        least = min(least, p_values[place] * tests / rank)
        q_values[place] = least
    return q_values
