"""What stands below the heads in a forwarded mail: whose words they are said to be, and what stands above them."""

import re
from collections.abc import Iterator

from msgspec import Struct

from chalicelib.domain.email.quoting.attributions import attributed
from chalicelib.domain.email.quoting.dates import ADDRESS
from chalicelib.domain.email.quoting.headers import announces, begins_head, head_at, meaning
from chalicelib.domain.email.quoting.lines import MARKS, is_blank, is_quoted, lines_of, plain, unquoted

MOST_LINES, MOST_HEADS, DEEP = 4_000, 20, 30
"""So many lines are looked at, so many heads told, and a head has so many lines at most."""
NO_MARKS = str.maketrans(dict.fromkeys(MARKS))
ENCLOSED = re.compile(r"-{10} (.{0,500}?) · (.{0,500}) -{10}")
"""The line our reader writes above the words of a mail that is attached: whose, and over what."""

CELLS = re.compile(r"^\|\s{0,5}([^|:：]{1,30}?)\s{0,5}\|\s{0,5}([^|]{0,400}?)\s{0,5}\|\s{0,5}$")
"""A line of a head that is a table, as NetEase writes it."""


class Forwarded(Struct, frozen=True):
    """A mail in a mail. `author`: the address its head names, empty where it names none."""

    above: str
    author: str
    subject: str
    words: str


def forwarded(text: str) -> Iterator[Forwarded]:
    """The mails that a text forwards, the outermost first; each has those below it among its words."""
    lines = lines_of(text.translate(NO_MARKS))
    place, found = 0, 0
    while place < min(len(lines), MOST_LINES) and found < MOST_HEADS:
        if is_quoted(lines[place]) and _head(_opened(lines[place : place + DEEP], 0), 0)[0]:
            lines = _opened(lines, place)
        end, told = _head(lines, place)
        if end > place:
            found += 1
            yield Forwarded(_trimmed(lines[:place]), *told, words=_trimmed(_unmarked(lines[end:])))
        place = max(end, place + 1)


def announces_another(text: str) -> bool:
    """Whether a line says that a forwarded mail stands below it. A reply that answers between quoted lines has none."""
    lines = [unquoted(one) if is_quoted(one) else one for one in lines_of(text.translate(NO_MARKS))[:MOST_LINES]]
    return any(announces(lines, place) == "forwarded" for place in range(len(lines)))


def _opened(lines: list[str], place: int) -> list[str]:
    """The same lines, without one mark of a quote from this place on."""
    return [*lines[:place], *(unquoted(one) if is_quoted(one) else one for one in lines[place:])]


def _unmarked(lines: list[str]) -> list[str]:
    """Words without the marks, where all of them are marked, as Apple Mail and attributions have it."""
    said = [one for one in lines if not is_blank(one)]
    return _opened(lines, 0) if said and all(map(is_quoted, said)) else lines


def _head(lines: list[str], place: int) -> tuple[int, tuple[str, str]]:
    """Where the head ends that begins here, and the author and subject it tells; this very place where none does."""
    line = lines[place]
    if is_blank(line):
        return place, ("", "")
    if enclosed := ENCLOSED.fullmatch(line.strip()):
        return place + 1, (_address(enclosed[1]), enclosed[2].strip())
    if announces(lines, place):
        return _told(lines, place + 1)
    if begins_head(lines, place):
        return _told(lines, place)
    count, _ = attributed(lines, place)
    return place + count, (_address(" ".join(lines[place : place + count])), "")


def _told(lines: list[str], place: int) -> tuple[int, tuple[str, str]]:
    """Where the labels end that stand here or soon, and the author and subject they tell."""
    for at in range(place, min(place + 3, len(lines))):
        window = lines[at : at + DEEP]
        head = _one_head(
            [CELLS.sub(r"\1: \2", one) for one in (_opened(window, 0) if is_quoted(lines[at]) else window)]
        )
        told, count = head_at(head, 0)
        if count:
            subject = next((one for one in head[:count] if meaning(plain(one)) == "subject"), "")
            return at + count, (_address(told.get("author", "")), _value(subject))
    return place, ("", "")


def _one_head(window: list[str]) -> list[str]:
    """The lines until another mail is announced, or another author named: that is the head of a mail within this."""
    named = [at for at, line in enumerate(window) if meaning(plain(line)) == "author"]
    announced = (at for at in range(1, len(window)) if announces(window, at))
    return window[: min([*named[1:2], next(announced, len(window))])]


def _address(text: str) -> str:
    found = ADDRESS.search(text)
    return found[0].strip("<>()[]") if found else ""


def _value(told: str) -> str:
    return re.split("[:：]", told, maxsplit=1)[-1].strip(" \t*")


def _trimmed(lines: list[str]) -> str:
    return "\n".join(one.rstrip() for one in lines).strip()
