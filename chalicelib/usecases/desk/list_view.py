"""A page of a view of the desk: open work by the next promise that would break.

However many cases a shop has, a page takes the same number of requests. Lists are a moment behind the cases, so what
has left a list meanwhile is left out, and a page may be shorter than asked for.
"""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.casework.parts import is_snoozed
from chalicelib.domain.desk.place import place_of
from chalicelib.domain.desk.views import VIEWS, Span, Team, View, span_of, team_of
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import SECOND_MS, Instant
from chalicelib.usecases.desk.rows import Row, rows_of_cases
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.desk import Listed

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasCases, HasClock, HasCustomers, HasDesk, HasMentions

    class ListViewServices(HasAgents, HasCases, HasClock, HasCustomers, HasDesk, HasMentions, Protocol):
        """The services that `list_view` uses."""

    class ViewCasesServices(HasAgents, HasClock, HasDesk, HasMentions, Protocol):
        """The services that `view_keys` uses."""


MAX_ROWS = 50
MAX_MINE = 500
"""So many cases of one agent are sorted; a capacity is 200 at most."""
MAX_LOOKED_AT = 2_000
"""So many listed cases are looked at for a page of `team` at most. If few of them are of the team, a page may have few
rows or none, and a cursor."""
FILL_MS = 2 * SECOND_MS


class ViewPage(Struct, frozen=True, kw_only=True):
    """A page of a view, and the cursor of the next; None on the last. `complete`: whether all open cases are listed:
    the first time that a shop uses the desk, those that an earlier version stored are listed little by little."""

    rows: list[Row]
    next: str | None = None
    complete: bool = True


def view_named(name: str) -> View:
    """The view of that name; NotFound if there is none."""
    view = next((view for view in VIEWS if view == name), None)
    if view is None:
        raise NotFound(f"There is no view {name!r}; there are {', '.join(VIEWS)}.")
    return view


def list_view(
    services: "ListViewServices", shop: str, reader: str, view: View, limit: int, after: str | None = None
) -> ViewPage:
    """The rows of a view for an agent, `limit` at most (50 are given at most). `after`: the `next` of the page
    before."""
    limit = min(limit, MAX_ROWS)
    now = services.now()
    complete = services.desk.fill(shop, now, now + FILL_MS)
    stored, following = _cases(services, shop, reader, view, limit, after)
    return ViewPage(rows=rows_of_cases(services, shop, reader, stored), next=following, complete=complete)


def view_keys(
    services: "ViewCasesServices", shop: str, reader: str, view: View, most: int, after: str | None = None
) -> tuple[list[str], str | None]:
    """The keys of the first `most` cases of a view, and the cursor behind them."""
    stored, following = _cases(services, shop, reader, view, most, after)
    return [each.key for each in stored], following


def _cases(
    services: "ViewCasesServices", shop: str, reader: str, view: View, limit: int, after: str | None
) -> tuple[list[StoredCase], str | None]:
    if view == "mine":
        return _mine(services, shop, reader, limit, after)
    if view == "mentions":
        return _mentions(services, shop, reader, limit, after)
    return _of_lists(services, shop, reader, view, limit, after)


def _mine(
    services: "ViewCasesServices", shop: str, reader: str, limit: int, after: str | None
) -> tuple[list[StoredCase], str | None]:
    """The cases of an agent, sorted here: their number is bounded by the agent's capacity."""
    (keys,) = services.desk.assigned(shop, [reader], MAX_MINE)
    placed = sorted(
        (f"{place.sort:013d}#{stored.key}", stored)
        for stored in services.desk.cases(keys).values()
        if stored.case is not None
        and stored.case.assignee == reader
        and not is_snoozed(stored.case)
        and (place := place_of(stored.case)) is not None
    )
    later = [each for each in placed if each[0] > (after or "")]
    return [stored for _, stored in later[:limit]], later[limit - 1][0] if len(later) > limit else None


def _mentions(
    services: "ViewCasesServices", shop: str, reader: str, limit: int, after: str | None
) -> tuple[list[StoredCase], str | None]:
    """The cases in which an agent was mentioned and has not read it, the newest first, whatever became of them."""
    page = services.mentions.unread(shop, reader, limit, after)
    keys = list(dict.fromkeys(key_of_id(mention.case) for mention in page.items))
    stored = services.desk.cases(keys)
    return [stored[key] for key in keys if key in stored], page.next


def _of_lists(
    services: "ViewCasesServices", shop: str, reader: str, view: View, limit: int, after: str | None
) -> tuple[list[StoredCase], str | None]:
    span = span_of(view, services.now())
    team = team_of(reader, [status.agent for status in services.agents.statuses(shop)]) if view == "team" else None
    if team is not None and not team.members:
        return [], None
    entries = services.desk.listed(shop, span, after, limit + 1)
    page, following = _page(entries, team, limit)
    loaded = services.desk.cases(entry.key for entry in page)
    stored = [loaded[entry.key] for entry in page if entry.key in loaded]
    return [each for each in stored if _is_in(each, span, team)], following


def _page(entries: Iterator[Listed], team: Team | None, limit: int) -> tuple[list[Listed], str | None]:
    """The first entries that are wanted, each case once, and the cursor behind them."""
    wanted: dict[str, Listed] = {}
    last = ""
    looked_at = 0
    for entry in islice(entries, MAX_LOOKED_AT + 1):
        if len(wanted) == limit or looked_at == MAX_LOOKED_AT:
            return list(wanted.values()), last
        looked_at, last = looked_at + 1, entry.sort
        if team is None or team.has(entry.assignee, entry.team):
            wanted.setdefault(entry.key, entry)
    return list(wanted.values()), None


def _is_in(stored: StoredCase, span: Span, team: Team | None) -> bool:
    """Whether a case is still where the lists had it."""
    place = place_of(stored.case) if stored.case is not None else None
    if stored.case is None or place is None or place.list not in span.lists:
        return False
    due_at: Instant = place.sort
    in_time = due_at >= span.start and (span.end is None or due_at < span.end)
    return in_time and (team is None or team.has(stored.case.assignee, stored.case.team))
