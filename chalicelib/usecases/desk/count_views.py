"""How many cases each view of the desk has: exact up to a hundred, and "more" above. Of the team's view the number is
the least that there are: in long lists only the first cases are looked at for those of the team."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.desk.views import LISTS, UNASSIGNED, VIEWS, Span, Team, View, span_of, team_of
from chalicelib.domain.kernel.timestamps import FAR
from chalicelib.usecases.desk.list_view import FILL_MS
from chalicelib.usecases.ports.desk import Listed

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasClock, HasDesk, HasMentions

    class CountViewsServices(HasAgents, HasClock, HasDesk, HasMentions, Protocol):
        """The services that `count_views` uses."""


EXACT = 100
"""Up to here counts are exact. One more is read of each list."""


class Count(Struct, frozen=True):
    """The number of cases in a view; `more`: it has more than this, or, of a team, may have more."""

    view: View
    count: int
    more: bool = False


class Counts(Struct, frozen=True):
    """The counts of all views; `complete` as in `ViewPage`."""

    views: list[Count]
    complete: bool = True


def count_views(services: "CountViewsServices", shop: str, reader: str) -> Counts:
    """The counts of all views for an agent. It takes a query for each list and for each member of the agent's team,
    all at the same time; more cases take no more of them."""
    now = services.now()
    complete = services.desk.fill(shop, now, now + FILL_MS)
    team = team_of(reader, [status.agent for status in services.agents.statuses(shop)])
    lists = dict(zip(LISTS, services.desk.first(shop, Span(LISTS), EXACT + 1), strict=True))
    own, of_team = _assigned(services, shop, reader, team)
    of_views = {view: count_span(services, shop, lists, span_of(view, now)) for view in VIEWS}
    of_views |= {
        "mentions": _mentioned(services, shop, reader),
        "mine": own,
        "team": of_team + sum(team.has(None, entry.team) for each in UNASSIGNED for entry in lists[each]),
    }
    counts = {view: Count(view, min(count, EXACT), count > EXACT) for view, count in of_views.items()}
    if team.members and any(len(lists[each]) > EXACT for each in UNASSIGNED):
        counts["team"] = Count("team", counts["team"].count, more=True)
    return Counts(list(counts.values()), complete)


def _mentioned(services: "CountViewsServices", shop: str, reader: str) -> int:
    """In how many cases an agent was mentioned and has not read it."""
    return len({mention.case for mention in services.mentions.unread(shop, reader, EXACT + 1, None).items})


def _assigned(services: "CountViewsServices", shop: str, reader: str, team: Team) -> tuple[int, int]:
    """How many cases are assigned to an agent, and how many to the agent's team."""
    colleagues = sorted(team.members - {reader})
    own, *theirs = (len(keys) for keys in services.desk.assigned(shop, [reader, *colleagues], EXACT + 1))
    return own, sum(theirs) + (own if reader in team.members else 0)


def count_span(services: "HasDesk", shop: str, lists: dict[str, list[Listed]], span: Span) -> int:
    """How many cases a span has, from what was read of the lists. If a list is longer than what was read, and that ends
    before the span does, the list is read again from the start of the span."""
    end = span.end if span.end is not None else FAR * 2
    longer = tuple(each for each in span.lists if len(lists[each]) > EXACT and lists[each][-1].due_at < end)
    counts = {each: sum(_is_in(entry, span) for entry in lists[each]) for each in span.lists}
    if longer and sum(counts.values()) <= EXACT:
        again = services.desk.first(shop, Span(longer, span.start, span.end), EXACT + 1)
        counts |= {each: len(entries) for each, entries in zip(longer, again, strict=True)}
    return sum(counts.values())


def _is_in(entry: Listed, span: Span) -> bool:
    return entry.due_at >= span.start and (span.end is None or entry.due_at < span.end)
