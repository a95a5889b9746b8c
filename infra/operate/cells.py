"""The values of a row's cells, as a mapping describes them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import zone_info

Cells = Mapping[str, str]
"""A row, by the headings of its columns."""


class Rejected(Exception):
    """A row that cannot be imported; the message says why."""


class Leaf(Struct, frozen=True, forbid_unknown_fields=True, rename={"column": "from", "among": "in"}):
    """One value: of a column, of a time's column, or always the same."""

    column: str | None = None
    time: str | None = None
    const: str | int | None = None
    words: dict[str, str | int] = {}
    otherwise: str | int | None = None
    prefix: str = ""
    optional: bool = False
    number: bool = False
    plus: str | None = None
    seconds: float = 1
    among: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """The columns it names."""
        fallback = self.otherwise if self.time and isinstance(self.otherwise, str) else None
        return [name for name in (self.column, self.time, self.plus, fallback) if name]


class Times(Struct, frozen=True, forbid_unknown_fields=True):
    """How times are written."""

    formats: tuple[str, ...]
    zone: str = "UTC"


def holds(when: Leaf, cells: Cells) -> bool:
    """Whether the row has one of the values a condition names, or any when it names none."""
    text = _text(cells, when.column)
    return text in when.among if when.among else bool(text)


def value_of(leaf: Leaf, times: Times, cells: Cells) -> Any:
    """The value of a leaf in a row; None when it has none and need not have one. `Rejected` when it must."""
    if leaf.const is not None:
        return leaf.const
    if leaf.time is not None:
        return _time(leaf, times, cells)
    text = _text(cells, leaf.column)
    if leaf.words and text in leaf.words:
        return leaf.words[text]
    if not text or leaf.words:
        return _fallback(leaf, text)
    if leaf.number:
        return _number(leaf.column or "", text)
    return f"{leaf.prefix}{text}"


def _text(cells: Cells, column: str | None) -> str:
    return cells.get(column or "", "").strip()


def _fallback(leaf: Leaf, text: str) -> str | int | None:
    if leaf.otherwise is None and not leaf.optional:
        raise Rejected(f"{leaf.column!r} is {text!r}" if text else f"{leaf.column!r} is empty")
    return leaf.otherwise


def _number(column: str, text: str) -> int | float:
    try:
        value = float(text)
    except ValueError:
        raise Rejected(f"{column!r} is no number: {text!r}") from None
    if not isfinite(value):
        raise Rejected(f"{column!r} is no number: {text!r}")
    return int(value) if value == int(value) else value


def _time(leaf: Leaf, times: Times, cells: Cells) -> str:
    column = leaf.time or ""
    text = _text(cells, column)
    if not text and isinstance(leaf.otherwise, str):
        column, text = leaf.otherwise, _text(cells, leaf.otherwise)
    moment = _parsed(text, times)
    if moment is None:
        raise Rejected(f"{column!r} is no time as the mapping has them: {text!r}")
    later_s = _number(leaf.plus, _text(cells, leaf.plus) or "0") * leaf.seconds if leaf.plus else 0
    try:
        return (moment + timedelta(seconds=later_s)).astimezone(UTC).isoformat()
    except OverflowError:
        raise Rejected(f"{column!r} is a time of no calendar: {text!r}") from None


def _parsed(text: str, times: Times) -> datetime | None:
    for pattern in times.formats:
        try:
            moment = datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=zone_info(times.zone))
    return None
