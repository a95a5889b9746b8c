"""The roster of a shop: who its agents are, what they work on, whether they are here; and what each is to do next."""

import re

from msgspec.structs import asdict, replace

from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, NotFound, invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import SECOND_MS
from chalicelib.domain.routing.agents import AGENT_ID, Agent, AgentIn, AgentStatus, Presence
from chalicelib.domain.routing.facts import CaseReleased
from chalicelib.domain.routing.urgency import urgency
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla.calendars import ALWAYS
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.cases.read_case import CaseFile, open_files
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services, shop_of
from chalicelib.usecases.routing.assign_case import EVERYBODY, schedule_shift_start

KNOWN_BY_ALL = 90 * SECOND_MS
"""So long after it is saved all functions know that a shop has a roster."""


def put_agent(services: Services, shop_id: str, agent: str, told: AgentIn) -> AgentStatus:
    """Keep what an agent works on. From its first agent on a shop's cases are given to those on its roster."""
    shop = shop_of(services, shop_id)
    if not re.fullmatch(AGENT_ID, agent):
        raise invalid("agent", "is the name they log in by: letters, digits and ._@+-, 80 at most")
    calendar = services.shops.newest_calendar(shop_id, told.calendar) if told.calendar != ALWAYS.id else ALWAYS
    if calendar is None:
        raise invalid("calendar", f"the shop has no calendar {told.calendar!r}")
    _check_email(services, shop, agent, told)
    kept = Agent(id=agent, **(asdict(told) | {"calendar": calendar.name}))
    services.agents.save(shop_id, kept)
    if not shop.routes:
        services.shops.save(replace(shop, routes=True))
        for wait in (SECOND_MS, KNOWN_BY_ALL):  # what is open now; and what is opened before everybody knows
            services.agents.schedule_matching(shop_id, EVERYBODY, services.now() + wait, services.now())
    schedule_shift_start(services, shop_id, agent, calendar)
    services.agents.request_matching(shop_id, services.now())
    return read_agent(services, shop_id, agent)


def _check_email(services: Services, shop: Shop, agent: str, told: AgentIn) -> None:
    """An address is one agent's: what comes from there is theirs, and goes out as theirs."""
    mine = mail_of(told.email or (agent if "@" in agent else None))
    if mine is None:
        return
    if mine == mail_of(shop.mail_from) or mine in shop.forms:
        raise invalid("email", "is an address of the shop itself, which several people may write from")
    for post in services.agents.statuses(shop.id):
        if post.agent.id != agent and mail_of(post.agent.writes_from) == mine:
            raise Conflict(f"{mine} is the address of {post.agent.id}.")


def read_agent(services: Services, shop_id: str, agent: str) -> AgentStatus:
    """An agent of a shop; NotFound when they are not on its roster."""
    shop_of(services, shop_id, fresh=False)
    post = services.agents.status(shop_id, agent)
    if post is None:
        raise NotFound(f"There is no agent {agent!r} on the roster of {shop_id}.")
    return post


def set_presence(services: Services, shop_id: str, agent: str, state: Presence) -> AgentStatus:
    """Note whether an agent is here. Who is away keeps what they hold and gets nothing more."""
    read_agent(services, shop_id, agent)
    services.agents.set_presence(shop_id, agent, state, services.now())
    return read_agent(services, shop_id, agent)


def remove_agent(services: Services, shop_id: str, agent: str, by: Actor) -> int:
    """Take an agent off the roster; what they held is given to others. How many cases that were. With the last of them
    the shop's cases are given to nobody again."""
    read_agent(services, shop_id, agent)
    services.agents.set_presence(shop_id, agent, "away", services.now())
    held = [stored.case for stored in services.cases.load_many(services.agents.assigned(shop_id, agent)).values()]
    for case in held:
        if case is not None:
            command = Command(case=case.id, shop=shop_id, by=by)
            handle(
                services,
                command,
                lambda now: [CaseReleased(agent=agent, why="left")] if now.routing.held_by == agent else [],
            )
    if services.agents.assigned(shop_id, agent):
        raise Conflict(f"{agent} was given a case at this moment: try again.")
    services.agents.leave(shop_id, agent)
    if not services.agents.statuses(shop_id):
        services.shops.save(replace(shop_of(services, shop_id), routes=False))
    return len(held)


def next_work(services: Services, shop_id: str, agent: str) -> list[CaseFile]:
    """What an agent holds, the most urgent first."""
    read_agent(services, shop_id, agent)
    found = services.cases.load_many(services.agents.assigned(shop_id, agent)).values()
    mine = [one for one in found if one.case is not None and one.case.routing.held_by == agent]
    return open_files(services, sorted(mine, key=_place))


def _place(stored: StoredCase) -> str:
    assert stored.case is not None
    return f"{urgency(stored.case)}#{key_of_id(stored.case.id)}"
