"""What statements add to a day: each entry, and payments that no statement lists. `docs/metrics.md` defines the record.

The rows are read from the store of settlements, not from cases: see `usecases/settlement/count_settlement.py`.
"""

from typing import Literal

from chalicelib.domain.cases.measure import Decimals, Measure, MetricRow

PREFIX = "settlement_"
"""Before the dimension of a settlement's record, since records of all measures lie together."""
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


class SettlementMetric(MetricRow, frozen=True, kw_only=True):
    """One payment of a statement, or one that is missing, on its day. `about`: the entry or the payment."""

    what: str
    about: str
    amount: Decimals
    currency: str


SETTLEMENT = Measure(name="settlement", row=SettlementMetric, dimensions=(f"{PREFIX}all",))
MEASURES = (SETTLEMENT,)
