"""The settlement records: how they are computed, and how they look. `docs/metrics.md` defines them."""

from pathlib import Path
from typing import Any

from chalicelib.adapters.metrics.measure_query import MeasureQuery
from chalicelib.adapters.metrics.record_values import plain_decimal
from chalicelib.domain.settlement.measures import COUNTED, PREFIX, SETTLEMENT
from chalicelib.usecases.ports.metrics import Record


def settlement_record(row: dict[str, Any]) -> Record:
    """The record of a row of `settlement_record.sql`."""
    amounts: dict[str, dict[str, str]] = {}
    for each in row["money"] or []:
        amounts.setdefault(each["currency"], {})[each["what"]] = plain_decimal(each["amount"])
    counts: dict[str, int] = {name: row[name] for name in COUNTED}
    return {"day": row["day"], "dimension": f"{PREFIX}all", "value": "all", **counts, "money": amounts}


QUERIES = (
    MeasureQuery(
        measure=SETTLEMENT, scripts=(Path(__file__).with_name("settlement_record.sql"),), record=settlement_record
    ),
)
