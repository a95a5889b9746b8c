"""The roster of a shop: who its agents are, what they work on, whether they are here; and what each is to do next."""

import re

from msgspec.structs import asdict, replace

from chalicelib.domain.cases.facts import CaseReleased
from chalicelib.domain.cases.urgency import urgency
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, NotFound, invalid
from chalicelib.domain.kernel.ids import key_in
from chalicelib.domain.kernel.timestamps import SECOND
from chalicelib.domain.routing.routing import AGENT_ID, Agent, AgentIn, Post, Presence
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla.calendars import ALWAYS
from chalicelib.usecases.cases.handle_command import Deed, carry_out
from chalicelib.usecases.cases.read_case import CaseFile, open_files
from chalicelib.usecases.ports import Stored
from chalicelib.usecases.ports.services import Desk, shop_of
from chalicelib.usecases.routing.assign_case import EVERYBODY, wake_for_shift

KNOWN_BY_ALL = 90 * SECOND
"""So long after it is saved all functions know that a shop has a roster."""


def put_agent(desk: Desk, shop_id: str, agent: str, told: AgentIn) -> Post:
    """Keep what an agent works on. From its first agent on a shop's cases are given to those on its roster."""
    shop = shop_of(desk, shop_id)
    if not re.fullmatch(AGENT_ID, agent):
        raise invalid("agent", "is the name they log in by: letters, digits and ._@+-, 80 at most")
    calendar = desk.shops.newest_calendar(shop_id, told.calendar) if told.calendar != ALWAYS.id else ALWAYS
    if calendar is None:
        raise invalid("calendar", f"the shop has no calendar {told.calendar!r}")
    _check_email(desk, shop, agent, told)
    kept = Agent(id=agent, **(asdict(told) | {"calendar": calendar.name}))
    desk.roster.save(shop_id, kept)
    if not shop.routes:
        desk.shops.save(replace(shop, routes=True))
        for wait in (SECOND, KNOWN_BY_ALL):  # what is open now; and what is opened before everybody knows
            desk.roster.wake(shop_id, EVERYBODY, desk.now() + wait, desk.now())
    wake_for_shift(desk, shop_id, agent, calendar)
    desk.roster.nudge(shop_id, desk.now())
    return read_agent(desk, shop_id, agent)


def _check_email(desk: Desk, shop: Shop, agent: str, told: AgentIn) -> None:
    """An address is one agent's: what comes from there is theirs, and goes out as theirs."""
    mine = mail_of(told.email or (agent if "@" in agent else None))
    if mine is None:
        return
    if mine == mail_of(shop.mail_from) or mine in shop.forms:
        raise invalid("email", "is an address of the shop itself, which several people may write from")
    for post in desk.roster.posts(shop.id):
        if post.agent.id != agent and mail_of(post.agent.writes_from) == mine:
            raise Conflict(f"{mine} is the address of {post.agent.id}.")


def read_agent(desk: Desk, shop_id: str, agent: str) -> Post:
    """An agent of a shop; NotFound when they are not on its roster."""
    shop_of(desk, shop_id, fresh=False)
    post = desk.roster.post(shop_id, agent)
    if post is None:
        raise NotFound(f"There is no agent {agent!r} on the roster of {shop_id}.")
    return post


def set_presence(desk: Desk, shop_id: str, agent: str, state: Presence) -> Post:
    """Note whether an agent is here. Who is away keeps what they hold and gets nothing more."""
    read_agent(desk, shop_id, agent)
    desk.roster.set_presence(shop_id, agent, state, desk.now())
    return read_agent(desk, shop_id, agent)


def remove_agent(desk: Desk, shop_id: str, agent: str, by: Actor) -> int:
    """Take an agent off the roster; what they held is given to others. How many cases that were. With the last of them
    the shop's cases are given to nobody again."""
    read_agent(desk, shop_id, agent)
    desk.roster.set_presence(shop_id, agent, "away", desk.now())
    held = [stored.case for stored in desk.cases.load_many(desk.roster.held(shop_id, agent)).values()]
    for case in held:
        if case is not None:
            deed = Deed(case=case.id, shop=shop_id, by=by)
            carry_out(desk, deed, lambda now: [CaseReleased(agent=agent, why="left")] if now.held_by == agent else [])
    if desk.roster.held(shop_id, agent):
        raise Conflict(f"{agent} was given a case at this moment: try again.")
    desk.roster.leave(shop_id, agent)
    if not desk.roster.posts(shop_id):
        desk.shops.save(replace(shop_of(desk, shop_id), routes=False))
    return len(held)


def next_work(desk: Desk, shop_id: str, agent: str) -> list[CaseFile]:
    """What an agent holds, the most urgent first."""
    read_agent(desk, shop_id, agent)
    found = desk.cases.load_many(desk.roster.held(shop_id, agent)).values()
    mine = [one for one in found if one.case is not None and one.case.held_by == agent]
    return open_files(desk, sorted(mine, key=_place))


def _place(stored: Stored) -> str:
    assert stored.case is not None
    return f"{urgency(stored.case)}#{key_in(stored.case.id)}"
