"""What agents did in a period, summed from the nights' records, and when they may be compared.

Two agents are compared only where both samples say something: a mean of few cases, or a share of few answers, is
chance. Below the minimum the figures stand and no difference is given.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from chalicelib.domain.metrics.intervals import csat_interval

Record = dict[str, Any]
PREFIX = "agent_"
"""Before the dimension of an agents' record, where records of all kinds lie together."""
DIMENSIONS = ("agent", "skill", "shift")
NEEDS_CASES, NEEDS_ANSWERS = 20, 30
CLOCKS = ("first_reply", "resolution")


class Summed(Struct, frozen=True, kw_only=True):
    """One agent's period, or one agent's with one type of case, or a shift's. Times in seconds."""

    value: str
    handled: int = 0
    counts: dict[str, int] = {}
    seconds: dict[str, float] = {}
    scores: tuple[int, ...] = (0, 0, 0, 0, 0)
    reopened: int = 0
    transfers: int = 0

    def mean(self, clock: str) -> float | None:
        """The arithmetic mean of a duration."""
        return self.seconds[clock] / self.counts[clock] if self.counts.get(clock) else None

    @property
    def answered(self) -> int:
        """How many customers answered."""
        return sum(self.scores)

    @property
    def percent(self) -> float | None:
        """CSAT: the share of 4 and 5, in percent."""
        return 100 * sum(self.scores[3:]) / self.answered if self.answered else None


def summed(value: str, records: Iterable[Record]) -> Summed:
    """The records of some days as one."""
    counts, seconds, scores = dict.fromkeys(CLOCKS, 0), dict.fromkeys(CLOCKS, 0.0), [0] * 5
    handled = reopened = transfers = 0
    for one in records:
        for clock in CLOCKS:
            counts[clock] += one[clock]["count"]
            seconds[clock] += one[clock]["count"] * (one[clock]["mean"] or 0)
        scores = [mine + theirs for mine, theirs in zip(scores, one["csat"]["scores"], strict=True)]
        handled, reopened = handled + one["resolved"], reopened + one["reopened"]
        transfers += one["transfers"]
    return Summed(
        value=value,
        handled=handled,
        counts=counts,
        seconds=seconds,
        scores=tuple(scores),
        reopened=reopened,
        transfers=transfers,
    )


def view(one: Summed, everybody: Summed) -> Record:
    """A sum as it is shown, beside what all of them came to together."""
    return {
        "value": one.value,
        "handled": one.handled,
        "reopened": one.reopened,
        "transfers": one.transfers,
        **{clock: {"count": one.counts.get(clock, 0), "mean": _rounded(one.mean(clock))} for clock in CLOCKS},
        "csat": _csat(one),
        "compared": {**{clock: _times(one, everybody, clock) for clock in CLOCKS}, "csat": _answers(one, everybody)},
    }


def _csat(one: Summed) -> Record:
    interval = csat_interval(sum(one.scores[3:]), one.answered)
    return {
        "answered": one.answered,
        "scores": list(one.scores),
        "percent": _rounded(one.percent),
        "interval": [_rounded(bound) for bound in interval] if interval else None,
    }


def _times(one: Summed, everybody: Summed, clock: str) -> Record:
    return _compared(one.counts.get(clock, 0), NEEDS_CASES, one.mean(clock), everybody.mean(clock))


def _answers(one: Summed, everybody: Summed) -> Record:
    told = _compared(one.answered, NEEDS_ANSWERS, one.percent, everybody.percent)
    mine, theirs = (csat_interval(sum(each.scores[3:]), each.answered) for each in (one, everybody))
    apart = mine is not None and theirs is not None and (mine[0] > theirs[1] or mine[1] < theirs[0])
    return told | {"differs": apart if told["enough"] else None}


def _compared(sample: int, needs: int, mine: float | None, all_of_them: float | None) -> Record:
    enough = sample >= needs
    difference = mine - all_of_them if enough and mine is not None and all_of_them is not None else None
    return {
        "enough": enough,
        "sample": sample,
        "needs": needs,
        "all": _rounded(all_of_them),
        "difference": _rounded(difference),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 9)
