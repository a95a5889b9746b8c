"""Read the heads of emails and parts: only the headers that are used, as they are written, cut to a bounded length
before anything else is done with them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from chalicelib.adapters.email.mime.encoded_words import decode_words, without_direction_marks
from chalicelib.domain.email.parsing.automatic import READ_HEADERS
from chalicelib.domain.email.parsing.characters import decode_text

LONGEST_HEAD = 2_000_000
LONGEST_HEADER = 20_000
LONGEST_PARAMETERS = 4_000
MOST_OF_ONE_NAME = 20
"""At most this many headers with the same name are read."""
USED_HEADERS = READ_HEADERS | {
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
    """The parameters of a header, as they are written."""

    values: dict[str, bytes]

    def raw(self, name: str) -> bytes:
        """The bytes of a parameter; empty if the header has none with this name."""
        return self.values.get(name, b"") or _rfc2231_value(self.values, name)[1]

    def word(self, name: str) -> str:
        """A parameter that is a single word, in lower case."""
        return re.split(r"[\s(]", self.raw(name).decode("ascii", "replace").strip())[0].lower()

    def text(self, name: str, charset: str | None = None) -> str:
        """A parameter as text: written as RFC 2231 says, as encoded words, or as bytes in a charset nobody declared."""
        declared, data = _rfc2231_value(self.values, name)
        if data:
            return without_direction_marks(decode_text(data, declared, (charset,)))
        return decode_words(decode_text(self.values.get(name, b""), None, (charset,)), charset)


@dataclass(slots=True)
class Head:
    """The headers of an email or part, by lower-case name, in their order."""

    values: dict[str, list[bytes]] = field(default_factory=dict)

    def raws(self, name: str) -> list[bytes]:
        """All headers with a name, unfolded, as they are written."""
        return self.values.get(name, [])

    def raw(self, name: str) -> bytes:
        """The first header with a name; empty if there is none."""
        return next(iter(self.raws(name)), b"")

    def value(self, name: str) -> str:
        """The value of a header before its parameters: one word, in lower case."""
        value = self.raw(name)[:LONGEST_PARAMETERS].partition(b";")[0]
        return re.sub(r"\(.*?\)", "", value.decode("ascii", "replace")).strip().strip('"').lower()

    def kind(self, otherwise: str) -> str:
        """The media type; `otherwise` without a content type, and `text/plain` for one that cannot be read (RFC 2045,
        5.2)."""
        if "content-type" not in self.values:
            return otherwise
        kind = re.sub(r"\s*/\s*", "/", self.value("content-type"))
        if match := re.match(r"[a-z0-9.+_-]{1,80}/[a-z0-9.+_-]{1,80}", kind):
            return match[0]
        return {"text": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}.get(kind, "text/plain")

    def parameters(self, name: str) -> Parameters:
        """The parameters of the first header with a name."""
        header = self.raw(name)[:LONGEST_PARAMETERS]
        pairs = [(key.decode("latin-1").lower(), _unquoted(value)) for key, value in PARAMETER.findall(header)]
        values = {key: value for key, value in reversed(pairs) if value}
        if name == "content-type" and not any(key.startswith("charset") for key in values):
            charset = CHARSET.search(header)  # the semicolon before it is missing
            if charset:
                values["charset"] = charset[1]
        return Parameters(values)


def head_at(raw: bytes, start: int, end: int) -> tuple[Head, int]:
    """The head that begins at a place, and where its body begins. A line that is no header ends the head."""
    if empty := re.compile(rb"\r?\n").match(raw, start, end):
        return Head(), empty.end()
    blank = ENDS.search(raw, start, end)
    last = blank.start() if blank else end
    head, body = _read_head(raw, start, min(last, start + LONGEST_HEAD, end))
    if body is not None:
        return head, body
    return head, blank.end() if blank else end


def _read_head(raw: bytes, start: int, end: int) -> tuple[Head, int | None]:
    """The head between two places, and the place of the first line in it that is no header, or None."""
    head = Head()
    name = b""
    value = bytearray()
    for line in _lines(raw, start, end):
        text = line[1]
        if text[:1] in (b" ", b"\t") and name:
            if len(value) < LONGEST_HEADER:
                value += b"\n" + text[:LONGEST_HEADER]
            continue
        match = NAME.match(text)
        is_mbox_line = line.start() == start and text.startswith((b"From ", b">From "))
        _add_header(head, name, value)
        if match is None and not is_mbox_line:
            return head, line.start()
        name = match[1].lower() if match else b""
        value = bytearray(text[match.end() : match.end() + LONGEST_HEADER] if match else b"")
    _add_header(head, name, value)
    return head, None


def _lines(raw: bytes, start: int, end: int) -> Iterator[re.Match[bytes]]:
    place = start
    while place < end and (line := LINE.match(raw, place, end)):
        yield line
        place = line.end()


def _add_header(head: Head, name: bytes, value: bytearray) -> None:
    """Add a header to a head, if it is one of those that are used."""
    key = name.decode("latin-1")
    if key in USED_HEADERS:
        values = head.values.setdefault(key, [])
        if len(values) < MOST_OF_ONE_NAME:
            values.append(bytes(re.sub(rb"[\r\n]+", b"", value[:LONGEST_HEADER])).strip())


def _unquoted(value: bytes) -> bytes:
    """A value without quotation marks. A backslash escapes only a quotation mark or a backslash: Big5 and Shift-JIS
    have characters that end with one, and Windows has it in paths."""
    value = value.strip()
    if not value.startswith(b'"'):
        return value
    return re.sub(rb'\\(["\\])', rb"\1", value[1:].removesuffix(b'"'))


def _rfc2231_value(values: dict[str, bytes], name: str) -> tuple[str | None, bytes]:
    """The charset and the bytes of a parameter that is written as RFC 2231 says, in one section or several."""
    sections: dict[int, tuple[bytes, bool]] = {}
    for key, value in values.items():
        match = SECTION.fullmatch(key)
        if match and match[1] == name:
            sections[int(match[2] or 0)] = (value, match[2] is None or bool(match[3]))
    if not sections:
        return None, b""
    first, is_encoded = sections[min(sections)]
    prefix = re.match(rb"([^']{0,60})'[^']{0,60}'", first) if is_encoded else None
    ordered = [sections[number] for number in sorted(sections)]
    if prefix:
        ordered[0] = (first[prefix.end() :], True)
    data = b"".join(unquote_to_bytes(value) if encoded else value for value, encoded in ordered)
    return (prefix[1].decode("ascii", "replace") if prefix else None), data
