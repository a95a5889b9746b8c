"""The rows from which days are computed, in files: DuckDB loads them from there, and memory holds few at a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from chalicelib.domain.cases.measure import Measure, MetricRow
from chalicelib.domain.kernel.timestamps import Day

MAX_WAITING = 20_000
"""The rows that wait in memory to be written, of all days together: about 5 MiB."""
Place = tuple[str, Day]
_encode = msgspec.json.Encoder().encode


class RowFiles:
    """The `CountedRows`: for each measure and day a file with one JSON object a line."""

    def __init__(self, folder: str | None = None) -> None:
        self._temporary = TemporaryDirectory(prefix="rows-", dir=folder)
        self.folder = Path(self._temporary.name)
        self._clear()

    def _clear(self) -> None:
        self._counts: defaultdict[Place, int] = defaultdict(int)
        self._waiting: defaultdict[Place, list[bytes]] = defaultdict(list)
        self._number_waiting = 0

    def clear(self) -> None:
        """Remove all rows."""
        self._clear()
        for file in self.folder.iterdir():
            file.unlink()

    def add(self, measure: Measure, day: Day, rows: Sequence[MetricRow]) -> None:
        """Add rows of a day."""
        if not rows:
            return
        place = measure.name, day
        self._waiting[place] += map(_encode, rows)
        self._counts[place] += len(rows)
        self._number_waiting += len(rows)
        if self._number_waiting > MAX_WAITING:
            self._write()

    def _write(self) -> None:
        for (name, day), lines in self._waiting.items():
            with self._file(name, day).open("ab") as file:
                file.write(b"\n".join(lines) + b"\n")
        self._waiting.clear()
        self._number_waiting = 0

    def _file(self, name: str, day: Day) -> Path:
        return self.folder / f"{name}-{day}.ndjson"

    def count(self, measure: Measure, day: Day) -> int:
        """How many rows a measure has on a day."""
        return self._counts.get((measure.name, day), 0)

    def encoded(self, measure: Measure, day: Day) -> list[bytes]:
        """The rows of a measure on a day as JSON. Those of cases and order records are sorted, because these are read
        in no order."""
        self._write()
        if not self.count(measure, day):
            return []
        lines = self._file(measure.name, day).read_bytes().splitlines()
        return sorted(lines) if measure.of_stored else lines

    @property
    def measures(self) -> set[str]:
        """The names of the measures that have rows."""
        return {name for name, _ in self._counts}

    def files(self, measure: Measure, days: Iterable[Day]) -> list[str]:
        """The files of a measure that have rows of these days."""
        self._write()
        return [str(self._file(measure.name, day)) for day in days if self.count(measure, day)]

    def remove(self, days: Iterable[Day]) -> None:
        """Remove the rows of days that are computed."""
        removed = set(days)
        for name, day in [place for place in self._counts if place[1] in removed]:
            del self._counts[name, day]
            self._file(name, day).unlink(missing_ok=True)
