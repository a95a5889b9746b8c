"""Assign waiting cases to agents who have room, reading the queue from its front by small pages."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.routing.routing import RoutingDecision, RoutingRequest, choose_agent
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.cases import AtCapacity
from chalicelib.usecases.routing.append_assignment import append_assignment
from chalicelib.usecases.routing.available_agents import Agents, as_away, available_agents, has_anybody_room

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasCases, HasClock, HasRegistries, HasShops

    class AssignWaitingCasesServices(HasAgents, HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `assign_waiting_cases` uses."""


MAX_WAITING = 1_000
"""How many waiting cases are matched with agents at a time at most."""


def assign_waiting_cases(services: "AssignWaitingCasesServices", shop: Shop, agents: Agents | None = None) -> list[str]:
    """Assign waiting cases to agents who have room, in the order of the queue; the keys of those that were assigned.

    `agents`: all agents of the shop, if the caller has just read them. They are read only if a case waits, and the
    queue only while one of them has room.
    """
    assigned: list[str] = []
    if agents is not None and not has_anybody_room(agents):
        return assigned
    for request in services.agents.queue(shop.id, MAX_WAITING):
        agents = available_agents(services, shop.id) if agents is None else agents
        if not has_anybody_room(agents):
            break
        decision = choose_agent(request, agents.values())
        if decision.chosen is not None and _assign_waiting(services, shop, request, decision, agents):
            assigned.append(request.key)
    return assigned


def _assign_waiting(
    services: "AssignWaitingCasesServices",
    shop: Shop,
    request: RoutingRequest,
    decision: RoutingDecision,
    agents: Agents,
) -> bool:
    """Assign a waiting case to the chosen agent, and update their status in `agents`; whether it was assigned."""
    chosen = decision.chosen
    assert chosen is not None
    stored = services.cases.load(request.key)
    try:
        is_assigned = append_assignment(services, shop, stored, decision, agents) == chosen.agent.id
    except AtCapacity:
        agents[chosen.agent.id] = as_away(chosen)
        return False
    if is_assigned:
        agents[chosen.agent.id] = replace(chosen, load=chosen.load + 1, last_at=services.now())
    return is_assigned
