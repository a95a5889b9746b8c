"""Split an email into its parts (RFC 2045, RFC 2046), by places in its bytes.

Python's own parser nests a generator for each level, keeps each line as an object and takes quadratic time for a long
parameter: 70 KB of nested parts crash it, and 25 MB of short lines take more memory than the function has. Here depth,
parts and heads are bounded, and a body is copied only when it is needed.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from chalicelib.adapters.email.mime.headers import Head, Parameters, head_at
from chalicelib.adapters.email.mime.transfer_encoding import from_base64, from_uuencode, is_not_base64

MOST_DEPTH = 20
MOST_PARTS = 1_000
LONGEST_BOUNDARY = 250
OPENED = re.compile(rb"^--([^\r\n]{1,250}?)[ \t]*\r?\n(?=[Cc]ontent-)", re.MULTILINE)


@dataclass(slots=True)
class Part:
    """A part of an email: its head, and the place of its body."""

    raw: bytes
    head: Head
    start: int
    end: int
    kind: str = "text/plain"
    """Its media type."""
    children: list["Part"] = field(default_factory=list)

    @property
    def content_parameters(self) -> Parameters:
        """The parameters of its `Content-Type`."""
        return self.head.parameters("content-type")

    @property
    def disposition(self) -> str:
        """`attachment`, `inline`, or another disposition; empty if it has none."""
        return self.head.value("content-disposition")

    def walk(self) -> Iterator["Part"]:
        """The part and all parts below it, except those of attached emails."""
        yield self
        if not self.kind.startswith("message/"):
            for child in self.children:
                yield from child.walk()

    def body(self, most: int | None = None) -> bytes:
        """The decoded content of the part; with `most`, only about that many of its first bytes are decoded."""
        wanted = self.end if most is None else min(self.end, self.start + most * 3 + 4096)
        data = self._decode(self.raw[self.start : wanted])
        return data if most is None else data[:most]

    def _decode(self, data: bytes) -> bytes:
        encoding = self.head.value("content-transfer-encoding")
        if encoding == "base64" and not (self.kind.startswith("text/") and is_not_base64(data)):
            return from_base64(data)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(data)
        if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
            return from_uuencode(data)
        return data


class PartReader:
    """Splits one email into its parts, and counts them."""

    def __init__(self) -> None:
        self.count = 0
        self.incomplete = ""
        """Why not all parts were read; empty if they were."""

    def read(self, raw: bytes, start: int, end: int, depth: int = 0, kind: str = "text/plain") -> Part:
        """The part between two places. `kind` is its media type if it declares none."""
        self.count += 1
        head, body = head_at(raw, start, end)
        part = Part(raw, head, body, end, head.kind(kind))
        if part.kind.startswith("multipart/") or part.kind in ("message/rfc822", "message/global"):
            if depth >= MOST_DEPTH:
                self.incomplete = "it is nested too deeply"
            elif part.kind.startswith("multipart/"):
                self._read_multipart(part, depth)
            else:
                self._read_enclosed(part, depth)
        elif part.kind == "message/partial":
            self._read_partial(part, depth)
        return part

    def _read_partial(self, part: Part, depth: int) -> None:
        """Read a piece of an email that was split into several (RFC 2046, 5.2.2). Only the first piece has a head."""
        self.incomplete = "it is a piece of a larger one"
        is_first = part.content_parameters.word("number") == "1" and depth < MOST_DEPTH
        part.children = [self.read(part.raw, part.start, part.end, depth + 1)] if is_first else []
        part.kind = "multipart/mixed" if is_first else "text/plain"

    def _read_multipart(self, part: Part, depth: int) -> None:
        boundary = part.content_parameters.raw("boundary")[:LONGEST_BOUNDARY].rstrip()
        places = self._places(part, boundary) if boundary else []
        if not places:  # the boundary is wrong or missing: look for the one that is used
            used = OPENED.search(part.raw, part.start, min(part.end, part.start + 100_000))
            places = self._places(part, used[1]) if used else []
        kind = "message/rfc822" if part.kind == "multipart/digest" else "text/plain"
        for start, end in places:
            if self.count >= MOST_PARTS:
                self.incomplete = "it has too many parts"
                return
            part.children.append(self.read(part.raw, start, end, depth + 1, kind))
        if not places:
            part.kind = "text/plain"

    def _places(self, part: Part, boundary: bytes) -> list[tuple[int, int]]:
        """The places of as many parts as are read, and of one more."""
        return list(islice(self._between(part, boundary), MOST_PARTS + 1))

    def _between(self, part: Part, boundary: bytes) -> Iterator[tuple[int, int]]:
        """The places between the lines of a boundary, up to the line that ends it, or to the end of the part."""
        line = re.compile(rb"(?:\A|(?<=\n))--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?\n|\Z)")
        begin = None
        for edge in line.finditer(part.raw, part.start, part.end):
            if begin is not None:
                yield begin, _without_line_end(part.raw, begin, edge.start())
            begin = None if edge[1] else edge.end()
            if edge[1]:
                return
        if begin is not None:
            yield begin, part.end

    def _read_enclosed(self, part: Part, depth: int) -> None:
        """Read an enclosed email. It must not be encoded (RFC 2046, 5.2.1), but some are."""
        if part.head.value("content-transfer-encoding") in ("base64", "quoted-printable"):
            inner = part.body()
            part.children.append(self.read(inner, 0, len(inner), depth + 1))
        else:
            part.children.append(self.read(part.raw, part.start, part.end, depth + 1))


def _without_line_end(raw: bytes, start: int, end: int) -> int:
    """The end of a part without the line end before the boundary, which belongs to the boundary (RFC 2046, 5.1.1)."""
    if end > start and raw[end - 1 : end] == b"\n":
        end -= 1
        if end > start and raw[end - 1 : end] == b"\r":
            end -= 1
    return end
