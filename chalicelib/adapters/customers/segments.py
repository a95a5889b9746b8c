"""Segments by DuckDB, as `segments.sql` defines them."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.domain.customers.segments import Segments, Standing
from chalicelib.domain.kernel.timestamps import Instant

HERE = Path(__file__).parent
STANDINGS = "CREATE TABLE standings AS SELECT * FROM read_json($path, format = 'newline_delimited', columns = {key: 'VARCHAR', first_at: 'BIGINT', answers: 'INTEGER[]'})"  # noqa: E501 - SQL
BOUGHT = "CREATE TABLE bought AS SELECT * REPLACE (CAST(amount AS DECIMAL(24, 6)) AS amount) FROM read_json($path, format = 'newline_delimited', columns = {key: 'VARCHAR', bought_at: 'BIGINT', amount: 'VARCHAR', currency: 'VARCHAR'})"  # noqa: E501 - SQL


def segments(standings: Iterable[Standing], now: Instant) -> dict[str, Segments]:
    """The segments of these people at that time, by key."""
    import duckdb

    with (
        tempfile.NamedTemporaryFile("wb", suffix=".ndjson") as people,
        tempfile.NamedTemporaryFile("wb", suffix=".ndjson") as orders,
    ):
        for one in standings:
            people.write(_line({"key": one.key, "first_at": one.first_at, "answers": one.answers}))
            for each in one.bought:
                told = {"bought_at": each.at, "amount": each.amount, "currency": each.currency}
                orders.write(_line({"key": one.key, **told}))
        people.flush()
        orders.flush()
        database = duckdb.connect(":memory:", config={"memory_limit": "1GB"})
        database.execute(STANDINGS, {"path": people.name})
        database.execute(BOUGHT, {"path": orders.name})
        rows = database.execute((HERE / "segments.sql").read_text("utf-8"), {"now": now}).fetchall()
    names = ("rfm", "lifecycle", "satisfaction", "loyalty")
    return {key: msgspec.convert(dict(zip(names, row, strict=True)), Segments) for key, *row in rows}


def _line(row: dict[str, Any]) -> bytes:
    return msgspec.json.encode(row) + b"\n"
