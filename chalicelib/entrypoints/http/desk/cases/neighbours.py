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
    """The previous and the next case of a view; None where there is no other."""

    previous: "Row | None"
    following: "Row | None"


def view_of(desk: "Desk") -> str:
    """The view from which a case was opened, as the address or the form says it; empty without one."""
    named = parameter(desk.request, "view") or desk.form.get("view", "")
    return named if named.isidentifier() else ""


def neighbours(desk: "Desk", case: Case) -> Neighbours | None:
    """The neighbours of a case in the view that the address names; None without a view. The case before is known on the
    first page of the view only. Behind the last case, and behind one that has left the view, comes the first."""
    from chalicelib.domain.desk.views import VIEWS
    from chalicelib.usecases.desk.list_view import MAX_ROWS, list_view

    view = next((view for view in VIEWS if view == view_of(desk)), None)
    if view is None:
        return None
    rows = list_view(services(), case.shop, desk.caller.name, view, MAX_ROWS).rows
    place = next((place for place, row in enumerate(rows) if row.id == case.id), -1)
    previous = rows[place - 1] if place > 0 else None
    is_beyond = len(rows) == MAX_ROWS and place in (-1, MAX_ROWS - 1)
    after = _cursor(case) if is_beyond and view != "mentions" else None
    later = list_view(services(), case.shop, desk.caller.name, view, 2, after).rows if after else rows[place + 1 :]
    return Neighbours(previous, next((row for row in (*later, *rows[:1]) if row.id != case.id), None))


def _cursor(case: Case) -> str | None:
    """Where the views that are sorted by promises go on behind a case; None for one that is in none of them."""
    from chalicelib.domain.desk.place import place_of
    from chalicelib.domain.kernel.ids import key_of_id

    place = place_of(case)
    return f"{place.sort:013d}#{key_of_id(case.id)}" if place is not None else None
