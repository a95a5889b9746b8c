"""Recognise an email that arrived before, by what its sender wrote and not by its message id alone.

Message ids repeat: broken mailers give every email the same one, and anybody may copy another's. And the same email can
arrive by two ways, or again from a server that did not get our answer; then the trace that servers write above it
differs.
"""

import hashlib
import re

WRITTEN = (
    b"from",
    b"sender",
    b"reply-to",
    b"to",
    b"cc",
    b"subject",
    b"date",
    b"message-id",
    b"in-reply-to",
    b"references",
    b"content-type",
    b"content-transfer-encoding",
)
"""The headers that the sender writes (RFC 5322, 3.6). Servers add trace headers, verdicts and signatures on the way."""
HEAD_END = re.compile(rb"\r?\n\r?\n")


def fingerprint(raw: bytes) -> str:
    """The SHA-256, in hexadecimal digits, of everything an email's sender wrote. Copies of an email have the same."""
    end = HEAD_END.search(raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    digest = hashlib.sha256()
    for field in re.split(rb"\r?\n(?![ \t])", head):
        name, _, value = field.partition(b":")
        if name.strip().lower() in WRITTEN:
            digest.update(name.strip().lower() + b":" + b" ".join(value.split()) + b"\n")
    digest.update(b"\n" + body.replace(b"\r\n", b"\n").rstrip())
    return digest.hexdigest()
