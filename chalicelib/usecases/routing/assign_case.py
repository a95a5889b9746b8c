"""Assign a case to an agent or put it into the queue, and assign waiting cases to agents who have room.

Several of these may run at the same time. A case is assigned by one conditional write of the case and of the agent's
load together, so no agent gets more than their capacity. After a case was queued the agents are looked at once more,
so no case waits while an agent who fits is free.
"""

from typing import TYPE_CHECKING

from chalicelib.domain.routing.routing import (
    RoutingDecision,
    RoutingRequest,
    choose_agent,
    is_above_its_agent,
    needs_agent,
    routing_request,
)
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.cases import AtCapacity, StoredCase
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.routing.append_assignment import append_assignment
from chalicelib.usecases.routing.assign_waiting_cases import assign_waiting_cases
from chalicelib.usecases.routing.available_agents import Agents, as_away, available_agents, on_shift

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasCases, HasClock, HasRegistries, HasShops

    class AssignCaseServices(HasAgents, HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `assign_case` uses."""


MAX_TRIES = 8
"""How many agents are tried for a case while others fill up."""


def assign_case(services: "AssignCaseServices", key: str, is_new: bool = False) -> str | None:
    """Assign the case or queue it, if it needs an agent; then assign waiting cases. The agent, or why the case was
    queued; None when nothing was to be done with it.

    `is_new`: this follows from the opening of the case, so no agent has got room by it.
    """
    stored = services.cases.load(key)
    case = stored.case
    if case is None or case.historical:
        return None
    shop = shop_of(services, case.shop, fresh=False)
    if not shop.routes:
        return None
    if needs_agent(case):
        return _route(services, shop, stored, is_new)
    is_busy = case.routing.held_by is not None or case.routing.queued is not None
    agents = available_agents(services, shop.id) if is_busy else None
    outcome = None
    if agents is not None and is_above_its_agent(case, agents.values()):
        outcome = _assign_or_queue(services, shop, stored, agents)
        agents = None
    assign_waiting_cases(services, shop, agents)
    return outcome


def _route(services: "AssignCaseServices", shop: Shop, stored: StoredCase, is_new: bool) -> str | None:
    """Assign or queue a case that needs an agent, then assign waiting cases if somebody may have got room."""
    assert stored.case is not None
    request = routing_request(stored.key, stored.case)
    agents = _known_agents(services, shop, request)
    outcome = _assign_or_queue(services, shop, stored, agents)
    if outcome in agents:
        if not is_new:
            assign_waiting_cases(services, shop)
        return outcome
    agents = available_agents(services, shop.id)
    if not is_new or choose_agent(request, agents.values()).chosen:
        assign_waiting_cases(services, shop, agents)
    return outcome


def _known_agents(services: "AssignCaseServices", shop: Shop, request: RoutingRequest) -> Agents:
    """The agents as they were read a moment ago if nobody could take the case then, and as they are now otherwise.

    While everybody is busy, a case thus costs one reading of the agents: the one after it was queued.
    """
    recent = services.agents.recent_statuses(shop.id)
    agents = on_shift(services, shop.id, recent or ())
    is_outdated = recent is None or choose_agent(request, agents.values()).chosen is not None
    return available_agents(services, shop.id) if is_outdated else agents


def _assign_or_queue(services: "AssignCaseServices", shop: Shop, stored: StoredCase, agents: Agents) -> str | None:
    """Assign the case to the agent it fits best; to the next one if they are full meanwhile; or else queue it."""
    assert stored.case is not None
    request = routing_request(stored.key, stored.case)
    for _ in range(MAX_TRIES):
        decision = choose_agent(request, agents.values())
        try:
            return append_assignment(services, shop, stored, decision, agents)
        except AtCapacity as refused:
            agents[str(refused)] = as_away(agents[str(refused)])
    return append_assignment(services, shop, stored, RoutingDecision(queued="all_full"), agents)
