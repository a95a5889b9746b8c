"""Addresses in a header, as it stands: names and addresses, whatever is wrong with them.

Python's own reading became strict in 3.11.10 and 3.13 (and in Debian's 3.11.2): `amy@x <amy@x>` has two senders in
some versions and none in others. This one goes through a header once, sign by sign, and is the same everywhere. It is
given what stands there, before anything is decoded: encoded words may hold commas and addresses, which are none
(RFC 2047, 5).
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

MOST, LONGEST = 100, 20_000
"""So many addresses of a header are read, and so many of its signs."""
LOOSE = re.compile(r"[^\s<>＜＞(),;:\"\[\]\\@]{1,100}@[^\s<>＜＞(),;:\"\[\]\\@]{1,250}")
"""Something like an address, wherever it stands."""


class Found(NamedTuple):
    """An address with the name beside it, as they stand. `ambiguous`: the name beside it holds another's address
    without quotes, so that others may read the header differently."""

    name: str
    address: str
    ambiguous: bool = False


def addresses_in(field: str) -> list[Found]:
    """The addresses in a header: angle brackets say which, before anything that merely looks like one. Domains come as
    they are asked for (`xn--…`). What only we read as an address, with a wide `＠`, is nobody's for certain."""
    found = _found(field[:LONGEST])
    if not found and "＠" in field:
        found = [one._replace(ambiguous=True) for one in _found(field[:LONGEST].replace("＠", "@"))]
    return [one._replace(address=_asked_for(one.address)) for one in found[:MOST]]


def _found(field: str) -> list[Found]:
    found = [one for piece in _Scan(field).pieces() for one in _read(piece)]
    if not found:  # an address that stands inside quotation marks or a comment: better than nobody
        loose = list(dict.fromkeys(LOOSE.findall(field)))
        found = [Found("", one.strip("'."), ambiguous=len(loose) > 1) for one in loose]
    return found


def _asked_for(address: str) -> str:
    """An address with its domain in ASCII (IDNA, RFC 3490); as it stands where that cannot be, or where others may read
    other letters in it."""
    local, at, domain = address.rpartition("@")
    if domain.isascii() or unicodedata.normalize("NFKC", domain) != domain:
        return address
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address


class _Piece:
    """What stands between two commas: its words, and what is in angle brackets."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.bare: list[str] = []
        self.comment: list[str] = []
        self.angles: list[str] = []
        self.has_at = False


class _Scan:
    """A header gone through once. A quotation mark or a bracket without its fellow is a sign like others, and so are
    all after it: looking for each one's fellow would take quadratic time."""

    def __init__(self, field: str) -> None:
        self.field, self.open = field, {'"': True, "(": True, "<": True}

    def pieces(self) -> Iterator[_Piece]:
        """What stands between commas; the name of a group (RFC 5322, 3.4) is nobody's."""
        piece, place = _Piece(), 0
        while place < len(self.field):
            sign = self.field[place]
            if sign in ",;":
                yield piece
            if sign in ",;" or (sign == ":" and not piece.has_at and not piece.angles):
                piece, place = _Piece(), place + 1
            else:
                place = self._taken(piece, place)
        yield piece

    def _taken(self, piece: _Piece, place: int) -> int:
        """Where the next thing begins, once that at `place` is taken into the piece."""
        sign = self.field[place]
        end = self._end(sign, place) if self.open.get(sign) else -1
        if end < 0:
            piece.has_at |= sign == "@"
            piece.words.append(sign)
            piece.bare.append(sign)
            return place + 1
        inside = self.field[place + 1 : end]
        if sign == '"':
            piece.words.append(re.sub(r"\\(.)", r"\1", inside))
            piece.bare.append(f'"{inside}"' if self.field[end + 1 : end + 2] == "@" else " ")
        else:
            (piece.comment if sign == "(" else piece.angles).append(inside)
        return end + 1

    def _end(self, sign: str, place: int) -> int:
        """Where the quotation mark or bracket that begins here ends; -1 where it does not. Comments may hold others."""
        depth, after = 1, self.field.find(">", place) if sign == "<" else place + 1
        if sign == "<" and after > 0:
            return after
        while 0 < after < len(self.field):
            here = self.field[after]
            if here == "\\":
                after += 1
            elif here in '")' and (here == '"') == (sign == '"'):
                depth -= 1
            elif here == sign == "(":
                depth += 1
            if depth == 0:
                return after
            after += 1
        self.open[sign] = False
        return -1


def _read(piece: _Piece) -> Iterator[Found]:
    words, bare = "".join(piece.words), "".join(piece.bare)
    angles = [clean for one in piece.angles if "@" in (clean := _angle(one))]
    if angles:
        others = {one.casefold() for one in (*LOOSE.findall(bare), *angles)} - {angles[0].casefold()}
        doubled = any("<" in one for one in piece.angles)
        yield Found(_line(words) or _line(" ".join(piece.comment)), angles[0], bool(others) or doubled)
        return
    loose = [bare.strip()] if '"@' in bare else LOOSE.findall(bare)
    for one in loose[:MOST]:
        words = words.replace(one, " ", 1)
    name = _line(words) or _line(" ".join(piece.comment))
    yield from (Found(name, one.strip("'.")) for one in loose)


def _angle(text: str) -> str:
    """An address in angle brackets, of which there may be too many, behind its route (RFC 5322, 4.4)."""
    return re.sub(r"[\s<]+", "", text).rpartition(":")[2]


def _line(text: str) -> str:
    clean = " ".join(text.split()).strip(";；＜＞ ")
    if clean.count("<") != clean.count(">") or clean.count("[") != clean.count("]"):
        clean = clean.strip("<>[] ").removesuffix("mailto:").strip("<>[] ")
    return clean[1:-1] if len(clean) > 1 and clean[0] == clean[-1] and clean[0] in "'\"" else clean
