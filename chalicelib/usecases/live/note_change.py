"""Note a change of a case in the changes feed of its shop, and nudge the shop's open desks."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import SECOND_MS
from chalicelib.domain.live.feed import OVERLAP_MS, FeedRow, event_type
from chalicelib.domain.live.nudges import LOOK_BACK_MS, nudge_due_at
from chalicelib.usecases.live.nudge_pages import MOST_ROWS, nudge_pages

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasFeed, HasRegistries, HasSockets

    class NoteChangeServices(HasClock, HasFeed, HasRegistries, HasSockets, Protocol):
        """The services that `note_change` uses."""


SLOW_MS = OVERLAP_MS - 5 * SECOND_MS
"""A row whose storing took longer may have been missed by readers; the rest is for the difference of clocks."""


def note_change(services: "NoteChangeServices", key: str, order: str) -> str | None:
    """Note the version of the case that is stored now, and nudge the open pages. `order`: that of the event whose
    message this is. The outcome, for the log; None if the case is not open.

    When several changes came at once, or this message came twice, the version may have been noted before. Without open
    pages that is not looked for, because readers drop a version that comes again. A worker that dies between the row
    and the nudge loses the nudge, and not the row: pages read the feed anyway.
    """
    version = services.feed.newest_version(key)
    if version is None:
        return None
    now = services.now()
    what = event_type(order, services.registries.facts)
    row = FeedRow(now, version.case, version.version, version.number, what)
    connections = services.sockets.connections(version.shop, now)
    if not connections:
        _store(services, version.shop, row)
        return "noted"
    earlier = list(services.feed.rows(version.shop, f"{now - LOOK_BACK_MS:013d}", MOST_ROWS))
    if any(each.mark == row.mark for each in earlier):
        return "noted before"
    _store(services, version.shop, row)
    due_at = nudge_due_at((each.at for each in earlier), now)
    if due_at is not None:
        services.feed.request_nudge(version.shop, due_at)
        return "noted, to be sent"
    return f"noted, {nudge_pages(services, connections, [row])} nudged"


def _store(services: "NoteChangeServices", shop: str, row: FeedRow) -> None:
    """Store a row. If that took so long that a reader may have passed its place, it is stored again in a later one."""
    services.feed.add(shop, row)
    now = services.now()
    if now - row.at > SLOW_MS:
        services.feed.add(shop, replace(row, at=now))
