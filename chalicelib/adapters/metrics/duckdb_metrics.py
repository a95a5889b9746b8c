"""Computes the daily metrics with DuckDB, from the rows of some days."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.adapters.metrics.columns import select_from_json
from chalicelib.adapters.metrics.measure_query import MeasureQuery
from chalicelib.domain.cases.measure import Measure, MetricRow
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.usecases.ports.metrics import Record


class DuckDbMetrics:
    """The `MetricEngine`: a database in memory with a table for each measure.

    Its limit is half of the function's memory: the database exceeds its limit by up to 150 MiB, and Python and the
    records need the rest.
    """

    def __init__(self, queries: Sequence[MeasureQuery], folder: str | None = None, memory: str | None = None) -> None:
        import duckdb

        memory = memory or f"{int(os.environ.get('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', 2048)) // 2}MiB"
        self.queries = queries
        self.folder = folder or tempfile.gettempdir()
        settings: dict[str, Any] = {"memory_limit": memory, "temp_directory": f"{self.folder}/duckdb"}
        self.database = duckdb.connect(":memory:", config=settings)

    def load(self, rows: Mapping[str, Iterable[MetricRow]]) -> None:
        """Load these rows, by the name of their measure, in place of all that were loaded before."""
        measures = {query.measure.name: query.measure for query in self.queries}
        if not rows.keys() <= measures.keys():
            raise ValueError(f"there is no query for {rows.keys() - measures.keys()}")
        for name, measure in measures.items():
            self._load(measure, rows.get(name, ()))

    def _load(self, measure: Measure, rows: Iterable[MetricRow]) -> None:
        with tempfile.NamedTemporaryFile("wb", dir=self.folder, suffix=".ndjson") as file:
            for row in rows:
                file.write(msgspec.json.encode(row) + b"\n")
            file.flush()
            table = f'CREATE OR REPLACE TABLE "{measure.name}" AS {select_from_json(measure.row)}'
            self.database.execute(table, {"path": file.name})

    def records(self, days: Iterable[Day] = ()) -> list[Record]:
        """The records of all measures, without the time at which they were computed. For a measure of every day, each
        of `days` without rows has a record of zeros and nulls."""
        return [record for query in self.queries for record in self._records(query, days)]

    def _records(self, query: MeasureQuery, days: Iterable[Day]) -> list[Record]:
        records = [query.record(row) for row in self.selected_rows(query)]
        if query.empty is not None:
            days_with_rows = {record["day"] for record in records}
            records += [query.empty(day) for day in days if day not in days_with_rows]
        return records

    def selected_rows(self, query: MeasureQuery) -> Iterator[dict[str, Any]]:
        """The rows that a measure's SQL selects, as dictionaries by column."""
        script = "\n".join(path.read_text("utf-8") for path in query.scripts)
        expressions = query.expressions() if query.expressions else None
        result = self.database.execute(script.format_map(expressions) if expressions else script)
        names = [column[0] for column in result.description or []]
        return (dict(zip(names, row, strict=True)) for row in result.fetchall())

    def parquet(self, measure: Measure, day: Day) -> bytes:
        """The loaded rows of a measure on a day as a Parquet file, without the column of the day."""
        path = Path(self.folder) / f"{measure.name}-{day}.parquet"
        rows = f'SELECT * EXCLUDE (day) FROM "{measure.name}" WHERE day = $day ORDER BY ALL'  # noqa: S608 - our names
        self.database.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)", {"day": day})
        try:
            return path.read_bytes()
        finally:
            path.unlink()
