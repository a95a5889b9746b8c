"""The life of a page's socket: its ticket, its opening, what the page reports, and its end."""

import secrets
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.live.presence import (
    SOCKET_MS,
    People,
    Socket,
    after_signal,
    everybody,
    people_on,
    read_signal,
)
from chalicelib.domain.live.tickets import TICKET_BYTES, TICKET_MS, Ticket, digest_of
from chalicelib.usecases.live.nudge_pages import send

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasLiveUrl, HasSockets

    class SocketServices(HasClock, HasSockets, Protocol):
        """The services that the sockets of pages use."""

    class TicketServices(HasClock, HasLiveUrl, HasSockets, Protocol):
        """The services that `issue_ticket` uses."""


def issue_ticket(services: "TicketServices", shop: str, name: str) -> tuple[str, Instant]:
    """The address at which this person may open one socket for this shop, and until when."""
    secret = secrets.token_urlsafe(TICKET_BYTES)
    ticket = Ticket(shop, name, services.now() + TICKET_MS)
    services.sockets.issue(digest_of(secret), ticket)
    return f"{services.live_url}?ticket={secret}", ticket.until


def open_socket(services: "SocketServices", connection: str, secret: str) -> Socket | None:
    """Use a ticket up and keep the socket; None when the ticket is not valid, or no longer."""
    now = services.now()
    ticket = services.sockets.spend(digest_of(secret), now)
    if ticket is None:
        return None
    socket = Socket(connection, ticket.shop, ticket.name, now + SOCKET_MS)
    services.sockets.add(socket)
    return socket


def receive_report(services: "SocketServices", connection: str, text: str) -> str:
    """Store what a page reports, answer it with who is where, and tell the shop's other pages what has changed by it.
    The outcome, for the log.

    Pages repeat their reports, so other pages get changes alone. Who shows people asks anew from time to time.
    """
    socket, signal, now = services.sockets.read(connection), read_signal(text), services.now()
    if socket is None:
        return "unknown"
    if signal is None:
        return "not understood"
    after = after_signal(socket, signal, now)
    if after != socket:
        services.sockets.report(after)
    others = [each for each in services.sockets.of_shop(socket.shop, now) if each.connection != connection]
    answer = {"here": everybody([*others, after], now, besides=socket.name)}
    texts = {connection: msgspec.json.encode(answer).decode()}
    if after.place(now) != socket.place(now):
        texts |= _updates([socket.place(now)[0], after.place(now)[0]], others, [*others, after], now)
    send(services, texts)
    return "reported" if after != socket else "asked"


def close_socket(services: "SocketServices", connection: str) -> bool:
    """Remove a socket that was closed, and tell the shop's other pages who is not there any more; False when it was
    not known."""
    socket, now = services.sockets.read(connection), services.now()
    if socket is None:
        return False
    services.sockets.remove(connection)
    case, _ = socket.place(now)
    if case:
        others = [each for each in services.sockets.of_shop(socket.shop, now) if each.connection != connection]
        send(services, _updates([case], others, others, now))
    return True


def _updates(cases: Iterable[str], to: Sequence[Socket], everyone: Sequence[Socket], now: Instant) -> dict[str, str]:
    """For each page the people on these cases, without its own person."""
    named = sorted(set(cases) - {""})

    def people(socket: Socket) -> list[People]:
        return [people_on(case, everyone, now, besides=socket.name) for case in named]

    return {socket.connection: msgspec.json.encode({"people": people(socket)}).decode() for socket in to}
