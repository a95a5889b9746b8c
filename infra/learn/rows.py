"""Rows of JSON Lines."""

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

Row = dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    """The rows of a file, each with an `id`: its own, or its number."""
    opened = gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")
    with opened as file:
        rows = [msgspec.json.decode(line) for line in file if line.strip()]
    return [{"id": str(number)} | row for number, row in enumerate(rows)]


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write rows into a file, one a line."""
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
