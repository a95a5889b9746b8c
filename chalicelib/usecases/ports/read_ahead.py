"""What a use case can name before it reads it, so that it is read in one request.

Reading ahead changes no result: each item that was read is used once, by the next read of it in the same invocation.
So it stands right before the reads that it is for.
"""

from typing import Literal, Protocol

from msgspec import Struct

from chalicelib.domain.notifications.templates import MailName, Spoken


class Wanted(Struct, frozen=True, kw_only=True):
    """What is about to be read."""

    shop: str
    settings: Literal["fresh", "recent"] | None = None
    """The shop itself: as last saved, or as it may be in memory for a minute; None if it is not wanted."""
    template: tuple[MailName, Spoken] | None = None
    """The shop's own text of an email: which one, in which language."""
    customer: str | None = None
    """The key of a customer: their record, and the key that encrypts their data."""
    opening: str | None = None
    """The key of a case: the event that opened it."""
    order: str | None = None
    """The id of an order, or the number people use for it: its record."""


class ReadAhead(Protocol):
    """Reads in one request."""

    def read(self, wanted: Wanted) -> None:
        """Read together what is about to be read."""
