"""Days whose count breaks the pattern of the days before them."""

from collections.abc import Sequence
from math import exp, lgamma, log, sqrt
from statistics import median

from msgspec import Struct

FIRST_DAYS = 28
"""So many days are needed before one is judged; the level is that of the last so many."""
WINDOW = 84
"""The days before a day that it is compared with: twelve weeks."""
WEEKDAY_SHARE = 0.7
"""As much of a weekday's difference is believed, because twelve values of it are few."""
FLAGGED = 2.5
CONTINUED = 1.75
"""The score from which a day next to a flagged one belongs to it: what breaks the pattern often lasts for days."""
CHANCE = 0.0062
"""Flagged counts are also less likely than this by chance alone (Poisson): the share of a normal distribution beyond
2.5. A day of a small shop without orders is a small number, not news."""
LARGE = 200.0
"""From this count on, chance alone moves a count too little to matter here."""
LEFT_OUT = 4.0
"""Days beyond this score do not enter the history that later days are compared with."""
SPREAD_OF_MAD = 1.4826
"""The standard deviation of a normal distribution divided by its median absolute deviation."""


class DayScore(Struct, frozen=True):
    """How far a day's count is from what was expected, in standard deviations; negative when there was less. `expected`
    is a count. The first 28 days have the score 0 and are never flagged."""

    expected: float
    score: float
    flagged: bool


def score_days(counts: Sequence[float]) -> list[DayScore]:
    """The score of each day, given the counts of consecutive days, oldest first.

    A count is made comparable by Anscombe's transformation (Biometrika 35, 1948), after which counts of every size
    spread alike; expected is the median of the last four weeks with the weekday's own difference; spread is the median
    absolute deviation. Each day is compared with earlier days alone; only whether it belongs to a flagged neighbour is
    known a day later.
    """
    seen: list[float] = []
    scores: list[float] = []
    expectations: list[float] = []
    for day, value in enumerate(map(_even, counts)):
        expected, spread = _expect(seen, day) if day >= FIRST_DAYS else (value, 1.0)
        score = (value - expected) / spread
        scores.append(score)
        expectations.append(expected)
        seen.append(value if abs(score) < LEFT_OUT else expected)
    expected_counts = [_count(value) for value in expectations]
    rare = [_is_rare(count, expected) for count, expected in zip(counts, expected_counts, strict=True)]
    return list(map(DayScore, expected_counts, scores, _flagged(scores, rare)))


def _even(count: float) -> float:
    return 2 * sqrt(count + 0.375)


def _count(value: float) -> float:
    return max(0.0, (value / 2) ** 2 - 0.375)


def _expect(seen: Sequence[float], day: int) -> tuple[float, float]:
    """What is expected of a day, and the spread around it, both in transformed counts."""
    start = max(0, day - WINDOW)
    history = seen[start:day]
    level = median(history[-FIRST_DAYS:])
    same = [value for place, value in enumerate(history, start) if place % 7 == day % 7]
    weekday = WEEKDAY_SHARE * (median(same) - median(history))
    away = [value - level for value in history]
    middle = median(away)
    spread = SPREAD_OF_MAD * median(abs(value - middle) for value in away)
    return level + weekday, max(spread, 1.0)


def _is_rare(count: float, expected: float) -> bool:
    """Whether so many, or so few, come by chance in fewer than one of 160 days on which `expected` are expected."""
    if max(count, expected) >= LARGE:
        return True
    mean = max(expected, 0.1)
    below = sum(exp(-mean + each * log(mean) - lgamma(each + 1)) for each in range(int(count)))
    exactly = exp(-mean + count * log(mean) - lgamma(count + 1))
    return (1 - below if count > mean else below + exactly) < CHANCE


def _flagged(scores: Sequence[float], rare: Sequence[bool]) -> list[bool]:
    """The days that are flagged by themselves, or because they continue a flagged one in the same direction."""
    flags = [abs(score) > FLAGGED and is_rare for score, is_rare in zip(scores, rare, strict=True)]
    for order in (range(1, len(flags)), range(len(flags) - 2, -1, -1)):
        step = order.step
        for day in order:
            before = day - step
            if flags[before] and abs(scores[day]) > CONTINUED and scores[day] * scores[before] > 0:
                flags[day] = True
    return flags
