"""The after-sales records: how they are computed, and how they look. `docs/metrics.md` defines them."""

from pathlib import Path
from typing import Any

from chalicelib.adapters.metrics.measure_query import MeasureQuery
from chalicelib.adapters.metrics.record_values import durations, percent, plain_decimal
from chalicelib.domain.aftersales.measures import FLOWS, PREFIX
from chalicelib.usecases.ports.metrics import Record


def flow_record(row: dict[str, Any]) -> Record:
    """The record of a row of `flow_record.sql`."""
    delivered, returned = int(row["delivered_items"]), int(row["returned_items"])
    return {
        "day": row["day"],
        "dimension": PREFIX + row["dimension"],
        "value": row["value"],
        "requested": row["requested"],
        "items": int(row["items"]),
        "approved": row["approved"],
        "auto_approved": row["auto_approved"],
        "auto_approved_percent": percent(row["auto_approved"], row["approved"]),
        "approval": durations(row["approved"], row["approval_quantiles"], row["approval_sum"]),
        "rejected": row["rejected"],
        "refused": row["refused"],
        "disputed": row["disputed"],
        "repaired": row["repaired"],
        "paid": durations(row["paid_count"], row["paid_quantiles"], row["paid_sum"]),
        "money": _paid_by_currency(row["money"] or []),
        "overdue": _overdue(row),
        "tasks_late": row["tasks_late"],
        "delivered_items": delivered,
        "returned_items": returned,
        "return_rate": percent(returned, delivered),
    }


def _overdue(row: dict[str, Any]) -> Record:
    """How often a deadline passed, by whose turn it was."""
    return {
        "shop": row["overdue_shop"],
        "customer": row["overdue_customer"],
        "carrier": row["overdue_carrier"],
        "warehouse": row["overdue_warehouse"],
        "finance": row["overdue_finance"],
    }


def _paid_by_currency(sums: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """Exact decimals."""
    paid: dict[str, dict[str, str]] = {}
    for each in sums:
        amounts = paid.setdefault(each["currency"], {"refund": "0", "compensation": "0"})
        amounts[each["what"]] = plain_decimal(each["amount"])
    return paid


QUERIES = (MeasureQuery(measure=FLOWS, scripts=(Path(__file__).with_name("flow_record.sql"),), record=flow_record),)
