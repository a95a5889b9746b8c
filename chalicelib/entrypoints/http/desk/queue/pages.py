"""The queue: the views of open work, and their cases by the next promise."""

from chalice.app import Response
from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.desk.views import View
from chalicelib.domain.kernel.enums import STATUSES
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import page
from chalicelib.entrypoints.http.desk.lists.routes import PLACE
from chalicelib.entrypoints.http.requests import cursor_of, encode_cursor, parameter

GROUPS: tuple[tuple[View, ...], ...] = (
    ("mine", "unassigned", "team", "mentions"),
    ("breached", "due_soon", "approval"),
    ("waiting_customer", "waiting_carrier", "waiting_warehouse", "waiting_finance", "snoozed"),
    ("all",),
)
"""The views as the desk lists them: what one works on, what is urgent, what waits for others, everything."""


class ViewLink(Struct, frozen=True):
    """A view in the list of views: its name, and how many cases it has, such as `12` or `100+`."""

    name: View
    count: str


def show(desk: Desk) -> Response:
    """A page of a view. Looking at a list marks nothing as read."""
    from chalicelib.usecases.desk.count_views import count_views
    from chalicelib.usecases.desk.list_view import MAX_ROWS, list_view, view_named

    view = view_named(parameter(desk.request, "view") or "all")
    after = cursor_of(desk.request, PLACE)
    listed = list_view(services(), desk.shop.id, desk.caller.name, view, MAX_ROWS, after)
    counted = count_views(services(), desk.shop.id, desk.caller.name)
    note_access(desk.request, [row.customer for row in listed.rows], "cases")
    counts = {each.view: f"{each.count}+" if each.more else str(each.count) for each in counted.views}
    return page(
        desk,
        "queue.html",
        view=view,
        groups=[[ViewLink(name, counts[name]) for name in group] for group in GROUPS],
        rows=listed.rows,
        following=encode_cursor(listed.next) if listed.next else None,
        is_first=after is None,
        complete=listed.complete,
        unselected=parameter(desk.request, "unselected") == "1",
        statuses=[status for status in STATUSES if status not in ("new", "closed")],
    )
