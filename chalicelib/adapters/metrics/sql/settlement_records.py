"""The settlement records of a night, from the rows of `settlement_record.sql`."""

from decimal import Decimal
from typing import Any

from chalicelib.adapters.metrics.sql.flow_records import plain
from chalicelib.domain.settlement.measures import COUNTED, PREFIX


def settlement_record(row: dict[str, Any]) -> dict[str, Any]:
    """A record as `docs/metrics.md` defines it."""
    money: dict[str, dict[str, str]] = {}
    for one in row["money"] or []:
        money.setdefault(one["currency"], {})[one["what"]] = plain(Decimal(one["amount"]))
    named: dict[str, Any] = {"day": row["day"], "dimension": f"{PREFIX}all", "value": "all"}
    return named | {name: row[name] for name in COUNTED} | {"money": money}
