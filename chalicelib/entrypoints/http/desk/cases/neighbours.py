"""The cases before and after a case in the list that one came from."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.cases.case import Case
from chalicelib.entrypoints.http.requests import parameter

if TYPE_CHECKING:
    from chalicelib.entrypoints.http.desk.context import Desk
    from chalicelib.usecases.desk.rows import Row


class Neighbours(Struct, frozen=True):
    """The previous and the next case of a view; None at its ends."""

    previous: "Row | None"
    following: "Row | None"


def neighbours(desk: "Desk", case: Case) -> Neighbours | None:
    """The neighbours of a case in the view that the address names; None without a view. They are looked for on the
    first page of the view. A case that has left the view has the first one after it."""
    from chalicelib.domain.desk.views import VIEWS
    from chalicelib.usecases.desk.list_view import MAX_ROWS, list_view

    name = parameter(desk.request, "view") or ""
    view = next((view for view in VIEWS if view == name), None)
    if view is None:
        return None
    rows = list_view(services(), case.shop, desk.caller.name, view, MAX_ROWS).rows
    place = next((place for place, row in enumerate(rows) if row.id == case.id), -1)
    previous = rows[place - 1] if place > 0 else None
    return Neighbours(previous, rows[place + 1] if place + 1 < len(rows) else None)
