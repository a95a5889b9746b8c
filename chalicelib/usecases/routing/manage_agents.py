"""Manage a shop's agents: what they work on, whether they are here, and which case each is to work on next."""

import re
from typing import TYPE_CHECKING

from msgspec.structs import asdict, replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.customers.identity import mail_of
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, NotFound, invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import SECOND_MS
from chalicelib.domain.routing.agents import AGENT_ID, Agent, AgentIn, AgentStatus, Presence
from chalicelib.domain.routing.facts import CaseReleased
from chalicelib.domain.routing.urgency import urgency
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla.calendars import ALWAYS
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.cases.read_case import CaseFile, load_case_files
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.routing.shifts import ALL_CASES, schedule_shift_start

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasCases,
        HasClock,
        HasCustomers,
        HasOrderRecords,
        HasRegistries,
        HasShops,
    )

    class ManageAgentsServices(
        HasAgents, HasCases, HasClock, HasCustomers, HasOrderRecords, HasRegistries, HasShops, Protocol
    ):
        """The services that `manage_agents` uses."""


SHOP_CACHE_MS = 90 * SECOND_MS
"""How long after the change some functions may not know that a shop has agents, because they cache shops."""


def put_agent(services: "ManageAgentsServices", shop_id: str, agent: str, settings: AgentIn) -> AgentStatus:
    """Save an agent's settings. From a shop's first agent on, its cases are routed."""
    shop = shop_of(services, shop_id)
    if not re.fullmatch(AGENT_ID, agent):
        raise invalid("agent", "is the name they log in by: letters, digits and ._@+-, 80 at most")
    is_always_on_shift = settings.calendar == ALWAYS.id
    calendar = ALWAYS if is_always_on_shift else services.shops.newest_calendar(shop_id, settings.calendar)
    if calendar is None:
        raise invalid("calendar", f"the shop has no calendar {settings.calendar!r}")
    _check_email(services, shop, agent, settings)
    services.agents.save(shop_id, Agent(id=agent, **(asdict(settings) | {"calendar": calendar.name})))
    if not shop.routes:
        _start_routing(services, shop)
    schedule_shift_start(services, shop_id, agent, calendar)
    services.agents.request_matching(shop_id, services.now())
    return read_agent(services, shop_id, agent)


def _start_routing(services: "ManageAgentsServices", shop: Shop) -> None:
    """Have all open cases routed: now, and once more when all functions know that the shop has agents."""
    services.shops.save(replace(shop, routes=True))
    for delay in (SECOND_MS, SHOP_CACHE_MS):
        now = services.now()
        services.agents.schedule_matching(shop.id, ALL_CASES, now + delay, now)


def _check_email(services: "ManageAgentsServices", shop: Shop, agent: str, settings: AgentIn) -> None:
    """Refuse an address that another agent or the shop itself uses, because an email's sender must be one agent."""
    address = mail_of(settings.email or (agent if "@" in agent else None))
    if address is None:
        return
    if address == mail_of(shop.mail_from) or address in shop.forms:
        raise invalid("email", "is an address of the shop itself, which several people may write from")
    for status in services.agents.statuses(shop.id):
        if status.agent.id != agent and mail_of(status.agent.writes_from) == address:
            raise Conflict(f"{address} is the address of {status.agent.id}.")


def find_agent(services: "ManageAgentsServices", shop_id: str, agent: str) -> AgentStatus | None:
    """The agent of a shop with this name; None for any text that is nobody's."""
    return services.agents.status(shop_id, agent) if re.fullmatch(AGENT_ID, agent) else None


def read_agent(services: "ManageAgentsServices", shop_id: str, agent: str) -> AgentStatus:
    """An agent of a shop; NotFound when the shop has no such agent."""
    shop_of(services, shop_id, fresh=False)
    status = find_agent(services, shop_id, agent)
    if status is None:
        raise NotFound(f"There is no agent {agent!r} on the roster of {shop_id}.")
    return status


def set_presence(services: "ManageAgentsServices", shop_id: str, agent: str, state: Presence) -> AgentStatus:
    """Store whether an agent is here. An agent who is away keeps their cases and gets no more."""
    read_agent(services, shop_id, agent)
    services.agents.set_presence(shop_id, agent, state, services.now())
    return read_agent(services, shop_id, agent)


def remove_agent(services: "ManageAgentsServices", shop_id: str, agent: str, by: Actor) -> int:
    """Remove an agent from the shop and release their cases for others; the number of these cases. Without agents the
    shop's cases are not routed any more."""
    read_agent(services, shop_id, agent)
    services.agents.set_presence(shop_id, agent, "away", services.now())
    assigned = services.cases.load_many(services.agents.assigned(shop_id, agent)).values()
    for stored in assigned:
        if stored.case is not None:
            _release(services, stored.case, agent, by)
    if services.agents.assigned(shop_id, agent):
        raise Conflict(f"{agent} was given a case at this moment: try again.")
    services.agents.leave(shop_id, agent)
    if not services.agents.statuses(shop_id):
        services.shops.save(replace(shop_of(services, shop_id), routes=False))
    return len(assigned)


def _release(services: "ManageAgentsServices", case: Case, agent: str, by: Actor) -> None:
    """Take the case from an agent who leaves, unless somebody else has it already."""

    def decide_facts(case: Case) -> list[Fact]:
        return [CaseReleased(agent=agent, why="left")] if case.routing.held_by == agent else []

    handle(services, Command(case=case.id, shop=case.shop, by=by), decide_facts)


def next_work(services: "ManageAgentsServices", shop_id: str, agent: str) -> list[CaseFile]:
    """The cases that are assigned to an agent, the most urgent first."""
    read_agent(services, shop_id, agent)
    listed = services.cases.load_many(services.agents.assigned(shop_id, agent)).values()
    assigned = [stored for stored in listed if stored.case is not None and stored.case.routing.held_by == agent]
    return load_case_files(services, sorted(assigned, key=_urgency_and_key))


def _urgency_and_key(stored: StoredCase) -> str:
    assert stored.case is not None
    return f"{urgency(stored.case)}#{key_of_id(stored.case.id)}"
