"""How often the interval of NPS holds the truth: python -m bench.intervals.

Nothing is drawn but the true shares of the mixture: of each number of answers, every table that can come is weighed by
its chance, so the coverage is exact. The distributions are those that shops have: mostly content, all content, torn.
"""

import random
from collections.abc import Sequence
from math import exp, lgamma, log

from bench.lines import Line, run
from chalicelib.domain.metrics.intervals import nps_interval

FIXED = {"70 % / 10 %": (0.7, 0.1), "90 % / 0": (0.9, 0.0), "95 % / 1 %": (0.95, 0.01), "30 % / 30 %": (0.3, 0.3)}
"""True shares of promoters and detractors."""
MIXED, SEED = 40, 7
SHOWN = (1, 2, 3, 5, 10, 20, 30, 50, 100)
FROM, TO = 5, 100
Shares = tuple[float, float]
Table = tuple[int, int, float, float]


def tables(n: int) -> list[Table]:
    """Every table of n answers, by promoters and detractors, with its interval."""
    found = []
    for pro in range(n + 1):
        for con in range(n + 1 - pro):
            low, high = nps_interval(pro, con, n) or (0.0, 0.0)
            found.append((pro, con, low, high))
    return found


def coverage(shares: Shares, n: int, of: Sequence[Table]) -> float:
    """The chance that the interval of n answers holds the true score."""
    score = 100 * (shares[0] - shares[1])
    return sum(_chance(shares, n, one) for one in of if one[2] - 1e-9 <= score <= one[3] + 1e-9)


def _chance(shares: Shares, n: int, one: Table) -> float:
    counts, chances = (one[0], one[1], n - one[0] - one[1]), (*shares, 1 - sum(shares))
    if any(count and chance <= 0 for count, chance in zip(counts, chances, strict=True)):
        return 0.0
    ways = lgamma(n + 1) - sum(lgamma(count + 1) for count in counts)
    return exp(ways + sum(count * log(chance) for count, chance in zip(counts, chances, strict=True) if count))


def mixed() -> list[Shares]:
    """True shares as they vary among content shops: Dirichlet(7, 1, 2) of promoters, detractors, passives."""
    chance, found = random.Random(SEED), []
    for _ in range(MIXED):
        drawn = [chance.gammavariate(shape, 1) for shape in (7, 1, 2)]
        found.append((drawn[0] / sum(drawn), drawn[1] / sum(drawn)))
    return found


def measure() -> list[Line]:
    """Coverage by number of answers, printed; and what it comes to."""
    print(f"{'answers':>8}" + "".join(f"{name:>14}" for name in FIXED) + f"{'mixed':>14}{'worst':>14}")
    found, beyond = [], 0.0
    for n in range(1, TO + 1):
        of = tables(n)
        beyond = max(beyond, *(max(-100 - low, high - 100) for _, _, low, high in of))
        fixed, others = [coverage(one, n, of) for one in FIXED.values()], [coverage(one, n, of) for one in mixed()]
        row = [*fixed, sum(others) / len(others)]
        if n in SHOWN:
            print(f"{n:>8}" + "".join(f"{value:>14.3f}" for value in (*row, min(*fixed, *others))), flush=True)
        if n >= FROM:
            found.append(sum(row) / len(row))
    misses = 100 * (1 - sum(found) / len(found))
    return [
        Line(f"NPS intervals that miss the truth, {FROM} to {TO} answers", misses, "%", 6),
        Line("… how far a limit passes ±100", max(0.0, round(beyond, 9)), "points", 0),
    ]


if __name__ == "__main__":
    run(measure)
