"""What statements add to a day: each entry, and money that stands in none. `docs/metrics.md` defines the record."""

from typing import Literal

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import Day
from chalicelib.domain.settlement.matching import State

PREFIX = "settlement_"
"""Before the dimension of a settlement's record, where records of several kinds lie together."""
Counted = Literal["settled", "known", "unknown", "ambiguous", "different", "reversed", "failed", "not_paid"]
COUNTED: tuple[Counted, ...] = (
    "settled",
    "known",
    "unknown",
    "ambiguous",
    "different",
    "reversed",
    "failed",
    "not_paid",
)
NOT_COUNTED: tuple[State, ...] = ("taken_back", "same")
"""Another entry says the same."""


class SettlementMetric(Struct, frozen=True, kw_only=True):
    """One payment of a statement, or one that is missing, on its day. `about`: the entry or the money."""

    day: Day
    what: str
    about: str
    amount: str
    currency: str
