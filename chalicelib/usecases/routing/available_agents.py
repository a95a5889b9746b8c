"""The agents of a shop who may get a case now, by their presence and their shift."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.routing.agents import AgentStatus
from chalicelib.domain.routing.routing import is_on_shift
from chalicelib.usecases.ports.shop_rules import calendar_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasClock, HasShops

    class AvailableAgentsServices(HasAgents, HasClock, HasShops, Protocol):
        """The services that `available_agents` uses."""


Agents = dict[str, AgentStatus]
"""Agents by name; those who get nothing now are as if away."""


def available_agents(services: "AvailableAgentsServices", shop: str) -> Agents:
    """All agents of the shop as they are now, and as away if they are not on shift."""
    return on_shift(services, shop, services.agents.statuses(shop))


def on_shift(services: "AvailableAgentsServices", shop: str, statuses: Iterable[AgentStatus]) -> Agents:
    """These agents, and as away if they are not on shift."""
    now = services.now()
    works_now: dict[str, bool] = {}
    agents = {}
    for status in statuses:
        calendar = status.agent.calendar
        if status.here and calendar not in works_now:
            works_now[calendar] = is_on_shift(calendar_of(services, shop, calendar), now)
        agents[status.agent.id] = status if not status.here or works_now[calendar] else as_away(status)
    return agents


def as_away(status: AgentStatus) -> AgentStatus:
    """The status of an agent who gets nothing now."""
    return replace(status, here=False)


def has_anybody_room(agents: Agents) -> bool:
    """Whether at least one of these agents may get a case."""
    return any(status.here and status.has_room for status in agents.values())
