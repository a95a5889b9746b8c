"""The text of a statement: its encoding, its lines, and the values of their fields."""

import codecs
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import TextIO

from chalicelib.domain.kernel.errors import invalid

Bytes = Callable[[], Iterable[bytes]]
Numbered = Iterator[tuple[int, str | None]]
"""Lines with their numbers, counted from 1; None for a line that is too long."""
MAX_LINE = 64 * 1024
MAX_JOINED = 50
"""The most lines that a quoted field may have; a quote that is not closed by then is not a quote."""
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
PACKED = (
    (b"PK\x03\x04", "a zip or an Excel file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\xd0\xcf\x11\xe0", "an Excel file"),
)
SPREADSHEET = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")
PLAIN = re.compile(r"[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]{0,15})(\.[0-9]{1,6})?")


class BadRow(ValueError):
    """A row cannot be read; the message says why."""


def detect_encoding(chunks: Bytes) -> str:
    """The encoding that decodes all of the bytes: UTF-8, UTF-16 (by its byte order mark), or GB18030 (which includes
    GBK and GB2312). `Invalid` if none does, or the file is not text."""
    start = next(iter(chunks()), b"")
    for sign, what in PACKED:
        if start.startswith(sign):
            raise invalid("content", f"is {what}: unpack it, and give the statement in it as text")
    marked = next((name for mark, name in BOMS if start.startswith(mark)), None)
    candidates = (marked,) if marked else ("utf-8", "gb18030")
    for name in candidates:
        if _decodes(chunks(), name):
            return name
    raise invalid("content", "is text in none of UTF-8, UTF-16 and GB18030")


def _decodes(chunks: Iterable[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for chunk in chunks:
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def numbered_lines(file: TextIO) -> Numbered:
    """The lines of a file that was opened with universal newlines; never more than one line is in memory."""
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if len(line) <= MAX_LINE or line.endswith("\n"):
            yield number, line.rstrip("\n")
            continue
        while not line.endswith("\n") and (line := file.readline(MAX_LINE)):
            pass
        yield number, None


def join_quoted_lines(lines: Numbered) -> Numbered:
    """Lines of quoted CSV, with the lines of one record joined. A quote that is never closed damages only its own
    line."""
    waiting: deque[tuple[int, str | None]] = deque()
    while True:
        first = waiting.popleft() if waiting else next(lines, None)
        if first is None:
            return
        number, text = first
        joined: list[tuple[int, str | None]] = []
        while text is not None and text.count('"') % 2 and len(joined) < MAX_JOINED:
            more = waiting.popleft() if waiting else next(lines, None)
            if more is None:
                break
            joined.append(more)
            text = None if more[1] is None else f"{text}\n{more[1]}"
        if text is None or text.count('"') % 2:
            waiting.extendleft(reversed(joined))
            yield number, None
        else:
            yield number, text


def clean_field(field: str) -> str:
    """A field without the signs that services add so that spreadsheets leave it alone: backticks, tabs, quotes,
    `="…"`."""
    text = field.strip(" \t`\ufeff\u3000\xa0")
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text.removeprefix("'").strip()


def parse_id(field: str) -> str | None:
    """An id as text, whatever it looks like; None if the field is empty, or has the 0 that means none. `BadRow` if a
    spreadsheet turned the id into a number, which loses digits."""
    text = clean_field(field)
    if text in ("", "0", "-"):
        return None
    if SPREADSHEET.fullmatch(text):
        raise BadRow(f"{text} was an id before a spreadsheet made a number of it: download the statement anew")
    if len(text) > 200 or not text.isprintable():
        raise BadRow("an id has more than 200 characters, or signs that cannot be printed")
    return text


def parse_amount(field: str, comma: bool = False) -> Decimal:
    """The exact amount; `comma`: it is written `1.234,56`, not `1,234.56`. An empty field is 0. `BadRow` if it is no
    amount."""
    text = clean_field(field).replace("\u2212", "-").replace("\xa0", "").replace(" ", "").lstrip("¥￥")
    if text in ("", "-", "--"):
        return Decimal(0)
    english = text.translate(str.maketrans(",.", ".,")) if comma else text
    if not PLAIN.fullmatch(english) or not any(sign.isdigit() for sign in english):
        raise BadRow(f"{field.strip()[:40]!r} is no amount")
    return Decimal(english.replace(",", ""))


def format_amount(amount: Decimal) -> str:
    """An amount as events store it."""
    return format(amount, "f")
