"""The text of a statement: which encoding it is in, its lines, and what stands in their fields."""

import codecs
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import TextIO

from chalicelib.domain.kernel.errors import invalid

Bytes = Callable[[], Iterable[bytes]]
Numbered = Iterator[tuple[int, str | None]]
"""Lines with their numbers from 1; None for one that is too long to be a line."""
MAX_LINE = 64 * 1024
MAX_JOINED = 50
"""A quoted field may go over so many lines; a quote that is not closed by then was never meant as one."""
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
PACKED = (
    (b"PK\x03\x04", "a zip or an Excel file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\xd0\xcf\x11\xe0", "an Excel file"),
)
SPREADSHEET = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")
PLAIN = re.compile(r"[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]{0,15})(\.[0-9]{1,6})?")


class Bad(ValueError):
    """A row that cannot be read; the message says why."""


def encoding_of(chunks: Bytes) -> str:
    """UTF-8, UTF-16 by its mark, or GB18030 (which holds GBK and GB2312), by all of the bytes. Invalid when it is none
    of these, or no text at all."""
    start = next(iter(chunks()), b"")
    for sign, what in PACKED:
        if start.startswith(sign):
            raise invalid("content", f"is {what}: unpack it, and give the statement in it as text")
    marked = next((name for mark, name in BOMS if start.startswith(mark)), None)
    for name in (marked,) if marked else ("utf-8", "gb18030"):
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


def lines_of(file: TextIO) -> Numbered:
    """The lines of a text that was opened with universal newlines, never more of it in memory than one line."""
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if len(line) <= MAX_LINE or line.endswith("\n"):
            yield number, line.rstrip("\n")
            continue
        while not line.endswith("\n") and (line := file.readline(MAX_LINE)):
            pass
        yield number, None


def quoted(lines: Numbered) -> Numbered:
    """Lines of quoted CSV, those of one record joined. A quote that nobody closes spoils its own line and no other."""
    waiting: deque[tuple[int, str | None]] = deque()
    while True:
        first = waiting.popleft() if waiting else next(lines, None)
        if first is None:
            return
        number, text = first
        taken: list[tuple[int, str | None]] = []
        while text is not None and text.count('"') % 2 and len(taken) < MAX_JOINED:
            more = waiting.popleft() if waiting else next(lines, None)
            if more is None:
                break
            taken.append(more)
            text = None if more[1] is None else f"{text}\n{more[1]}"
        if text is None or text.count('"') % 2:
            waiting.extendleft(reversed(taken))
            yield number, None
        else:
            yield number, text


def cleaned(field: str) -> str:
    """A field without what services put around it against spreadsheets: backticks, tabs, quotes, `="…"`."""
    text = field.strip(" \t`\ufeff\u3000\xa0")
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text.removeprefix("'").strip()


def id_of(field: str) -> str | None:
    """An id as text, whatever it looks like; None for an empty one, or the 0 that stands for none. Bad when a
    spreadsheet made a number of it: its digits are lost."""
    text = cleaned(field)
    if text in ("", "0", "-"):
        return None
    if SPREADSHEET.fullmatch(text):
        raise Bad(f"{text} was an id before a spreadsheet made a number of it: download the statement anew")
    if len(text) > 200 or not text.isprintable():
        raise Bad("an id has more than 200 characters, or signs that cannot be printed")
    return text


def amount_of(field: str, comma: bool = False) -> Decimal:
    """An amount, exactly; `comma`: `1.234,56` is written so, not `1,234.56`. An empty one is 0."""
    text = cleaned(field).replace("\u2212", "-").replace("\xa0", "").replace(" ", "").lstrip("¥￥")
    if text in ("", "-", "--"):
        return Decimal(0)
    told = text.translate(str.maketrans(",.", ".,")) if comma else text
    if not PLAIN.fullmatch(told) or not any(sign.isdigit() for sign in told):
        raise Bad(f"{field.strip()[:40]!r} is no amount")
    return Decimal(told.replace(",", ""))


def written(amount: Decimal) -> str:
    """An amount as facts hold it."""
    return format(amount, "f")
