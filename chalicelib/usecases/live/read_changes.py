"""Read the changes feed of a shop from a cursor on."""

from typing import TYPE_CHECKING

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.live.feed import REMEMBERED, FeedPage, cursor_at, is_outdated, page_of, read_cursor

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasFeed

    class ReadChangesServices(HasClock, HasFeed, Protocol):
        """The services that `read_changes` uses."""


def read_changes(services: "ReadChangesServices", shop: str, since: str | None, limit: int) -> FeedPage:
    """The changes that are new to who has this cursor, `limit` at most; without a cursor none, and where to begin.
    Invalid when the cursor is none of this feed."""
    now = services.now()
    if since is None:
        rows = services.feed.rows(shop, cursor_at(now).after, REMEMBERED)
        return FeedPage([], page_of(rows, cursor_at(now), REMEMBERED, now).next)
    try:
        cursor = read_cursor(since)
    except ValueError as error:
        raise invalid("since", str(error)) from None
    if is_outdated(cursor, now):
        return FeedPage([], cursor_at(now), is_reset=True)
    return page_of(services.feed.rows(shop, cursor.after, limit + REMEMBERED), cursor, limit, now)


def start_of_page(services: "HasClock") -> str:
    """The cursor for a page that is about to be read from the table: its first reading misses nothing that the page
    does not show."""
    return cursor_at(services.now()).text()
