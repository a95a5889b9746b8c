"""Parse the addresses and names in a header, whatever is wrong with them.

Python's own parser became strict in 3.11.10 and 3.13 (and in Debian's 3.11.2): `amy@x <amy@x>` has two senders in some
versions and none in others. This parser goes through a header once, character by character, and gives the same result
everywhere. It gets the header before anything is decoded: encoded words may contain commas and addresses that are not
meant as such (RFC 2047, 5).
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

MAX_ADDRESSES = 100
LONGEST_HEADER = 20_000
"""Characters of a header that are read."""
LOOSE_ADDRESS = re.compile(r"[^\s<>＜＞(),;:\"\[\]\\@]{1,100}@[^\s<>＜＞(),;:\"\[\]\\@]{1,250}")
"""Something like an address, wherever it stands."""


class FoundAddress(NamedTuple):
    """An address and the name beside it, as they are written."""

    name: str
    address: str
    ambiguous: bool = False
    """The name contains another address without quotes, so others may read the header differently."""


def addresses_in(header: str) -> list[FoundAddress]:
    """The addresses in a header. Those in angle brackets count before anything that merely looks like an address.

    Domains are in ASCII (`xn--…`). What only we read as an address, with a full-width `＠`, is ambiguous.
    """
    addresses = _find(header[:LONGEST_HEADER])
    if not addresses and "＠" in header:
        addresses = [address._replace(ambiguous=True) for address in _find(header[:LONGEST_HEADER].replace("＠", "@"))]
    return [address._replace(address=_with_ascii_domain(address.address)) for address in addresses[:MAX_ADDRESSES]]


def _find(header: str) -> list[FoundAddress]:
    addresses = [address for piece in _Scan(header).pieces() for address in _addresses_of(piece)]
    if addresses:
        return addresses
    # an address inside quotation marks or a comment is better than none
    loose = list(dict.fromkeys(LOOSE_ADDRESS.findall(header)))
    return [FoundAddress("", address.strip("'."), ambiguous=len(loose) > 1) for address in loose]


def _with_ascii_domain(address: str) -> str:
    """An address with its domain in ASCII (IDNA, RFC 3490); unchanged if that is impossible, or if others may read
    different characters in it."""
    local, separator, domain = address.rpartition("@")
    if domain.isascii() or unicodedata.normalize("NFKC", domain) != domain:
        return address
    try:
        return f"{local}{separator}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address


class _Piece:
    """The text between two commas of a header: its words, and what is in angle brackets."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.bare: list[str] = []
        """The words without quoted ones and comments."""
        self.comment: list[str] = []
        self.angles: list[str] = []
        """The contents of its angle brackets."""
        self.has_at = False


class _Scan:
    """Goes through a header once.

    A quotation mark or bracket that is never closed is an ordinary character, and so are all later ones of its kind:
    searching for the end of each would take quadratic time.
    """

    def __init__(self, header: str) -> None:
        self.header = header
        self.can_open = {'"': True, "(": True, "<": True}

    def pieces(self) -> Iterator[_Piece]:
        """The pieces between commas. The name of a group (RFC 5322, 3.4) belongs to no address."""
        piece = _Piece()
        place = 0
        while place < len(self.header):
            sign = self.header[place]
            if sign in ",;":
                yield piece
            if sign in ",;" or (sign == ":" and not piece.has_at and not piece.angles):
                piece = _Piece()
                place += 1
            else:
                place = self._add_to(piece, place)
        yield piece

    def _add_to(self, piece: _Piece, place: int) -> int:
        """Add to a piece what begins at a place: a character, a quoted text, a comment or an address in angle brackets.
        Returns the place behind it."""
        sign = self.header[place]
        end = self._end(sign, place) if self.can_open.get(sign) else -1
        if end < 0:
            piece.has_at |= sign == "@"
            piece.words.append(sign)
            piece.bare.append(sign)
            return place + 1
        inside = self.header[place + 1 : end]
        if sign == '"':
            piece.words.append(re.sub(r"\\(.)", r"\1", inside))
            piece.bare.append(f'"{inside}"' if self.header[end + 1 : end + 2] == "@" else " ")
        elif sign == "(":
            piece.comment.append(inside)
        else:
            piece.angles.append(inside)
        return end + 1

    def _end(self, sign: str, place: int) -> int:
        """The place of the character that closes the quotation mark or bracket at a place, or -1. Comments can be
        nested."""
        after = self.header.find(">", place) if sign == "<" else place + 1
        if sign == "<" and after > 0:
            return after
        depth = 1
        while 0 < after < len(self.header):
            here = self.header[after]
            if here == "\\":
                after += 1
            elif here in '")' and (here == '"') == (sign == '"'):
                depth -= 1
            elif here == sign == "(":
                depth += 1
            if depth == 0:
                return after
            after += 1
        self.can_open[sign] = False
        return -1


def _addresses_of(piece: _Piece) -> Iterator[FoundAddress]:
    words = "".join(piece.words)
    bare = "".join(piece.bare)
    angles = [address for text in piece.angles if "@" in (address := _in_angles(text))]
    if angles:
        others = {text.casefold() for text in (*LOOSE_ADDRESS.findall(bare), *angles)} - {angles[0].casefold()}
        is_nested = any("<" in text for text in piece.angles)
        yield FoundAddress(_name(words) or _name(" ".join(piece.comment)), angles[0], bool(others) or is_nested)
        return
    loose = [bare.strip()] if '"@' in bare else LOOSE_ADDRESS.findall(bare)
    for address in loose[:MAX_ADDRESSES]:
        words = words.replace(address, " ", 1)
    name = _name(words) or _name(" ".join(piece.comment))
    yield from (FoundAddress(name, address.strip("'.")) for address in loose)


def _in_angles(text: str) -> str:
    """The address in angle brackets, without surplus brackets and without the route before it (RFC 5322, 4.4)."""
    return re.sub(r"[\s<]+", "", text).rpartition(":")[2]


def _name(text: str) -> str:
    """A name without the punctuation around it."""
    name = " ".join(text.split()).strip(";；＜＞ ")
    if name.count("<") != name.count(">") or name.count("[") != name.count("]"):
        name = name.strip("<>[] ").removesuffix("mailto:").strip("<>[] ")
    is_quoted = len(name) > 1 and name[0] == name[-1] and name[0] in "'\""
    return name[1:-1] if is_quoted else name
