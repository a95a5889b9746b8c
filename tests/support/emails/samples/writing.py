"""Raw emails as clients write them, for the corpus: real structures with invented people."""

import base64
import quopri
from dataclasses import dataclass
from email.header import Header
from typing import Any

FANG, AMY, SHOP = "fang@example.net", "amy@example.org", "demo@in.example.com"
OURS = "0100019-our-answer-000000@email.amazonses.com"
"""The id of an email that was sent about Fang's case."""
TOKEN, NUMBER = b"@@TOKEN@@", b"@@NUMBER@@"
"""Placeholders for the address and the number of Fang's case."""
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True)
class Sample:
    """An email, the text that must be read in it, and what must follow from it."""

    name: str
    raw: bytes
    text: str
    then: str = "opens"
    """opens, joins (Fang's case), notes (on it), ignored, nobody (no shop of ours)"""
    automatic: str | None = None
    files: tuple[str, ...] = ()
    subject: str | None = None
    dmarc: str = "pass"
    envelope: str | None = FANG
    language: str | None = None


def encoded(text: str, charset: str) -> str:
    return Header(text, charset).encode()


def headers(name: str, **named: Any) -> bytes:
    """The headers of an email; `None` leaves a header out, bytes are not encoded."""
    given: dict[str, Any] = {
        "From": f"=?utf-8?b?546L6Iqz?= <{FANG}>",
        "To": f"Lantern & Loom <{SHOP}>",
        "Subject": "Lamp",
        "Date": "Fri, 20 Nov 2026 09:12:00 +0800",
        "Message-ID": f"<{name}@client.example>",
        "MIME-Version": "1.0",
    }
    given |= {key.replace("_", "-"): value for key, value in named.items()}
    lines = []
    for key, value in given.items():
        if value is not None:
            lines.append(key.encode() + b": " + (value if isinstance(value, bytes) else str(value).encode()))
    return b"\r\n".join(lines)


def body(text: str, kind: str = "text/plain", charset: str = "utf-8", cte: str = "8bit", **more: str) -> bytes:
    """A part with its own headers."""
    data = text.replace("\n", "\r\n").encode(charset)
    if cte == "base64":
        data = base64.encodebytes(data)
    elif cte == "quoted-printable":
        data = quopri.encodestring(data)
    lines = [f'Content-Type: {kind}; charset="{more.pop("label", charset)}"', f"Content-Transfer-Encoding: {cte}"]
    lines += [f"{key.replace('_', '-')}: {value}" for key, value in more.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def a_file(name: str, data: bytes, kind: str, **more: str) -> bytes:
    fields = {"Content-Type": f'{kind}; name="{name}"', "Content-Disposition": f'attachment; filename="{name}"'} | {
        key.replace("_", "-"): value for key, value in more.items()
    }
    head = "\r\n".join(f"{key}: {value}" for key, value in fields.items() if value)
    return head.encode() + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data)


def several(kind: str, *parts: bytes, extra: str = "") -> bytes:
    edge = f"edge-{len(parts)}-{sum(map(len, parts))}"
    head = f'Content-Type: multipart/{kind}; boundary="{edge}"{extra}\r\n\r\n'.encode()
    inner = b"".join(f"--{edge}\r\n".encode() + part + b"\r\n" for part in parts)
    return head + inner + f"--{edge}--\r\n".encode()


def mail(name: str, content: bytes, **named: Any) -> bytes:
    return headers(name, **named) + b"\r\n" + content


def plain(
    name: str, text: str, charset: str = "utf-8", cte: str = "8bit", label: str | None = None, **named: Any
) -> bytes:
    return mail(name, body(text, charset=charset, cte=cte, **({"label": label} if label else {})), **named)


def both(name: str, text: str, html: str, charset: str = "utf-8", cte: str = "quoted-printable", **named: Any) -> bytes:
    parts = body(text, charset=charset, cte=cte), body(html, "text/html", charset, cte)
    return mail(name, several("alternative", *parts), **named)


def only_html(name: str, html: str, charset: str = "utf-8", **named: Any) -> bytes:
    return mail(name, body(html, "text/html", charset, "base64"), **named)
