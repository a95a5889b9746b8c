"""Nudge the open pages of a shop: tell them which cases have changed."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.live.feed import FeedRow
from chalicelib.domain.live.nudges import LONGEST_WAIT_MS

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasFeed, HasSockets

    class NudgeServices(HasClock, HasFeed, HasSockets, Protocol):
        """The services that `nudge_of_second` uses."""

    class SendServices(HasSockets, Protocol):
        """The services that `send` uses."""


MOST_ROWS = 100
"""The most changes that a nudge names, within the 32 KB of a frame; if there are more, pages read the feed."""


def row_view(row: FeedRow) -> dict[str, Any]:
    """A change as clients get it, in nudges and in the feed alike."""
    return {"case": row.case, "version": row.version, "number": row.number, "what": row.what}


def nudge_pages(services: "SendServices", connections: Sequence[str], rows: Sequence[FeedRow]) -> int:
    """Tell the pages behind these connections which cases have changed; the number of pages."""
    named = list({row.mark: row_view(row) for row in rows}.values())
    nudge = {"changed": named} if len(named) <= MOST_ROWS else {"poll": True}
    text = msgspec.json.encode(nudge).decode()
    send(services, dict.fromkeys(connections, text))
    return len(connections)


def nudge_of_second(services: "NudgeServices", shop: str, due_at: Instant) -> int:
    """Tell the open pages of a shop what has changed since this nudge was requested; the number of pages."""
    connections = services.sockets.connections(shop, services.now())
    since = f"{due_at - LONGEST_WAIT_MS:013d}"
    return nudge_pages(services, connections, list(services.feed.rows(shop, since, MOST_ROWS)))


def send(services: "SendServices", texts: Mapping[str, str]) -> None:
    """Send a text to each connection, and remove the sockets of those that are gone."""
    for connection in services.socket_sender.send(texts):
        services.sockets.remove(connection)
