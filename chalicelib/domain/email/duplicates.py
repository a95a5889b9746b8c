"""Whether a mail is one that came before: by what its sender wrote, and not by its id alone.

Ids repeat: broken mailers give every mail the same one, and anybody may write another's. And one mail comes by two
ways, or is sent again by a server that did not hear our answer: then its path differs, which servers write above it.
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
"""The fields that are the sender's (RFC 5322, 3.6). Trace fields, verdicts and signatures are added on the way."""
HEAD_END = re.compile(rb"\r?\n\r?\n")


def fingerprint(raw: bytes) -> str:
    """The SHA-256, in hexadecimal digits, of all that a mail's sender wrote: two mails that have the same are one."""
    end = HEAD_END.search(raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    digest = hashlib.sha256()
    for field in re.split(rb"\r?\n(?![ \t])", head):
        name, _, value = field.partition(b":")
        if name.strip().lower() in WRITTEN:
            digest.update(name.strip().lower() + b":" + b" ".join(value.split()) + b"\n")
    digest.update(b"\n" + body.replace(b"\r\n", b"\n").rstrip())
    return digest.hexdigest()
