"""The views of the desk: which lists of open work each is made of."""

from typing import Literal, get_args

from msgspec import Struct

from chalicelib.domain.desk.place import SNOOZED, TURNS, WhoseTurn
from chalicelib.domain.kernel.timestamps import HOUR_MS, Instant
from chalicelib.domain.routing.agents import Agent

View = Literal[
    "mine",
    "unassigned",
    "team",
    "breached",
    "due_soon",
    "waiting_customer",
    "waiting_carrier",
    "waiting_warehouse",
    "waiting_finance",
    "approval",
    "snoozed",
    "mentions",
    "all",
]
VIEWS: tuple[View, ...] = get_args(View)
SOON_MS = HOUR_MS
UNASSIGNED = tuple(f"unassigned#{turn}" for turn in TURNS)
ASSIGNED = tuple(f"assigned#{turn}" for turn in TURNS)
WORKING = (*UNASSIGNED, *ASSIGNED)
"""The lists of what is worked on: all but the snoozed."""
LISTS = (*WORKING, SNOOZED)
WAITING_FOR: dict[View, WhoseTurn] = {
    "waiting_customer": "customer",
    "waiting_carrier": "carrier",
    "waiting_warehouse": "warehouse",
    "waiting_finance": "finance",
    "approval": "second_person",
}


class Span(Struct, frozen=True):
    """Which part of some lists: those whose next promise is due from `start` until before `end`."""

    lists: tuple[str, ...]
    start: Instant = 0
    end: Instant | None = None


def span_of(view: View, now: Instant) -> Span:
    """The lists that a view of the whole shop is made of. Of `mine` and `team` these are only those to choose from, and
    of `mentions` none. A promise that is broken while its case is snoozed is broken nevertheless."""
    if view == "breached":
        return Span(LISTS, 0, now)
    if view == "due_soon":
        return Span(LISTS, now, now + SOON_MS)
    if view in WAITING_FOR:
        turn = WAITING_FOR[view]
        return Span((f"unassigned#{turn}", f"assigned#{turn}"))
    lists: dict[View, tuple[str, ...]] = {"unassigned": UNASSIGNED, "snoozed": (SNOOZED,), "mentions": ()}
    return Span(lists.get(view, WORKING))


class Team(Struct, frozen=True):
    """The team of an agent, as it bounds the view `team`. `teams` is empty if the agent belongs to all of them."""

    members: frozenset[str]
    teams: frozenset[str]

    def has(self, assignee: str | None, team: str | None) -> bool:
        """Whether a case with this assignee and team is of this team: a member's, or one that waits for a member."""
        if assignee is not None:
            return assignee in self.members
        return not self.teams or team in self.teams


def team_of(name: str, agents: list[Agent]) -> Team:
    """The team of the agent of that name: everybody who is in one of their teams. Who names no team belongs to all.
    Somebody who is no agent of the shop has no team, and therefore an empty one."""
    me = next((agent for agent in agents if agent.id == name), None)
    if me is None:
        return Team(frozenset(), frozenset({""}))
    mine = frozenset(me.teams)
    members = (agent.id for agent in agents if not mine or not agent.teams or mine & set(agent.teams))
    return Team(frozenset(members), mine)
