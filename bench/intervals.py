"""How often the confidence interval of NPS contains the true value: python -m bench.intervals.

Only the true shares of the mixed shops are random. For each number of answers, every possible result is weighted by its
probability, so the coverage is exact. The distributions are those of real shops: mostly content, all content, divided.
"""

import random
from collections.abc import Sequence
from math import exp, lgamma, log

from bench.support.figures import Figure, run
from chalicelib.domain.metrics.intervals import nps_interval

FIXED = {"70 % / 10 %": (0.7, 0.1), "90 % / 0": (0.9, 0.0), "95 % / 1 %": (0.95, 0.01), "30 % / 30 %": (0.3, 0.3)}
"""True shares of promoters and detractors."""
MIXED, SEED = 40, 7
SHOWN = (1, 2, 3, 5, 10, 20, 30, 50, 100)
FROM, TO = 5, 100
Shares = tuple[float, float]
Result = tuple[int, int, float, float]


def results(n: int) -> list[Result]:
    """Every possible result of n answers: promoters, detractors, and the limits of the interval."""
    possible = []
    for pro in range(n + 1):
        for con in range(n + 1 - pro):
            low, high = nps_interval(pro, con, n) or (0.0, 0.0)
            possible.append((pro, con, low, high))
    return possible


def coverage(shares: Shares, n: int, possible: Sequence[Result]) -> float:
    """The probability that the interval of n answers contains the true score."""
    score = 100 * (shares[0] - shares[1])
    covering = (result for result in possible if result[2] - 1e-9 <= score <= result[3] + 1e-9)
    return sum(_probability(shares, n, result) for result in covering)


def _probability(shares: Shares, n: int, result: Result) -> float:
    counts = (result[0], result[1], n - result[0] - result[1])
    chances = (*shares, 1 - sum(shares))
    if any(count and chance <= 0 for count, chance in zip(counts, chances, strict=True)):
        return 0.0
    ways = lgamma(n + 1) - sum(lgamma(count + 1) for count in counts)
    return exp(ways + sum(count * log(chance) for count, chance in zip(counts, chances, strict=True) if count))


def mixed() -> list[Shares]:
    """Random true shares of content shops: Dirichlet(7, 1, 2) of promoters, detractors and passives."""
    chance = random.Random(SEED)
    shares = []
    for _ in range(MIXED):
        drawn = [chance.gammavariate(shape, 1) for shape in (7, 1, 2)]
        shares.append((drawn[0] / sum(drawn), drawn[1] / sum(drawn)))
    return shares


def measure() -> list[Figure]:
    """Print the coverage by number of answers, and return how often the intervals miss the true value."""
    print(f"{'answers':>8}" + "".join(f"{name:>14}" for name in FIXED) + f"{'mixed':>14}{'worst':>14}")
    means, beyond = [], 0.0
    for n in range(1, TO + 1):
        possible = results(n)
        beyond = max(beyond, *(max(-100 - low, high - 100) for _, _, low, high in possible))
        fixed = [coverage(shares, n, possible) for shares in FIXED.values()]
        random_shops = [coverage(shares, n, possible) for shares in mixed()]
        row = [*fixed, sum(random_shops) / len(random_shops)]
        if n in SHOWN:
            print(f"{n:>8}" + "".join(f"{value:>14.3f}" for value in (*row, min(*fixed, *random_shops))), flush=True)
        if n >= FROM:
            means.append(sum(row) / len(row))
    misses = 100 * (1 - sum(means) / len(means))
    return [
        Figure(f"NPS intervals that miss the true value, {FROM} to {TO} answers", misses, "%", 6),
        Figure("… how far a limit passes ±100", max(0.0, round(beyond, 9)), "points", 0),
    ]


if __name__ == "__main__":
    run(measure)
