"""The columns of a day's facts: DuckDB reads them, Parquet keeps them, and Athena is told of them, all from here."""

from typing import Literal

FactTable = Literal["figures", "flows", "settlement"]

COLUMNS: dict[FactTable, dict[str, str]] = {
    "figures": {
        "day": "VARCHAR",
        "case": "VARCHAR",
        "number": "VARCHAR",
        "channel": "VARCHAR",
        "type": "VARCHAR",
        "team": "VARCHAR",
        "assignee": "VARCHAR",
        "shift": "VARCHAR",
        "skus": "VARCHAR[]",
        "opened": "BOOLEAN",
        "first_reply_ms": "BIGINT",
        "resolution_ms": "BIGINT",
        "reopened": "INTEGER",
        "replies": "INTEGER",
        "escalations": "INTEGER",
        "transfers": "INTEGER",
        "sla_first_reply": "VARCHAR",
        "sla_resolution": "VARCHAR",
        "sent": "BOOLEAN",
        "answered": "BOOLEAN",
        "csat": "INTEGER",
        "nps": "INTEGER",
        "ces": "INTEGER",
    },
    "flows": {
        "day": "VARCHAR",
        "case": "VARCHAR",
        "number": "VARCHAR",
        "kind": "VARCHAR",
        "reason": "VARCHAR",
        "skus": "VARCHAR[]",
        "what": "VARCHAR",
        "items": "INTEGER",
        "ms": "BIGINT",
        "by_rule": "BOOLEAN",
        "about": "VARCHAR",
        "amount": "DECIMAL(24,6)",
        "currency": "VARCHAR",
    },
    "settlement": {
        "day": "VARCHAR",
        "what": "VARCHAR",
        "about": "VARCHAR",
        "amount": "DECIMAL(24,6)",
        "currency": "VARCHAR",
    },
}
"""Types as DuckDB calls them."""
GLUE = {
    "VARCHAR": "string",
    "VARCHAR[]": "array<string>",
    "BOOLEAN": "boolean",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "DECIMAL(24,6)": "decimal(24,6)",
}
"""What the Glue Data Catalog, and Athena by it, call the same (docs.aws.amazon.com/athena, "Data types")."""


def read_as(table: FactTable) -> str:
    """The columns in DuckDB's words, for `read_json`. Decimals come as text, so that no digit is lost."""
    told = ((name, "VARCHAR" if kind.startswith("DECIMAL") else kind) for name, kind in COLUMNS[table].items())
    return ", ".join(f"\"{name}\": '{kind}'" for name, kind in told)


def catalog(table: FactTable) -> list[dict[str, str]]:
    """The columns of a Glue table. The day is no column of it: it stands in the path."""
    return [{"Name": name, "Type": GLUE[kind]} for name, kind in COLUMNS[table].items() if name != "day"]
