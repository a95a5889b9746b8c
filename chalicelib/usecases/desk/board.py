"""The supervisors' board: who is here, what waits, which promises are broken or about to be, and what today brought.

It reads a bounded number of items, however large the shop. Looking at it changes nothing: no case is marked as seen.
"""

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.desk.views import LISTS, UNASSIGNED, Span, View, span_of
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.routing.agents import AgentStatus
from chalicelib.usecases.desk.count_day import DayFigure, count_day
from chalicelib.usecases.desk.count_views import EXACT, count_span
from chalicelib.usecases.desk.list_view import FILL_MS
from chalicelib.usecases.desk.rows import Row, rows_of
from chalicelib.usecases.ports.desk import Listed
from chalicelib.usecases.routing.available_agents import on_shift

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasCases, HasClock, HasCustomers, HasDesk, HasShops

    class BoardServices(HasAgents, HasCases, HasClock, HasCustomers, HasDesk, HasShops, Protocol):
        """The services that `board` uses."""


SHOWN = 10
"""So many cases are shown of those whose promise is broken, or about to be."""
MOST = 300
"""So many cases are read of each list."""


class BoardAgent(Struct, frozen=True):
    """An agent on the board. `works`: here and on shift."""

    status: AgentStatus
    works: bool


class WaitingShare(Struct, frozen=True):
    """How many cases of a type and language are assigned to nobody."""

    type: str
    language: str
    count: int


class Promises(Struct, frozen=True):
    """The cases of a view of promises: how many (`more` than this), and the first of them."""

    view: View
    count: int
    more: bool
    rows: list[Row]


class Board(Struct, frozen=True, kw_only=True):
    """The board at a moment. `waiting_more`: more cases wait than were counted."""

    now: Instant
    agents: list[BoardAgent]
    waiting: list[WaitingShare]
    waiting_more: bool
    broken: Promises
    soon: Promises
    today: list[DayFigure]
    complete: bool


def board(services: "BoardServices", shop: str, reader: str) -> Board:
    """The board of a shop, as this member of staff sees it."""
    now = services.now()
    complete = services.desk.fill(shop, now, now + FILL_MS)
    lists = dict(zip(LISTS, services.desk.first(shop, Span(LISTS), MOST), strict=True))
    unassigned = [entry for name in UNASSIGNED for entry in lists[name]]
    return Board(
        now=now,
        agents=_agents(services, shop),
        waiting=_waiting(unassigned),
        waiting_more=any(len(lists[name]) == MOST for name in UNASSIGNED),
        broken=_promises(services, shop, reader, lists, "breached", now),
        soon=_promises(services, shop, reader, lists, "due_soon", now),
        today=count_day(services, shop),
        complete=complete,
    )


def _agents(services: "BoardServices", shop: str) -> list[BoardAgent]:
    statuses = services.agents.statuses(shop)
    working = on_shift(services, shop, statuses)
    agents = [BoardAgent(status, working[status.agent.id].here) for status in statuses]
    return sorted(agents, key=lambda each: (not each.works, not each.status.here, each.status.agent.id))


def _waiting(entries: list[Listed]) -> list[WaitingShare]:
    counts = Counter((entry.type, entry.language) for entry in entries)
    return [WaitingShare(kind, language, count) for (kind, language), count in counts.most_common()]


def _promises(
    services: "BoardServices", shop: str, reader: str, lists: dict[str, list[Listed]], view: View, now: Instant
) -> Promises:
    span = span_of(view, now)
    entries = sorted((entry for name in span.lists for entry in lists[name]), key=lambda entry: entry.sort)
    first = [entry.key for entry in entries if span.start <= entry.due_at < (span.end or 0)][:SHOWN]
    count = count_span(services, shop, lists, span)
    rows = [row for row in rows_of(services, shop, reader, first) if row.status not in ("resolved", "closed")]
    return Promises(view, min(count, EXACT), count > EXACT, rows)
