"""The two halves of a data set: one to learn from, one to measure on."""

import gzip
from collections.abc import Callable
from hashlib import sha1
from pathlib import Path
from typing import Any

from infra.learn.rows import Row, read_rows

Halves = tuple[list[Row], list[Row]]
SALT = "x2"


class MissingDataError(Exception):
    """A data set is not in the folder; the message says which."""


def halves(folder: Path, name: str, key: Callable[[Row], str] | None = None) -> Halves:
    """The rows of `name` (a file below the folder, without its ending) whose key has an even digest, and the others.
    The key is the text unless another is given. MissingDataError when there is no such file."""
    parts: Halves = ([], [])
    for row in every_row(folder, name):
        parts[_half(key(row) if key else row["text"])].append(row)
    return parts


def every_row(folder: Path, name: str) -> list[Row]:
    """All rows of `name`. MissingDataError when there is no such file."""
    return read_rows(find(folder, name, "jsonl"))


def half_of(key: str) -> int:
    """0 or 1, always the same for a key."""
    return _half(key)


def find(folder: Path, name: str, ending: str) -> Path:
    """A file of the data folder, compressed or not. MissingDataError when there is none."""
    for path in (folder / f"{name}.{ending}", folder / f"{name}.{ending}.gz"):
        if path.is_file():
            return path
    raise MissingDataError(f"{name}.{ending} is not in {folder}")


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a file of comma-separated values."""
    import csv

    path = find(folder, name, "csv")
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    return list(csv.DictReader(text.splitlines()))


def _half(key: str) -> int:
    return int(sha1((SALT + key).encode("utf-8", "replace"), usedforsecurity=False).hexdigest(), 16) % 2
