"""A mail taken apart into its parts (RFC 2045, RFC 2046), by places in its bytes.

Python's own parser nests a generator for each level, keeps each line as an object and takes quadratic time of a long
parameter: 70 KB of nested parts end it, 25 MB of short lines outgrow the function's memory. Here depth, parts and heads
are bounded, and a body is copied when it is wanted.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from chalicelib.adapters.email.mime.headers import Head, Parameters, head_at
from chalicelib.adapters.email.mime.transfer_encoding import from_base64, from_uu, is_plain

MOST_DEPTH, MOST_PARTS = 20, 1_000
LONGEST_BOUNDARY = 250
OPENED = re.compile(rb"^--([^\r\n]{1,250}?)[ \t]*\r?\n(?=[Cc]ontent-)", re.MULTILINE)


@dataclass(slots=True)
class Part:
    """A part of a mail: its head, and where its body stands."""

    raw: bytes
    head: Head
    start: int
    end: int
    kind: str = "text/plain"
    children: list["Part"] = field(default_factory=list)

    @property
    def told(self) -> Parameters:
        """What its `Content-Type` says besides the kind."""
        return self.head.parameters("content-type")

    @property
    def disposition(self) -> str:
        """`attachment`, `inline`, or what else is told; empty where nothing is."""
        return self.head.value("content-disposition")

    def walk(self) -> Iterator["Part"]:
        """The part and all below it, but for what is in attached mails."""
        yield self
        if not self.kind.startswith("message/"):
            for one in self.children:
                yield from one.walk()

    def body(self, most: int | None = None) -> bytes:
        """What the part holds, decoded; of a long one the first `most` bytes, if that many are enough."""
        raw, encoding = self.raw, self.head.value("content-transfer-encoding")
        wanted = self.end if most is None else min(self.end, self.start + most * 3 + 4096)
        data = raw[self.start : wanted]
        if encoding == "base64" and not (self.kind.startswith("text/") and is_plain(data)):
            data = from_base64(data)
        elif encoding == "quoted-printable":
            data = binascii.a2b_qp(data)
        elif encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
            data = from_uu(data)
        return data if most is None else data[:most]


class Taken:
    """Takes one mail apart, and counts."""

    def __init__(self) -> None:
        self.parts = 0
        self.cut = ""
        """Why not all parts were looked at; empty when they were."""

    def part(self, raw: bytes, start: int, end: int, depth: int = 0, kind: str = "text/plain") -> Part:
        """The part that stands between two places."""
        self.parts += 1
        head, body = head_at(raw, start, end)
        found = Part(raw, head, body, end, head.kind(kind))
        if found.kind.startswith("multipart/") or found.kind in ("message/rfc822", "message/global"):
            if depth >= MOST_DEPTH:
                self.cut = "it is nested too deeply"
            elif found.kind.startswith("multipart/"):
                self._multipart(found, depth)
            else:
                self._enclosed(found, depth)
        elif found.kind == "message/partial":
            self._piece(found, depth)
        return found

    def _piece(self, found: Part, depth: int) -> None:
        """A mail that was cut into several (RFC 2046, 5.2.2). What came is shown; the first begins with a head."""
        self.cut = "it is a piece of a larger one"
        begins = found.told.word("number") == "1" and depth < MOST_DEPTH
        found.children = [self.part(found.raw, found.start, found.end, depth + 1)] if begins else []
        found.kind = "multipart/mixed" if begins else "text/plain"

    def _multipart(self, found: Part, depth: int) -> None:
        boundary = found.told.raw("boundary")[:LONGEST_BOUNDARY].rstrip()
        places = self._places(found, boundary) if boundary else []
        if not places:  # a wrong boundary, or none: the one that is used is looked for
            used = OPENED.search(found.raw, found.start, min(found.end, found.start + 100_000))
            places = self._places(found, used[1]) if used else []
        kind = "message/rfc822" if found.kind == "multipart/digest" else "text/plain"
        for start, end in places:
            if self.parts >= MOST_PARTS:
                self.cut = "it has too many parts"
                return
            found.children.append(self.part(found.raw, start, end, depth + 1, kind))
        if not places:
            found.kind = "text/plain"

    def _places(self, found: Part, boundary: bytes) -> list[tuple[int, int]]:
        """So many parts as may be looked at, and one more."""
        return list(islice(self._between(found, boundary), MOST_PARTS + 1))

    def _between(self, found: Part, boundary: bytes) -> Iterator[tuple[int, int]]:
        """The places between a boundary's lines, up to the one that ends it, or to the end."""
        line = re.compile(rb"(?:\A|(?<=\n))--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?\n|\Z)")
        begin = None
        for edge in line.finditer(found.raw, found.start, found.end):
            if begin is not None:
                yield begin, _without_line_end(found.raw, begin, edge.start())
            begin = None if edge[1] else edge.end()
            if edge[1]:
                return
        if begin is not None:
            yield begin, found.end

    def _enclosed(self, found: Part, depth: int) -> None:
        """A mail in a mail. It may not be encoded (RFC 2046, 5.2.1), and some are."""
        if found.head.value("content-transfer-encoding") in ("base64", "quoted-printable"):
            inner = found.body()
            found.children.append(self.part(inner, 0, len(inner), depth + 1))
        else:
            found.children.append(self.part(found.raw, found.start, found.end, depth + 1))


def _without_line_end(raw: bytes, start: int, end: int) -> int:
    """The line end before a boundary is the boundary's (RFC 2046, 5.1.1)."""
    if end > start and raw[end - 1 : end] == b"\n":
        end -= 1
        if end > start and raw[end - 1 : end] == b"\r":
            end -= 1
    return end
