"""The 95 % intervals of a share and of the difference of the shares of two groups.

The capability of metrics has the first formula, too, but may use this one and not the other way round; a test holds the
two together.
"""

from math import sqrt
from statistics import fmean

Interval = tuple[float, float]
"""The one of `findings`, which imports this package."""
Z = 1.96
SCORES_OF_PROMOTERS, SCORES_OF_DETRACTORS = (9, 10), range(7)


def share_interval(part: int, whole: int) -> Interval:
    """The interval of the share `part / whole`, as shares (Wilson, "Probable inference, the law of succession, and
    statistical inference", J. Am. Stat. Assoc. 22, 1927); 0 to 1 of nothing, since nothing is known then."""
    if not whole:
        return 0.0, 1.0
    share = part / whole
    middle = share + Z * Z / (2 * whole)
    reach = Z * sqrt(share * (1 - share) / whole + Z * Z / (4 * whole * whole))
    scale = 1 + Z * Z / whole
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def difference_interval(part: int, whole: int, other_part: int, other_whole: int) -> Interval:
    """The interval of `part / whole − other_part / other_whole` of two independent groups (Newcombe, "Interval
    estimation for the difference between independent proportions", Stat. Med. 17, 1998, method 10); -1 to 1 when one
    of them is empty."""
    if not whole or not other_whole:
        return -1.0, 1.0
    share, other = part / whole, other_part / other_whole
    low, high = share_interval(part, whole)
    other_low, other_high = share_interval(other_part, other_whole)
    down = sqrt((share - low) ** 2 + (other_high - other) ** 2)
    up = sqrt((high - share) ** 2 + (other - other_low) ** 2)
    return share - other - down, share - other + up


def net_promoter_score(scores: list[int]) -> float | None:
    """Promoters (9, 10) minus detractors (0 to 6) in percent of the answers; None without any."""
    if not scores:
        return None
    return 100 * fmean((score in SCORES_OF_PROMOTERS) - (score in SCORES_OF_DETRACTORS) for score in scores)
