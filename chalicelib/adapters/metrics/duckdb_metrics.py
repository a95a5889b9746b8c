"""Computes the daily metrics with DuckDB, from the rows of some days."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chalicelib.adapters.metrics.columns import columns, select_from_json
from chalicelib.adapters.metrics.measure_query import MeasureQuery
from chalicelib.adapters.metrics.row_files import RowFiles
from chalicelib.domain.cases.measure import Measure
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.usecases.ports.metrics import ListedCase, ListedCases, Record

LISTED = Path(__file__).parent / "sql" / "listed.sql"
LISTED_CASES = 10


class DuckDbMetrics:
    """The `MetricEngine`: a database in memory with a table for each measure.

    Its limit is half of the function's memory: the database exceeds its limit by up to 150 MiB, and Python and the
    records need the rest.
    """

    def __init__(
        self,
        queries: Sequence[MeasureQuery],
        rows: RowFiles,
        memory: str | None = None,
    ) -> None:
        import duckdb

        self.rows = rows
        memory = memory or f"{int(os.environ.get('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', 2048)) // 2}MiB"
        self.queries = queries
        self._temporary = TemporaryDirectory(prefix="metrics-")  # another process may compute the same day
        self.folder = Path(self._temporary.name)
        settings: dict[str, Any] = {"memory_limit": memory, "temp_directory": f"{self.folder}/duckdb"}
        self.database = duckdb.connect(":memory:", config=settings)

    def load(self, days: Sequence[Day]) -> None:
        """Load the rows of these days, in place of all that were loaded before."""
        unknown = self.rows.measures - {query.measure.name for query in self.queries}
        if unknown:
            raise ValueError(f"there is no query for {unknown}")
        for query in self.queries:
            measure = query.measure
            declared = ", ".join(f'"{name}" {kind}' for name, kind in columns(measure.row).items())
            self.database.execute(f'CREATE OR REPLACE TABLE "{measure.name}" ({declared})')
            files = self.rows.files(measure, days)
            if files:
                insert = f'INSERT INTO "{measure.name}" {select_from_json(measure.row)}'
                self.database.execute(insert, {"paths": files})

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

    def listed_cases(self) -> dict[Day, ListedCases]:
        """The cases that the report of each loaded day lists, as `sql/listed.sql` says."""
        script = LISTED.read_text("utf-8")
        listed: dict[Day, ListedCases] = {}
        for day, what, *values in self.database.execute(script, {"most": LISTED_CASES}).fetchall():
            listed.setdefault(day, {}).setdefault(what, []).append(ListedCase(*values))
        return listed

    def parquet(self, measure: Measure, day: Day) -> bytes:
        """The loaded rows of a measure on a day as a Parquet file, without the column of the day."""
        path = self.folder / f"{measure.name}-{day}.parquet"
        rows = f'SELECT * EXCLUDE (day) FROM "{measure.name}" WHERE day = $day ORDER BY ALL'  # noqa: S608 - our names
        self.database.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)", {"day": day})
        try:
            return path.read_bytes()
        finally:
            path.unlink()
