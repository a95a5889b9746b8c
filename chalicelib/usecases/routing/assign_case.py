"""Assign a case to an agent or put it into the queue, and assign waiting cases to agents who have room.

Several of these may run at the same time. A case is assigned by one conditional write of the case and of the agent's
load together, so no agent gets more than their capacity. After a case was queued the queue is matched once more, so no
case waits while an agent who fits is free.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.routing.agents import AgentStatus
from chalicelib.domain.routing.facts import CaseAssigned, CaseQueued, CaseReleased
from chalicelib.domain.routing.routing import (
    RoutingDecision,
    RoutingRequest,
    choose_agent,
    is_on_shift,
    needs_agent,
    routing_request,
)
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import Conditions, append_events
from chalicelib.usecases.ports.cases import AtCapacity, StoredCase
from chalicelib.usecases.ports.shop_rules import calendar_of, shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasCases, HasClock, HasRegistries, HasShops

    class AssignCaseServices(HasAgents, HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `assign_case` uses."""


MAX_WAITING = 1_000
"""How many waiting cases are matched with agents at a time, the most urgent first."""
MAX_TRIES = 8
"""How many agents are tried for a case while others fill up."""


def assign_case(services: "AssignCaseServices", key: str) -> str | None:
    """Assign the case or queue it, if it needs an agent; then assign waiting cases. The agent, or why the case was
    queued; None when nothing was to be done with it."""
    stored = services.cases.load(key)
    case = stored.case
    if case is None or case.historical:
        return None
    shop = shop_of(services, case.shop, fresh=False)
    if not shop.routes:
        return None
    is_to_route = needs_agent(case) or _is_above_its_agent(services, shop, case)
    outcome = _assign_or_queue(services, shop, stored) if is_to_route else None
    assign_waiting_cases(services, shop)
    return outcome


def _is_above_its_agent(services: "AssignCaseServices", shop: Shop, case: Case) -> bool:
    """Whether the case was escalated to a tier that its agent does not work on and another agent does."""
    if not case.routing.held_by or case.done:
        return False
    statuses = {status.agent.id: status for status in services.agents.statuses(shop.id)}
    assigned = statuses.get(case.routing.held_by)
    if assigned is None or case.tier in assigned.agent.tiers:
        return False
    return any(case.tier in status.agent.tiers for status in statuses.values())


def _assign_or_queue(services: "AssignCaseServices", shop: Shop, stored: StoredCase) -> str | None:
    """Assign the case to the agent it fits best; to the next one if they are full meanwhile; or else queue it."""
    assert stored.case is not None
    full: set[str] = set()
    for _ in range(MAX_TRIES):
        decision = choose_agent(routing_request(stored.key, stored.case), _on_shift(services, shop, full))
        try:
            return _append(services, shop, stored.key, decision)
        except AtCapacity as refused:
            full.add(str(refused))
    return _append(services, shop, stored.key, RoutingDecision(queued="all_full"))


def _on_shift(services: "AssignCaseServices", shop: Shop, full: Iterable[str] = ()) -> list[AgentStatus]:
    """All agents of the shop, as away if they are not on shift or among the `full` ones."""
    now = services.now()
    works_now: dict[str, bool] = {}
    statuses = []
    for status in services.agents.statuses(shop.id):
        calendar = status.agent.calendar
        if status.here and calendar not in works_now:
            works_now[calendar] = is_on_shift(calendar_of(services, shop.id, calendar), now)
        is_available = status.here and works_now[calendar] and status.agent.id not in full
        statuses.append(status if is_available == status.here else _as_away(status))
    return statuses


def _as_away(status: AgentStatus) -> AgentStatus:
    return AgentStatus(agent=status.agent, here=False, load=status.load, last_at=status.last_at)


def _append(services: "AssignCaseServices", shop: Shop, key: str, decision: RoutingDecision) -> str | None:
    """Append the decision to the case, if it still needs an agent or waits; AtCapacity when the agent has no room."""

    def decide(stored: StoredCase) -> list[Event]:
        case = stored.case
        if case is None:
            return []
        is_to_route = needs_agent(case) or case.routing.queued is not None
        if not (is_to_route or _is_above_its_agent(services, shop, case)):
            return []
        routed_at = max(services.now(), events.time_of_order(stored.last) + 1)
        version = str(stored.version)
        return [
            events.event(routed_at, SYSTEM, fact, key, "routed", version, str(place))
            for place, fact in enumerate(_facts(case, decision))
        ]

    before = services.cases.load(key)
    after = append_events(services, shop, key, decide, Conditions(seen=before))
    if after.version == before.version or after.case is None:
        return None
    return after.case.routing.held_by or (decision.queued if after.case.routing.queued else None)


def _facts(case: Case, decision: RoutingDecision) -> Iterable[Fact]:
    if decision.chosen is not None:
        agent = decision.chosen.agent
        yield CaseAssigned(
            assignee=agent.id,
            why=decision.why,
            load=decision.chosen.load + 1,
            fitting=decision.fitting,
            shift=agent.shift,
            calendar=agent.calendar,
        )
        return
    if case.routing.held_by is not None:
        yield CaseReleased(agent=case.routing.held_by, why="escalated")
    if case.routing.queued is None:
        yield CaseQueued(why=decision.queued)


def assign_waiting_cases(services: "AssignCaseServices", shop: Shop) -> list[str]:
    """Assign waiting cases to agents who have room, the most urgent first; the keys of those that were assigned."""
    assigned: list[str] = []
    waiting = services.agents.queue(shop.id, MAX_WAITING)
    statuses = {status.agent.id: status for status in _on_shift(services, shop)} if waiting else {}
    for request in waiting:
        if not any(status.here and status.has_room for status in statuses.values()):
            break
        decision = choose_agent(request, statuses.values())
        if decision.chosen is not None and _assign_waiting(services, shop, request, decision, statuses):
            assigned.append(request.key)
    return assigned


def _assign_waiting(
    services: "AssignCaseServices",
    shop: Shop,
    request: RoutingRequest,
    decision: RoutingDecision,
    statuses: dict[str, AgentStatus],
) -> bool:
    """Assign a waiting case to the chosen agent, and update their status in `statuses`; whether it was assigned."""
    chosen = decision.chosen
    assert chosen is not None
    agent = chosen.agent
    now = services.now()
    try:
        is_assigned = _append(services, shop, request.key, decision) == agent.id
    except AtCapacity:
        statuses[agent.id] = _as_away(chosen)
        return False
    if is_assigned:
        statuses[agent.id] = AgentStatus(agent=agent, here=True, load=chosen.load + 1, last_at=now)
    return is_assigned
