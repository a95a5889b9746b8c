"""Heads of mails and parts: their headers as they stand, cut to a bounded length before anything is made of them, and
only those that somebody wants to know."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from chalicelib.adapters.email.mime.encoded_words import decoded_words, undirected
from chalicelib.domain.email.parsing.automatic import READ_HEADERS
from chalicelib.domain.email.parsing.characters import read

LONGEST_HEAD, LONGEST_HEADER, MOST_OF_ONE = 2_000_000, 20_000, 20
LONGEST_PARAMETERS = 4_000
WANTED = READ_HEADERS | {
    "message-id",
    "in-reply-to",
    "references",
    "to",
    "cc",
    "x-forwarded-for",
    "x-forwarded-to",
    "x-original-to",
    "original-from",
    "x-mailman-original-from",
    "list-id",
    "x-priority",
    "x-msmail-priority",
    "importance",
    "priority",
    "content-type",
    "content-disposition",
    "content-id",
    "content-transfer-encoding",
}
ENDS = re.compile(rb"\r?\n\r?\n")
LINE = re.compile(rb"([^\r\n]*)(?:\r\n|\n|\r|\Z)")
NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
PARAMETER = re.compile(rb';\s*([^\s=;"]{1,100})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.DOTALL)
CHARSET = re.compile(rb"charset\s*=\s*\"?([A-Za-z0-9._:+-]{1,40})", re.IGNORECASE)
SECTION = re.compile(r"([^*]+)\*(?:([0-9]{1,3})(\*?))?")


@dataclass(slots=True)
class Parameters:
    """The parameters of a header, as they stand."""

    found: dict[str, bytes]

    def raw(self, name: str) -> bytes:
        """A parameter's bytes; none where it is not told."""
        return self.found.get(name, b"") or _joined(self.found, name)[1]

    def word(self, name: str) -> str:
        """A parameter that is one plain word, small."""
        return re.split(r"[\s(]", self.raw(name).decode("ascii", "replace").strip())[0].lower()

    def text(self, name: str, charset: str | None = None) -> str:
        """A parameter in readable characters: as RFC 2231 writes them, as encoded words, or as raw bytes of a charset
        nobody named."""
        told, data = _joined(self.found, name)
        if data:
            return undirected(read(data, told, (charset,)))
        return decoded_words(read(self.found.get(name, b""), None, (charset,)), charset)


@dataclass(slots=True)
class Head:
    """The headers of a mail or part, by small name, in their order."""

    found: dict[str, list[bytes]] = field(default_factory=dict)

    def raws(self, name: str) -> list[bytes]:
        """All headers of a name, unfolded, as they stand."""
        return self.found.get(name, [])

    def raw(self, name: str) -> bytes:
        """The first header of a name; nothing where there is none."""
        return next(iter(self.raws(name)), b"")

    def value(self, name: str) -> str:
        """What stands before a header's parameters: one word, small."""
        told = self.raw(name)[:LONGEST_PARAMETERS].partition(b";")[0]
        return re.sub(r"\(.*?\)", "", told.decode("ascii", "replace")).strip().strip('"').lower()

    def kind(self, otherwise: str) -> str:
        """The media type; of one that cannot be read `text/plain` (RFC 2045, 5.2)."""
        if "content-type" not in self.found:
            return otherwise
        told = re.sub(r"\s*/\s*", "/", self.value("content-type"))
        if found := re.match(r"[a-z0-9.+_-]{1,80}/[a-z0-9.+_-]{1,80}", told):
            return found[0]
        return {"text": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}.get(told, "text/plain")

    def parameters(self, name: str) -> Parameters:
        """The parameters of the first header of a name."""
        told = self.raw(name)[:LONGEST_PARAMETERS]
        pairs = ((key.decode("latin-1").lower(), _unquoted(value)) for key, value in PARAMETER.findall(told))
        found = {key: value for key, value in reversed(list(pairs)) if value}
        if name == "content-type" and not any(key.startswith("charset") for key in found):
            loose = CHARSET.search(told)  # where the semicolon is missing
            found |= {"charset": loose[1]} if loose else {}
        return Parameters(found)


def head_at(raw: bytes, start: int, end: int) -> tuple[Head, int]:
    """The head that begins at a place, and where the body begins. What is no header ends it."""
    if empty := re.compile(rb"\r?\n").match(raw, start, end):
        return Head(), empty.end()
    blank = ENDS.search(raw, start, end)
    last = blank.start() if blank else end
    head, body = _headers(raw, start, min(last, start + LONGEST_HEAD, end))
    return head, body if body is not None else (blank.end() if blank else end)


def _headers(raw: bytes, start: int, end: int) -> tuple[Head, int | None]:
    head, name, kept = Head(), b"", bytearray()
    for line in _lines(raw, start, end):
        text = line[1]
        if text[:1] in (b" ", b"\t") and name:
            if len(kept) < LONGEST_HEADER:
                kept += b"\n" + text[:LONGEST_HEADER]
            continue
        found = NAME.match(text)
        if found is None and not (line.start() == start and text.startswith((b"From ", b">From "))):
            _keep(head, name, kept)
            return head, line.start()
        _keep(head, name, kept)
        name = found[1].lower() if found else b""
        kept = bytearray(text[found.end() : found.end() + LONGEST_HEADER] if found else b"")
    _keep(head, name, kept)
    return head, None


def _lines(raw: bytes, start: int, end: int) -> Iterator[re.Match[bytes]]:
    place = start
    while place < end and (line := LINE.match(raw, place, end)):
        yield line
        place = line.end()


def _keep(head: Head, name: bytes, value: bytearray) -> None:
    told = name.decode("latin-1")
    if told in WANTED:
        values = head.found.setdefault(told, [])
        if len(values) < MOST_OF_ONE:
            values.append(bytes(re.sub(rb"[\r\n]+", b"", value[:LONGEST_HEADER])).strip())


def _unquoted(value: bytes) -> bytes:
    """Without quotation marks. A backslash before anything but a mark is a sign: Big5 and Shift-JIS end characters with
    it, and Windows writes paths."""
    value = value.strip()
    if not value.startswith(b'"'):
        return value
    return re.sub(rb'\\(["\\])', rb"\1", value[1:].removesuffix(b'"'))


def _joined(found: dict[str, bytes], name: str) -> tuple[str | None, bytes]:
    """The charset and bytes of a parameter that is written as RFC 2231 says, in one piece or several."""
    pieces: dict[int, tuple[bytes, bool]] = {}
    for key, value in found.items():
        section = SECTION.fullmatch(key)
        if section and section[1] == name:
            pieces[int(section[2] or 0)] = (value, section[2] is None or bool(section[3]))
    if not pieces:
        return None, b""
    first, is_encoded = pieces[min(pieces)]
    told = re.match(rb"([^']{0,60})'[^']{0,60}'", first) if is_encoded else None
    ordered = [pieces[place] for place in sorted(pieces)]
    if told:
        ordered[0] = (first[told.end() :], True)
    data = b"".join(unquote_to_bytes(value) if encoded else value for value, encoded in ordered)
    return (told[1].decode("ascii", "replace") if told else None), data
