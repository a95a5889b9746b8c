"""The records of cases: how they are computed, and their fields. `docs/metrics.md` defines them."""

from pathlib import Path
from typing import Any

from chalicelib.adapters.metrics.measure_query import MeasureQuery
from chalicelib.adapters.metrics.record_values import durations, interval, rounded
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.domain.metrics.case_metrics import FIGURES
from chalicelib.domain.metrics.dimensions import AGENT_PREFIX
from chalicelib.domain.metrics.intervals import sql_expressions
from chalicelib.usecases.ports.metrics import Record

HERE = Path(__file__).parent
COUNTS = (
    "opened",
    "first_reply_count",
    "resolved",
    "reopened",
    "one_contact",
    "escalated",
    "first_reply_met",
    "first_reply_breached",
    "resolution_met",
    "resolution_breached",
    "sent",
    "csat_answered",
    "csat_1",
    "csat_2",
    "csat_3",
    "csat_4",
    "csat_5",
    "nps_answered",
    "promoters",
    "passives",
    "detractors",
    "ces_answered",
    "transfers",
)
SCORES = (
    "first_reply_quantiles",
    "first_reply_sum",
    "resolution_quantiles",
    "resolution_sum",
    "csat_percent",
    "csat_low",
    "csat_high",
    "csat_mean",
    "nps_score",
    "nps_low",
    "nps_high",
    "ces_sum",
)


def case_record(row: dict[str, Any]) -> Record:
    """The record of a row of `record.sql`. Only the records of agents have the number of transfers."""
    record = {
        "day": row["day"],
        "dimension": row["dimension"],
        "value": row["value"],
        "opened": row["opened"],
        "first_reply": durations(row["first_reply_count"], row["first_reply_quantiles"], row["first_reply_sum"]),
        "resolution": durations(row["resolved"], row["resolution_quantiles"], row["resolution_sum"]),
        "sla": _sla(row),
        "resolved": row["resolved"],
        "reopened": row["reopened"],
        "one_contact": row["one_contact"],
        "escalated": row["escalated"],
        "csat": _csat(row),
        "nps": _nps(row),
        "ces": _ces(row),
    }
    if row["dimension"].startswith(AGENT_PREFIX):
        record["transfers"] = int(row["transfers"])
    return record


def _sla(row: dict[str, Any]) -> Record:
    return {
        "first_reply": {"met": row["first_reply_met"], "breached": row["first_reply_breached"]},
        "resolution": {"met": row["resolution_met"], "breached": row["resolution_breached"]},
    }


def _csat(row: dict[str, Any]) -> Record:
    return {
        "sent": row["sent"],
        "answered": row["csat_answered"],
        "scores": [row["csat_1"], row["csat_2"], row["csat_3"], row["csat_4"], row["csat_5"]],
        "percent": rounded(row["csat_percent"]),
        "interval": interval(row["csat_low"], row["csat_high"]),
        "mean": rounded(row["csat_mean"]),
    }


def _nps(row: dict[str, Any]) -> Record:
    return {
        "answered": row["nps_answered"],
        "promoters": row["promoters"],
        "passives": row["passives"],
        "detractors": row["detractors"],
        "score": rounded(row["nps_score"]),
        "interval": interval(row["nps_low"], row["nps_high"]),
    }


def _ces(row: dict[str, Any]) -> Record:
    answered = row["ces_answered"]
    return {"answered": answered, "mean": rounded(row["ces_sum"] / answered) if answered else None}


def empty_record(day: Day) -> Record:
    """The record of a day on which nothing was counted: zeros and nulls."""
    counts: dict[str, Any] = dict.fromkeys(COUNTS, 0)
    return case_record({"day": day, "dimension": "all", "value": "all", **dict.fromkeys(SCORES), **counts})


CASES = MeasureQuery(
    measure=FIGURES,
    scripts=(HERE / "sql" / "placed.sql", HERE / "sql" / "record.sql"),
    expressions=sql_expressions,
    record=case_record,
    empty=empty_record,
)
QUERIES = (CASES,)
