"""One recognised form."""

from typing import NamedTuple


class Form(NamedTuple):
    """What is recognised, where it comes from, and who says so (`judgement`: known from use, no page at hand)."""

    client: str
    language: str
    form: str
    source: str


class Head(NamedTuple):
    """How a client labels the head of a mail it quotes, in one language; alternatives stand between `|`."""

    language: str
    author: str
    sent: str
    to: str
    subject: str
    other: str
    """Copies, where answers go, attachments and the like."""
    source: str
