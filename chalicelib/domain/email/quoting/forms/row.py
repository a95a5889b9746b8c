"""The rows of the tables of forms."""

from typing import NamedTuple


class Form(NamedTuple):
    """A recognised form, the client that writes it, and our source (`judgement`: known from use, without a source)."""

    client: str
    language: str
    form: str
    source: str


class Head(NamedTuple):
    """The labels in the head of a quoted email in one language; alternatives are separated by `|`."""

    language: str
    author: str
    sent: str
    to: str
    subject: str
    other: str
    """The labels for copies, addresses for answers, attachments and the like."""
    source: str
