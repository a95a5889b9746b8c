"""The answers of the changes feed and of tickets, for the API and for the pages of the desk alike. Who calls these has
made sure that the caller may see the shop."""

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.entrypoints.http.requests import answer

FRESH = {"Cache-Control": "no-store"}


def changes_answer(shop: str, since: str | None, limit: int) -> Response:
    """The changes of a shop since a cursor, and the next cursor, which there always is."""
    from chalicelib.usecases.live.nudge_pages import row_view
    from chalicelib.usecases.live.read_changes import read_changes
    from chalicelib.usecases.ports.shop_rules import shop_of

    page = read_changes(services(), shop_of(services(), shop, fresh=False).id, since, limit)
    body: dict[str, Any] = {"items": [row_view(row) for row in page.rows], "next": page.next.text()}
    return answer(body | ({"reset": True} if page.is_reset else {}), headers={**FRESH})


def ticket_answer(shop: str, name: str) -> Response:
    """A new ticket of this person for this shop."""
    from chalicelib.usecases.live.sockets import issue_ticket
    from chalicelib.usecases.ports.shop_rules import shop_of

    url, until = issue_ticket(services(), shop_of(services(), shop, fresh=False).id, name)
    return answer({"url": url, "expires_at": format_instant(until)}, 201, {**FRESH})
