"""Quoted CSV in a language: its rows, and how numbers are written in the whole of it."""

import csv
import re
from collections.abc import Iterable, Iterator

from chalicelib.domain.kernel.currencies import minor_digits
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.settlement.formats.reading import Fields, Records
from chalicelib.domain.settlement.formats.text import Numbered, cleaned, quoted

DELIMITERS = (",", "\t", ";")
COMMA, POINT = re.compile(r"[0-9],[0-9]{1,2}\Z|\.[0-9]{3},"), re.compile(r"[0-9]\.[0-9]{1,2}\Z|,[0-9]{3}\.")
EITHER = re.compile(r"[0-9][.,][0-9]{3}\Z")


def parted(line: str, delimiter: str) -> Fields | None:
    """The fields of a record; None when it is not well written."""
    try:
        return next(
            csv.reader([line] if "\n" not in line else line.splitlines(keepends=True), delimiter=delimiter, strict=True)
        )
    except (csv.Error, StopIteration):
        return None


def headings_in(line: str, first: tuple[str, ...]) -> tuple[Fields, str] | None:
    """The names in a line of headings, one of which is one of these, and what stands between them."""
    for delimiter in DELIMITERS:
        found = [cleaned(one) for one in parted(line.lstrip("\ufeff"), delimiter) or []]
        if len(found) > 1 and any(name in found for name in first):
            return found, delimiter
    return None


def rows_of(lines: Numbered, delimiter: str, width: int) -> Records:
    """The rows, each with the number of its first line; None for one that falls apart."""
    for number, line in quoted(lines):
        if line is not None and not line.strip():
            continue
        fields = parted(line, delimiter) if line is not None else None
        yield number, fields if fields is not None and len(fields) == width else None


def comma_in(amounts: Iterable[tuple[str, str]], told: str | None) -> bool:
    """Whether the amounts of a statement, each with its currency, have a comma before their decimals. Invalid when they
    are written in both ways, or could be read in both and nobody said which."""
    kinds = set(_kinds(amounts))
    if {"comma", "point"} <= kinds:
        raise invalid("content", "writes some amounts with a decimal comma and some with a point")
    if told is None and kinds == {"either"}:
        raise invalid("decimal", "is needed, comma or point: amounts such as 1,234 can be read in two ways")
    return "comma" in kinds or ("point" not in kinds and told == "comma")


def _kinds(amounts: Iterable[tuple[str, str]]) -> Iterator[str]:
    for text, currency in amounts:
        amount = cleaned(text)
        if COMMA.search(amount):
            yield "comma"
        elif POINT.search(amount):
            yield "point"
        elif EITHER.search(amount):
            yield _by_currency(amount[-4], minor_digits(currency.strip().upper()))


def _by_currency(sign: str, digits: int) -> str:
    """What stands before three digits ends the whole of a currency with three decimals, and groups one with none."""
    if digits not in (0, 3):
        return "either"
    return "comma" if (sign == ",") == (digits == 3) else "point"
