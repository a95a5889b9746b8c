"""Changes feeds, sockets and tickets in memory, with the same order and the same conditions as the table's."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.live.feed import FeedRow
from chalicelib.domain.live.presence import Socket
from chalicelib.domain.live.tickets import Ticket
from chalicelib.usecases.ports.live import CaseVersion
from tests.fakes.cases import FakeCases


class FakeFeed:
    """The changes feeds of the shops."""

    def __init__(self, cases: FakeCases) -> None:
        self.cases = cases
        self.stored: dict[tuple[str, str], FeedRow] = {}
        self.nudges: list[tuple[str, Instant]] = []

    def newest_version(self, key: str) -> CaseVersion | None:
        stored = self.cases.load(key)
        case = stored.case
        return CaseVersion(case.shop, case.id, case.number, stored.version) if case else None

    def add(self, shop: str, row: FeedRow) -> None:
        self.stored[shop, row.sort] = row

    def rows(self, shop: str, after: str, page: int) -> Iterator[FeedRow]:
        found = sorted((sort, row) for (own, sort), row in self.stored.items() if own == shop and sort > after)
        return iter([row for _, row in found])

    def request_nudge(self, shop: str, due_at: Instant) -> None:
        if (shop, due_at) not in self.nudges:
            self.nudges.append((shop, due_at))


class FakeSockets:
    """The sockets of open pages, and tickets."""

    def __init__(self) -> None:
        self.open: dict[str, Socket] = {}
        self.tickets: dict[str, Ticket] = {}

    def issue(self, digest: str, ticket: Ticket) -> None:
        self.tickets[digest] = ticket

    def spend(self, digest: str, now: Instant) -> Ticket | None:
        ticket = self.tickets.pop(digest, None)
        return ticket if ticket is not None and ticket.until > now else None

    def add(self, socket: Socket) -> None:
        self.open[socket.connection] = socket

    def read(self, connection: str) -> Socket | None:
        return self.open.get(connection)

    def report(self, socket: Socket) -> None:
        if socket.connection in self.open:
            self.open[socket.connection] = replace(socket)

    def remove(self, connection: str) -> None:
        self.open.pop(connection, None)

    def connections(self, shop: str, now: Instant) -> list[str]:
        return [socket.connection for socket in self.of_shop(shop, now)]

    def of_shop(self, shop: str, now: Instant) -> list[Socket]:
        return [socket for socket in self.open.values() if socket.shop == shop and socket.until >= now]


class FakeSocketSender:
    """Keeps what was sent to each connection. A test names those that are gone."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.gone: set[str] = set()

    def send(self, texts: Mapping[str, str]) -> list[str]:
        self.sent += [(connection, text) for connection, text in texts.items() if connection not in self.gone]
        return [connection for connection in texts if connection in self.gone]
