"""Append to a case that it was assigned to an agent, or that it waits in the queue."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.routing.facts import CaseAssigned, CaseQueued, CaseReleased
from chalicelib.domain.routing.routing import RoutingDecision, is_above_its_agent, needs_agent
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import Conditions, append_events
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.routing.available_agents import Agents

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasCases, HasClock, HasRegistries, HasShops

    class AppendAssignmentServices(HasAgents, HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `append_assignment` uses."""


def append_assignment(
    services: "AppendAssignmentServices", shop: Shop, stored: StoredCase, decision: RoutingDecision, agents: Agents
) -> str | None:
    """Append the decision to the case, if it still needs an agent or waits. The agent who has the case then, or why it
    waits; None if nothing was appended. AtCapacity when the chosen agent has no room.

    `stored`: the case as it was read last; `agents`: those from whom the decision was made.
    """

    def decide(before: StoredCase) -> list[Event]:
        case = before.case
        if case is None or not _is_to_route(case, agents):
            return []
        routed_at = max(services.now(), events.time_of_order(before.last) + 1)
        version = str(before.version)
        return [  # one after the other: a case that is queued has no agent from whom it could be taken
            events.event(routed_at + place, SYSTEM, fact, stored.key, "routed", version, str(place))
            for place, fact in enumerate(_facts(case, decision))
        ]

    after = append_events(services, shop, stored.key, decide, Conditions(seen=stored))
    if after.version == stored.version or after.case is None:
        return None
    return after.case.routing.held_by or (decision.queued if after.case.routing.queued else None)


def _is_to_route(case: Case, agents: Agents) -> bool:
    return needs_agent(case) or case.routing.queued is not None or is_above_its_agent(case, agents.values())


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
