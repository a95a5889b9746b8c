"""Sums over the daily records of a period: what agents did, or a product, or the whole shop.

Percentiles of days cannot be summed, so a period has means, weighted by how many cases each day has.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

CLOCKS = ("first_reply", "resolution")


class Summed(Struct, frozen=True, kw_only=True):
    """The sums of a period for a value of a dimension, such as an agent, a shift or a product. `counts` and `seconds`
    are by clock; `scores`: how many customers gave each CSAT from 1 to 5; `transfers`: only agents have them."""

    value: str
    handled: int = 0
    counts: dict[str, int] = {}
    seconds: dict[str, float] = {}
    scores: tuple[int, ...] = (0, 0, 0, 0, 0)
    reopened: int = 0
    transfers: int = 0

    def mean(self, clock: str) -> float | None:
        """The arithmetic mean of a duration, in seconds."""
        return self.seconds[clock] / self.counts[clock] if self.counts.get(clock) else None

    @property
    def answered(self) -> int:
        """How many customers answered."""
        return sum(self.scores)

    @property
    def satisfied(self) -> int:
        """How many customers gave 4 or 5."""
        return sum(self.scores[3:])

    @property
    def percent(self) -> float | None:
        """CSAT: the share of the satisfied, in percent."""
        return 100 * self.satisfied / self.answered if self.answered else None


def summed(value: str, records: Iterable[Mapping[str, Any]]) -> Summed:
    """The sums of the records of some days."""
    days = list(records)
    return Summed(
        value=value,
        handled=sum(record["resolved"] for record in days),
        counts={clock: sum(record[clock]["count"] for record in days) for clock in CLOCKS},
        seconds={clock: sum(_seconds(record[clock]) for record in days) for clock in CLOCKS},
        scores=tuple(sum(record["csat"]["scores"][place] for record in days) for place in range(5)),
        reopened=sum(record["reopened"] for record in days),
        transfers=sum(record.get("transfers", 0) for record in days),
    )


def _seconds(durations: Mapping[str, Any]) -> float:
    return float(durations["count"] * (durations["mean"] or 0))
