"""The after-sales records of a night, from the rows of `flow_record.sql`."""

from decimal import Decimal
from typing import Any

from chalicelib.adapters.metrics.sql.durations import durations, rounded
from chalicelib.domain.aftersales.measures import PREFIX

TURNS = ("shop", "customer", "carrier", "warehouse", "finance")


def flow_record(row: dict[str, Any]) -> dict[str, Any]:
    """A record as `docs/metrics.md` defines it."""
    approved, delivered, returned = row["approved"], int(row["delivered_items"]), int(row["returned_items"])
    return {
        "day": row["day"],
        "dimension": PREFIX + row["dimension"],
        "value": row["value"],
        "requested": row["requested"],
        "items": int(row["items"]),
        "approved": approved,
        "auto_approved": row["auto_approved"],
        "auto_approved_percent": rounded(100 * row["auto_approved"] / approved) if approved else None,
        "approval": durations(approved, row["approval_quantiles"], row["approval_sum"]),
        "rejected": row["rejected"],
        "refused": row["refused"],
        "disputed": row["disputed"],
        "repaired": row["repaired"],
        "paid": durations(row["paid_count"], row["paid_quantiles"], row["paid_sum"]),
        "money": _money(row["money"] or []),
        "overdue": {turn: row[f"overdue_{turn}"] for turn in TURNS},
        "tasks_late": row["tasks_late"],
        "delivered_items": delivered,
        "returned_items": returned,
        "return_rate": rounded(100 * returned / delivered) if delivered else None,
    }


def _money(paid: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """By currency, as exact decimals."""
    found: dict[str, dict[str, str]] = {}
    for one in paid:
        place = found.setdefault(one["currency"], {"refund": "0", "compensation": "0"})
        place[one["what"]] = plain(Decimal(one["amount"]))
    return found


def plain(amount: Decimal) -> str:
    """A decimal with two digits after the point, or more where there are more."""
    whole = amount.quantize(Decimal("0.01"))
    return str(whole) if whole == amount else format(amount.normalize(), "f")
