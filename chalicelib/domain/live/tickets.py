"""Tickets: with one, a page opens its socket, once. A socket's request has no other place for a secret than its
address, so what stands there is worth nothing a minute later."""

import hashlib

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import MINUTE_MS, Instant
from chalicelib.domain.kernel.validation import Input, Name

TICKET_MS = MINUTE_MS
TICKET_BYTES = 24
"""How much chance is in a ticket."""


class TicketIn(Input, frozen=True):
    """The body of `POST /v1/live/tickets`: the shop whose changes the page is to get."""

    shop: Name


class Ticket(Struct, frozen=True):
    """Who may open a socket, for which shop, until when."""

    shop: str
    name: str
    until: Instant


def digest_of(secret: str) -> str:
    """By what a ticket is stored: who reads the table cannot use it."""
    return hashlib.sha256(secret.encode()).hexdigest()
