"""Who is reading or writing on which case, as open pages report it. A report expires by itself."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.ids import time_of
from chalicelib.domain.kernel.timestamps import HOUR_MS, SECOND_MS, Instant

SOCKET_MS = 2 * HOUR_MS
"""How long API Gateway keeps a socket at most."""
PRESENCE_MS = 30 * SECOND_MS
"""How long a report counts. Pages repeat theirs every 20 s."""
MAX_SIGNAL = 200
"""The most characters of a report."""


class Signal(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a page reports, one at a time: it shows a case (`see`), somebody writes there (`write`), it shows it no
    longer (`leave`); or it asks who is where (`who`)."""

    see: str | None = None
    write: str | None = None
    leave: str | None = None
    who: bool = False


class Socket(Struct, frozen=True):
    """An open page of the desk: its connection, its shop and person, and what it reported last."""

    connection: str
    shop: str
    name: str
    until: Instant
    case: str = ""
    is_writing: bool = False
    reported_at: Instant = 0

    def place(self, now: Instant) -> tuple[str, bool]:
        """The case that it shows, and whether somebody writes there; no case if its report has expired."""
        is_current = bool(self.case) and now - self.reported_at < PRESENCE_MS
        return (self.case, self.is_writing) if is_current else ("", False)


class People(Struct, frozen=True):
    """The people on a case, in alphabetical order. Who writes is not listed as reading, too."""

    case: str
    reading: list[str]
    writing: list[str]


def read_signal(text: str) -> Signal | None:
    """What a page has reported; None if that is not understood. A case is named by its id, so that nobody can tell
    others something else by it."""
    if len(text) > MAX_SIGNAL:
        return None
    try:
        signal = msgspec.json.decode(text, type=Signal)
    except (msgspec.DecodeError, UnicodeError):
        return None
    named = [case for case in (signal.see, signal.write, signal.leave) if case is not None]
    is_one = len(named) + signal.who == 1
    return signal if is_one and all(time_of(case) is not None for case in named) else None


def after_signal(socket: Socket, signal: Signal, now: Instant) -> Socket:
    """The page after its report."""
    case = signal.see or signal.write
    if case is not None:
        return replace(socket, case=case, is_writing=signal.write is not None, reported_at=now)
    if signal.leave is not None and signal.leave == socket.case:
        return replace(socket, case="", is_writing=False, reported_at=0)
    return socket


def people_on(case: str, sockets: Iterable[Socket], now: Instant, besides: str = "") -> People:
    """The people on a case, without one of them."""
    reading: set[str] = set()
    writing: set[str] = set()
    for socket in sockets:
        shown, is_writing = socket.place(now)
        if shown == case and socket.name != besides:
            (writing if is_writing else reading).add(socket.name)
    return People(case, sorted(reading - writing), sorted(writing))


def everybody(sockets: Iterable[Socket], now: Instant, besides: str = "") -> list[People]:
    """The people on all cases that somebody else than `besides` has open."""
    listed = list(sockets)
    cases = {socket.place(now)[0] for socket in listed if socket.name != besides} - {""}
    return [people_on(case, listed, now, besides) for case in sorted(cases)]
