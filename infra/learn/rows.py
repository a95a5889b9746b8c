"""Rows of JSON Lines."""

import gzip
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

Row = dict[str, Any]


class UnusableError(ValueError):
    """What was given cannot be used; the message says why, in one sentence for whoever runs the command."""


def read_rows(path: Path) -> list[Row]:
    """The rows of a file of JSON Lines, compressed or not, each with an `id`: its own, or its number from 0.

    UnusableError names the file that cannot be read, or its first line that is no object of JSON.
    """
    try:
        content = path.read_bytes()
        lines = (gzip.decompress(content) if path.suffix == ".gz" else content).splitlines()
    except (OSError, EOFError, zlib.error) as error:
        raise UnusableError(f"{path} cannot be read: {error}") from None
    rows = [_read_row(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    return [{"id": str(number)} | row for number, row in enumerate(rows)]


def _read_row(path: Path, number: int, line: bytes) -> Row:
    try:
        return msgspec.json.decode(line, type=Row)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UnusableError(f"{path}, line {number}: {error}") from None


def fields_of(rows: Iterable[Row], name: str, *kinds: type) -> list[Any]:
    """The field `name` of every row. UnusableError names the first row in which it is missing or of another kind."""
    values = []
    for row in rows:
        if name not in row or not isinstance(row[name], kinds):
            asked = " or ".join(kind.__name__ for kind in kinds)
            raise UnusableError(f"the row {row['id']} has no {name} of the kind {asked}")
        values.append(row[name])
    return values


def texts_of(rows: Iterable[Row]) -> list[str]:
    """The texts of the rows, without halves of surrogate pairs, which no encoding can store."""
    return [text.encode("utf-8", "replace").decode() for text in fields_of(rows, "text", str)]


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write rows into a file, one a line. UnusableError if it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    except OSError as error:
        raise UnusableError(f"{path} cannot be written: {error}") from None
