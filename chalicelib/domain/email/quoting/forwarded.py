"""Find the emails that an email forwards: who is said to have written them, and what is above them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from chalicelib.domain.email.quoting.attributions import match_attribution
from chalicelib.domain.email.quoting.dates import ADDRESS
from chalicelib.domain.email.quoting.headers import announced_kind, begins_head, label_meaning, read_head
from chalicelib.domain.email.quoting.lines import NO_MARKS, is_blank, is_quoted, lines_of, unquoted, visible_text

MOST_LINES = 4_000
"""At most this many lines of an email are examined."""
MOST_HEADS = 20
"""At most this many forwarded emails are found."""
HEAD_LINES = 30
"""A head has at most this many lines."""
ENCLOSED = re.compile(r"-{10} (.{0,500}?) · (.{0,500}) -{10}")
"""The line our parser writes above the text of an attached email: its author and its subject."""

CELLS = re.compile(r"^\|\s{0,5}([^|:：]{1,30}?)\s{0,5}\|\s{0,5}([^|]{0,400}?)\s{0,5}\|\s{0,5}$")
"""A line of a head that is a table, as NetEase writes it."""


class Forwarded(Struct, frozen=True):
    """A forwarded email."""

    above: str
    """The text above its head."""
    author: str
    """The address its head names; empty if it names none."""
    subject: str
    words: str
    """Its own text, with the emails below it."""


class _Head(NamedTuple):
    """What the head of a forwarded email says, and the place behind it."""

    end: int
    author: str = ""
    subject: str = ""


def find_forwarded(text: str) -> Iterator[Forwarded]:
    """The emails that a text forwards, the outermost first; the text of each includes those below it."""
    lines = lines_of(text.translate(NO_MARKS))
    place = 0
    count = 0
    while place < min(len(lines), MOST_LINES) and count < MOST_HEADS:
        if is_quoted(lines[place]) and _head_at(_unquoted_from(lines[place : place + HEAD_LINES], 0), 0).end:
            lines = _unquoted_from(lines, place)
        head = _head_at(lines, place)
        if head.end > place:
            count += 1
            words = _text(_without_quote_marks(lines[head.end :]))
            yield Forwarded(above=_text(lines[:place]), author=head.author, subject=head.subject, words=words)
        place = max(head.end, place + 1)


def announces_forward(text: str) -> bool:
    """Whether a line announces a forwarded email. A reply that answers between quoted lines has no such line."""
    lines = lines_of(text.translate(NO_MARKS))[:MOST_LINES]
    lines = _unquoted_from(lines, 0)
    return any(announced_kind(lines, place) == "forwarded" for place in range(len(lines)))


def _unquoted_from(lines: list[str], place: int) -> list[str]:
    """The same lines, without the signs of quoted lines from a place on."""
    return [*lines[:place], *(unquoted(line) if is_quoted(line) else line for line in lines[place:])]


def _without_quote_marks(lines: list[str]) -> list[str]:
    """The lines without the signs of quoted lines, if all lines have them, as below attributions and in Apple Mail."""
    visible = [line for line in lines if not is_blank(line)]
    return _unquoted_from(lines, 0) if visible and all(map(is_quoted, visible)) else lines


def _head_at(lines: list[str], place: int) -> _Head:
    """The head that begins at a place; if none does, one that ends at this very place."""
    line = lines[place]
    if is_blank(line):
        return _Head(place)
    if enclosed := ENCLOSED.fullmatch(line.strip()):
        return _Head(place + 1, _address_in(enclosed[1]), enclosed[2].strip())
    if announced_kind(lines, place):
        return _labelled_head(lines, place + 1)
    if begins_head(lines, place):
        return _labelled_head(lines, place)
    count, _ = match_attribution(lines, place)
    return _Head(place + count, _address_in(" ".join(lines[place : place + count])))


def _labelled_head(lines: list[str], place: int) -> _Head:
    """The head whose labels begin at a place or within two lines below it; if none do, one that ends at this place."""
    for start in range(place, min(place + 3, len(lines))):
        window = lines[start : start + HEAD_LINES]
        if is_quoted(lines[start]):
            window = _unquoted_from(window, 0)
        head = _until_next_head([CELLS.sub(r"\1: \2", line) for line in window])
        values, count = read_head(head, 0)
        if count:
            subject = next((line for line in head[:count] if label_meaning(visible_text(line)) == "subject"), "")
            return _Head(start + count, _address_in(values.get("author", "")), _value_of(subject))
    return _Head(place)


def _until_next_head(window: list[str]) -> list[str]:
    """The lines until another email is announced or another author is named: those belong to an email within this."""
    authors = [place for place, line in enumerate(window) if label_meaning(visible_text(line)) == "author"]
    announced = (place for place in range(1, len(window)) if announced_kind(window, place))
    return window[: min([*authors[1:2], next(announced, len(window))])]


def _address_in(text: str) -> str:
    match = ADDRESS.search(text)
    return match[0].strip("<>()[]") if match else ""


def _value_of(line: str) -> str:
    return re.split("[:：]", line, maxsplit=1)[-1].strip(" \t*")


def _text(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip()
