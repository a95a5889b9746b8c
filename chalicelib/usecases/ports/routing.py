"""The port for a shop's agents and its routing queue. Times are milliseconds since 1970."""

from collections.abc import Iterable
from typing import Protocol

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.routing.agents import Agent, AgentStatus, Presence
from chalicelib.domain.routing.routing import RoutingRequest


class AgentStore(Protocol):
    """A shop's agents with their load, and the queue of cases that wait for an agent."""

    def statuses(self, shop: str) -> list[AgentStatus]:
        """All agents of a shop with their presence and load."""

    def recent_statuses(self, shop: str) -> list[AgentStatus] | None:
        """The agents as this process read them within the last second; None if it did not."""

    def status(self, shop: str, agent: str) -> AgentStatus | None:
        """One agent with their presence and load; None when the shop has no such agent."""

    def save(self, shop: str, agent: Agent) -> None:
        """Create an agent or change their settings; presence and assigned cases stay as they are."""

    def leave(self, shop: str, agent: str) -> None:
        """Remove an agent from the shop. Their cases must be released before."""

    def set_presence(self, shop: str, agent: str, state: Presence, now: Instant) -> None:
        """Store whether an agent is here; the queue is matched again when they come."""

    def request_matching(self, shop: str, now: Instant) -> None:
        """Have the shop's queue matched with its agents as soon as possible."""

    def schedule_matching(self, shop: str, agent: str, due_at: Instant, now: Instant) -> None:
        """Have the shop's queue matched at a later time, such as the start of the agent's shift."""

    def queue(self, shop: str, most: int) -> Iterable[RoutingRequest]:
        """The first `most` cases that wait for an agent, in the order in which they are to be assigned. They are read
        by small pages, as far as the caller goes."""

    def assigned(self, shop: str, agent: str) -> list[str]:
        """The keys of the cases that are assigned to an agent."""
