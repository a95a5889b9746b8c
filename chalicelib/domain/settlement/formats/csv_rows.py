"""Quoted CSV: its rows, and whether its amounts have a decimal comma or a decimal point."""

import csv
import re
from collections.abc import Iterable, Iterator

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.money import minor_digits
from chalicelib.domain.settlement.formats.reading import Fields, Records
from chalicelib.domain.settlement.formats.text import Numbered, clean_field, join_quoted_lines

DELIMITERS = (",", "\t", ";")
COMMA = re.compile(r"[0-9],[0-9]{1,2}\Z|\.[0-9]{3},")
POINT = re.compile(r"[0-9]\.[0-9]{1,2}\Z|,[0-9]{3}\.")
EITHER = re.compile(r"[0-9][.,][0-9]{3}\Z")


def split_fields(line: str, delimiter: str) -> Fields | None:
    """The fields of a record; None if it is not well-formed CSV."""
    lines = line.splitlines(keepends=True) if "\n" in line else [line]
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return None


def find_headings(line: str, first: tuple[str, ...]) -> tuple[Fields, str] | None:
    """The column names in a line of headings and their delimiter; None if the line names none of the `first` ones."""
    for delimiter in DELIMITERS:
        headings = [clean_field(field) for field in split_fields(line.lstrip("\ufeff"), delimiter) or []]
        if len(headings) > 1 and any(name in headings for name in first):
            return headings, delimiter
    return None


def read_rows(lines: Numbered, delimiter: str, width: int) -> Records:
    """The rows, each with the number of its first line; None for one that is malformed or has another width."""
    for number, line in join_quoted_lines(lines):
        if line is not None and not line.strip():
            continue
        fields = split_fields(line, delimiter) if line is not None else None
        yield number, fields if fields is not None and len(fields) == width else None


def uses_decimal_comma(amounts: Iterable[tuple[str, str]], stated: str | None) -> bool:
    """Whether the amounts of a statement, each with its currency, have a comma before their decimals. `Invalid` if they
    are written both ways, or could be read both ways and the uploader did not state which (`comma` or `point`)."""
    kinds = set(_separators(amounts))
    if {"comma", "point"} <= kinds:
        raise invalid("content", "writes some amounts with a decimal comma and some with a point")
    if stated is None and kinds == {"either"}:
        raise invalid("decimal", "is needed, comma or point: amounts such as 1,234 can be read in two ways")
    return "comma" in kinds or ("point" not in kinds and stated == "comma")


def _separators(amounts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The decimal separator that each amount shows; amounts that show none are skipped."""
    for text, currency in amounts:
        amount = clean_field(text)
        if COMMA.search(amount):
            yield "comma"
        elif POINT.search(amount):
            yield "point"
        elif EITHER.search(amount):
            yield _by_currency(amount[-4], minor_digits(currency.strip().upper()))


def _by_currency(sign: str, digits: int) -> str:
    """A sign before three digits is the decimal separator of a currency with three decimals, and groups the thousands
    of a currency without any."""
    if digits not in (0, 3):
        return "either"
    return "comma" if (sign == ",") == (digits == 3) else "point"
