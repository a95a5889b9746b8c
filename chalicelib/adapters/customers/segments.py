"""Segments computed by DuckDB, as `segments.sql` defines them."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.adapters.orders.exact_amounts import exact_amount
from chalicelib.domain.customers.segments import Segments, Standing
from chalicelib.domain.kernel.timestamps import Instant

SCRIPT = Path(__file__).with_name("segments.sql")
STANDINGS = "CREATE TABLE standings AS SELECT * FROM read_json($path, format = 'newline_delimited', columns = {key: 'VARCHAR', first_at: 'BIGINT', answers: 'INTEGER[]'})"  # noqa: E501 - SQL
BOUGHT = f"CREATE TABLE bought AS SELECT * REPLACE ({exact_amount('amount')} AS amount) FROM read_json($path, format = 'newline_delimited', columns = {{key: 'VARCHAR', bought_at: 'BIGINT', amount: 'VARCHAR', currency: 'VARCHAR'}})"  # noqa: E501, S608 - SQL
COLUMNS = ("rfm", "lifecycle", "satisfaction", "loyalty")


def segments(standings: Iterable[Standing], now: Instant) -> dict[str, Segments]:
    """The segments of these customers at that time, by key."""
    import duckdb

    with (
        tempfile.NamedTemporaryFile("wb", suffix=".ndjson") as customers,
        tempfile.NamedTemporaryFile("wb", suffix=".ndjson") as orders,
    ):
        for standing in standings:
            customers.write(_customer(standing))
            orders.writelines(_orders(standing))
        customers.flush()
        orders.flush()
        database = duckdb.connect(":memory:", config={"memory_limit": "1GB"})
        database.execute(STANDINGS, {"path": customers.name})
        database.execute(BOUGHT, {"path": orders.name})
        rows = database.execute(SCRIPT.read_text("utf-8"), {"now": now}).fetchall()
    return {key: msgspec.convert(dict(zip(COLUMNS, row, strict=True)), Segments) for key, *row in rows}


def _customer(standing: Standing) -> bytes:
    return _line({"key": standing.key, "first_at": standing.first_at, "answers": standing.answers})


def _orders(standing: Standing) -> Iterator[bytes]:
    for order in standing.bought:
        amount = {"amount": order.amount, "currency": order.currency}
        yield _line({"key": standing.key, "bought_at": order.at, **amount})


def _line(row: dict[str, Any]) -> bytes:
    return msgspec.json.encode(row) + b"\n"
