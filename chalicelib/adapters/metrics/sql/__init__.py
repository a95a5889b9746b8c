"""The nights' arithmetic: DuckDB over the figures of some days. The definitions are the SQL files beside this."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from chalicelib.adapters.metrics.sql.columns import FactTable, read_as
from chalicelib.adapters.metrics.sql.durations import durations, rounded
from chalicelib.adapters.metrics.sql.flow_records import flow_record
from chalicelib.adapters.metrics.sql.settlement_records import settlement_record
from chalicelib.domain.aftersales.measures import FlowMetric
from chalicelib.domain.metrics.agent_metrics import PREFIX
from chalicelib.domain.metrics.case_metrics import CaseMetric
from chalicelib.domain.metrics.intervals import in_sql
from chalicelib.domain.settlement.measures import SettlementMetric

HERE = Path(__file__).parent
Record = dict[str, Any]
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


class DuckDbMetrics:
    """The figures of some days in a database of their own. It may use half of the function's memory: what is resident
    passes the limit by up to 150 MiB, and Python and the answers want theirs."""

    def __init__(self, folder: str | None = None, memory: str | None = None) -> None:
        import duckdb

        memory = memory or f"{int(os.environ.get('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', 2048)) // 2}MiB"

        self.folder = folder or tempfile.gettempdir()
        settings: dict[str, Any] = {"memory_limit": memory, "temp_directory": f"{self.folder}/duckdb"}
        self.database = duckdb.connect(":memory:", config=settings)

    def load(self, figures: Iterable[CaseMetric], flows: Iterable[FlowMetric]) -> None:
        """Take these figures in, instead of any before."""
        self._load("figures", figures)
        self._load("flows", flows)

    def _load(self, table: FactTable, rows: Iterable[Struct]) -> None:
        with tempfile.NamedTemporaryFile("wb", dir=self.folder, suffix=".ndjson") as file:
            for row in rows:
                file.write(msgspec.json.encode(row) + b"\n")
            file.flush()
            script = (HERE / f"{table}.sql").read_text("utf-8").format(columns=read_as(table))
            self.database.execute(script, {"path": file.name})

    def records(self) -> list[Record]:
        """The records of the days that are loaded, without their dates of making."""
        self.database.execute((HERE / "placed.sql").read_text("utf-8"))
        return [_record(row) for row in self._rows("record.sql", in_sql())]

    def flow_records(self) -> list[Record]:
        """The after-sales records of the days that are loaded."""
        return [flow_record(row) for row in self._rows("flow_record.sql")]

    def settlement_records(self, figures: Iterable[SettlementMetric]) -> list[Record]:
        """The settlement records of these figures."""
        self._load("settlement", figures)
        return [settlement_record(row) for row in self._rows("settlement_record.sql")]

    def _rows(self, script: str, expressions: dict[str, str] | None = None) -> Iterator[dict[str, Any]]:
        text = (HERE / script).read_text("utf-8")
        found = self.database.execute(text.format_map(expressions) if expressions else text)
        names = [column[0] for column in found.description or []]
        return (dict(zip(names, row, strict=True)) for row in found.fetchall())

    def empty_record(self, day: str) -> Record:
        """The record of a day on which nothing was counted: zeros and nulls."""
        counts: dict[str, Any] = dict.fromkeys(COUNTS, 0)
        return _record({"day": day, "dimension": "all", "value": "all", **dict.fromkeys(SCORES), **counts})

    def parquet(self, day: str, table: FactTable = "figures") -> bytes:
        """The figures of a day, or those of its after-sales flows, as a Parquet file."""
        path = Path(self.folder) / f"{table}-{day}.parquet"
        rows = f"SELECT * EXCLUDE (day) FROM {table} WHERE day = $day ORDER BY ALL"  # noqa: S608 - one of two names
        self.database.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)", {"day": day})
        try:
            return path.read_bytes()
        finally:
            path.unlink()


def _record(row: dict[str, Any]) -> Record:
    answered = row["csat_answered"]
    return {
        "day": row["day"],
        "dimension": row["dimension"],
        "value": row["value"],
        "opened": row["opened"],
        "first_reply": durations(row["first_reply_count"], row["first_reply_quantiles"], row["first_reply_sum"]),
        "resolution": durations(row["resolved"], row["resolution_quantiles"], row["resolution_sum"]),
        "sla": {
            clock: {"met": row[f"{clock}_met"], "breached": row[f"{clock}_breached"]}
            for clock in ("first_reply", "resolution")
        },
        "resolved": row["resolved"],
        "reopened": row["reopened"],
        "one_contact": row["one_contact"],
        "escalated": row["escalated"],
        "csat": {
            "sent": row["sent"],
            "answered": answered,
            "scores": [row[f"csat_{score}"] for score in range(1, 6)],
            "percent": rounded(row["csat_percent"]),
            "interval": _interval(row, "csat"),
            "mean": rounded(row["csat_mean"]),
        },
        "nps": {
            "answered": row["nps_answered"],
            "promoters": row["promoters"],
            "passives": row["passives"],
            "detractors": row["detractors"],
            "score": rounded(row["nps_score"]),
            "interval": _interval(row, "nps"),
        },
        "ces": {
            "answered": row["ces_answered"],
            "mean": rounded(row["ces_sum"] / row["ces_answered"]) if row["ces_answered"] else None,
        },
        **({"transfers": int(row["transfers"])} if row["dimension"].startswith(PREFIX) else {}),
    }


def _interval(row: dict[str, Any], name: str) -> list[float | None] | None:
    return [rounded(row[f"{name}_low"]), rounded(row[f"{name}_high"])] if row[f"{name}_low"] is not None else None
