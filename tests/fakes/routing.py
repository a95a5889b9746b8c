"""Agents, their loads and the queue of cases in memory."""

from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.routing.agents import Agent, AgentStatus, Presence
from chalicelib.domain.routing.routing import RoutingRequest, routing_request
from chalicelib.domain.routing.urgency import assigned_after
from chalicelib.usecases.ports.cases import AtCapacity, Change


class FakeAgents:
    """Counts loads in the step that writes a case, as the table does."""

    def __init__(self) -> None:
        self.stored: dict[str, AgentStatus] = {}
        self.waiting: dict[str, RoutingRequest] = {}
        self.keys_by_agent: dict[str, set[str]] = {}
        self.matching_requested: list[str] = []
        self.shift_starts: list[tuple[str, Instant]] = []
        self.remembers = False
        self.remembered: list[AgentStatus] | None = None

    def statuses(self, shop: str) -> list[AgentStatus]:
        self.remembered = list(self.stored.values())
        return list(self.remembered)

    def recent_statuses(self, shop: str) -> list[AgentStatus] | None:
        return self.remembered if self.remembers else None

    def status(self, shop: str, agent: str) -> AgentStatus | None:
        return self.stored.get(agent)

    def save(self, shop: str, agent: Agent) -> None:
        self.stored[agent.id] = replace(self.stored.get(agent.id, AgentStatus(agent=agent)), agent=agent)

    def leave(self, shop: str, agent: str) -> None:
        self.stored.pop(agent, None)

    def set_presence(self, shop: str, agent: str, state: Presence, now: Instant) -> None:
        self.stored[agent] = replace(self.stored[agent], here=state == "here")
        if state == "here":
            self.request_matching(shop, now)

    def request_matching(self, shop: str, now: Instant) -> None:
        self.matching_requested.append(shop)

    def schedule_matching(self, shop: str, agent: str, due_at: Instant, now: Instant) -> None:
        self.shift_starts.append((agent, due_at))

    def queue(self, shop: str, most: int) -> list[RoutingRequest]:
        in_order = sorted(self.waiting, key=lambda place: (assigned_after(self.waiting[place].urgency), place))
        return [self.waiting[place] for place in in_order][:most]

    def assigned(self, shop: str, agent: str) -> list[str]:
        return sorted(self.keys_by_agent.get(agent, ()))

    def check(self, change: Change) -> None:
        old, new = (row.case.routing.held_by if row.case else None for row in (change.before, change.after))
        if old != new and new is not None:
            status = self.stored.get(new)
            if status is None or not status.here or not status.has_room:
                raise AtCapacity(new)

    def write(self, change: Change) -> None:
        key, before, after = change.before.key, change.before.case, change.after.case
        old, new = (case.routing.held_by if case else None for case in (before, after))
        if old != new:
            self._count(old, -1, key)
            self._count(new, 1, key)
        earlier, request = (
            routing_request(key, case) if case and case.routing.queued else None for case in (before, after)
        )
        if earlier is not None and (request is None or request.urgency != earlier.urgency):
            self.waiting.pop(f"{earlier.urgency}#{key}", None)
        if request is not None and request != earlier:
            self.waiting[f"{request.urgency}#{key}"] = request

    def _count(self, agent: str | None, by: int, key: str) -> None:
        if agent is None:
            return
        cases = self.keys_by_agent.setdefault(agent, set())
        cases.add(key) if by > 0 else cases.discard(key)
        if agent in self.stored:
            self.stored[agent] = replace(self.stored[agent], load=self.stored[agent].load + by)
