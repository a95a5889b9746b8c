"""The ports for what keeps open desks current: the changes feed, the sockets of open pages, and sending to them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from msgspec import Struct

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.live.feed import FeedRow
from chalicelib.domain.live.presence import Socket
from chalicelib.domain.live.tickets import Ticket


class CaseVersion(Struct, frozen=True):
    """Which version of a case is stored."""

    shop: str
    case: str
    number: str
    version: int


class FeedStore(Protocol):
    """The changes feeds of the shops."""

    def newest_version(self, key: str) -> CaseVersion | None:
        """The version of the case with this key that is stored now; None while the case is not open."""

    def add(self, shop: str, row: FeedRow) -> None:
        """Store a row."""

    def rows(self, shop: str, after: str, page: int) -> Iterator[FeedRow]:
        """The rows of a shop whose sort keys are behind `after`, in order, read `page` at a time as they are used."""

    def request_nudge(self, shop: str, due_at: Instant) -> None:
        """Have the shop's desks nudged at that whole second; once, however often it is requested."""


class SocketStore(Protocol):
    """The open sockets, and the tickets with which sockets are opened."""

    def issue(self, digest: str, ticket: Ticket) -> None:
        """Store a ticket."""

    def spend(self, digest: str, now: Instant) -> Ticket | None:
        """Use a ticket up; None if there is none, it was used before, or it has expired."""

    def add(self, socket: Socket) -> None:
        """Store a socket that was opened."""

    def read(self, connection: str) -> Socket | None:
        """The socket of a connection; None when it is not known, or no longer."""

    def report(self, socket: Socket) -> None:
        """Store what a page has reported; nothing happens when its socket is not stored any more."""

    def remove(self, connection: str) -> None:
        """Remove a socket that was closed."""

    def connections(self, shop: str, now: Instant) -> list[str]:
        """The connections to the open pages of a shop."""

    def of_shop(self, shop: str, now: Instant) -> list[Socket]:
        """The open pages of a shop with what they have reported."""


class SocketSender(Protocol):
    """Sends texts to open pages."""

    def send(self, texts: Mapping[str, str]) -> Iterable[str]:
        """Send a text to each of these connections, once; the connections that are gone. What cannot be sent for
        another reason is logged and left: pages ask for changes by themselves, too."""
