"""A shop's agents with their loads, and the queue of cases that wait for an agent.

An agent's load is counted in the same transaction that assigns or releases a case, and never exceeds their capacity.
"""

from collections.abc import Iterator
from heapq import merge
from itertools import groupby, islice
from typing import Any

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import OR_NEW, Item, Table
from chalicelib.adapters.aws.outbox import timer_item
from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant
from chalicelib.domain.routing.agents import Agent, AgentStatus, Presence
from chalicelib.domain.routing.routing import RoutingRequest, routing_request
from chalicelib.domain.routing.urgency import RANK, assigned_after
from chalicelib.domain.timers.timer_source import Timer
from chalicelib.usecases.ports.cases import Change, Clock

LEFT = "left"
"""The attribute of an agent who was removed."""
RECENT_MS = SECOND_MS
PAGE = 25
"""How many waiting cases are read at a time."""


class AgentTable:
    """The `AgentStore` on DynamoDB."""

    def __init__(self, table: Table, now: Clock) -> None:
        self.table = table
        self.now = now
        self._recent: dict[str, tuple[Instant, list[AgentStatus]]] = {}

    def statuses(self, shop: str) -> list[AgentStatus]:
        """All agents of a shop with their presence and load."""
        read_at = self.now()
        statuses = [_read_status(item) for item in self.table.query(keys.agents(shop)) if LEFT not in item]
        self._recent[shop] = read_at, statuses
        return statuses

    def recent_statuses(self, shop: str) -> list[AgentStatus] | None:
        """The agents as this process read them within the last second; None if it did not."""
        read_at, statuses = self._recent.get(shop, (0, []))
        return statuses if self.now() < read_at + RECENT_MS else None

    def status(self, shop: str, agent: str) -> AgentStatus | None:
        """One agent with their presence and load; None when the shop has no such agent."""
        item = self.table.get(keys.agents(shop), agent)
        return _read_status(item) if item and LEFT not in item else None

    def save(self, shop: str, agent: Agent) -> None:
        """Create an agent or change their settings; presence and load stay as they are."""
        self._recent.pop(shop, None)
        values = {":agent": msgspec.json.encode(agent).decode(), ":capacity": agent.capacity, ":none": 0}
        settings = "SET #agent = :agent, #capacity = :capacity"
        kept_values = "#load = if_not_exists(#load, :none), #here = if_not_exists(#here, :none)"
        self.table.update(keys.agents(shop), agent.id, f"{settings}, {kept_values} REMOVE #left", values, OR_NEW)

    def leave(self, shop: str, agent: str) -> None:
        """Remove an agent from the shop. Their cases must be released before."""
        self.table.update(keys.agents(shop), agent, "SET #here = :no, #left = :yes", {":no": 0, ":yes": 1})

    def set_presence(self, shop: str, agent: str, state: Presence, now: Instant) -> None:
        """Store whether an agent is here; the queue is matched again when they come."""
        self._recent.pop(shop, None)
        self.table.update(keys.agents(shop), agent, "SET #here = :here", {":here": int(state == "here")})
        if state == "here":
            self.request_matching(shop, now)

    def request_matching(self, shop: str, now: Instant) -> None:
        """Have the shop's queue matched with its agents as soon as possible."""
        ttl = now // SECOND_MS + DAY_MS // SECOND_MS
        self.table.put({"pk": f"ROUTE#{shop}", "sk": f"{now:013d}", "relay": "routing", "ttl": ttl})

    def schedule_matching(self, shop: str, agent: str, due_at: Instant, now: Instant) -> None:
        """Have the shop's queue matched at a later time, such as the start of the agent's shift."""
        self.table.put(timer_item(f"{shop}/{agent}", Timer(due_at, "shift"), now))

    def queue(self, shop: str, most: int) -> Iterator[RoutingRequest]:
        """The first `most` cases that wait for an agent, in the order in which they are to be assigned, read lazily.

        They are stored by their priorities. A queue of one page is sorted in memory; of a longer one, the list of each
        priority is read by pages, and these lists are merged.
        """
        first = [_read_request(item) for item in islice(self.table.query(keys.queue(shop), page=PAGE + 1), PAGE + 1)]
        if len(first) <= PAGE:
            return iter(sorted(first, key=_assigned_after)[:most])
        return islice(self._long_queue(shop), most)

    def _long_queue(self, shop: str) -> Iterator[RoutingRequest]:
        for _, ranks in groupby(sorted(RANK.values()), key=lambda rank: assigned_after(f"{rank}#0")[0]):
            lists = [self.table.query(keys.queue(shop), between=(f"{rank}#", f"{rank}$"), page=PAGE) for rank in ranks]
            yield from merge(*(map(_read_request, items) for items in lists), key=_assigned_after)

    def assigned(self, shop: str, agent: str) -> list[str]:
        """The keys of the cases that are assigned to an agent."""
        return [item["sk"] for item in self.table.query(_assigned_cases(shop, agent))]


def routing_writes(table: Table, change: Change) -> Iterator[dict[str, Any]]:
    """The writes for a change of a case's agent, and for a change of its place in the queue."""
    yield from _assignment_writes(table, change)
    yield from _queue_writes(table, change)


def _assignment_writes(table: Table, change: Change) -> Iterator[dict[str, Any]]:
    shop = change.shop.id
    key = change.before.key
    earlier = _agent_of(change.before.case)
    agent = _agent_of(change.after.case)
    if agent == earlier:
        return
    if earlier is not None:
        yield table.removal(_assigned_cases(shop, earlier), key)
        yield table.tally(keys.agents(shop), earlier, -1, {})
    if agent is not None:
        yield table.put_any({"pk": _assigned_cases(shop, agent), "sk": key})
        yield table.tally(keys.agents(shop), agent, 1, {"last_at": change.now})


def _queue_writes(table: Table, change: Change) -> Iterator[dict[str, Any]]:
    queue = keys.queue(change.shop.id)
    key = change.before.key
    earlier = _queued_request(key, change.before.case)
    request = _queued_request(key, change.after.case)
    if earlier is not None and (request is None or request.urgency != earlier.urgency):
        yield table.removal(queue, f"{earlier.urgency}#{key}")
    if request is not None and request != earlier:
        asked = msgspec.json.encode(request).decode()
        yield table.put_any({"pk": queue, "sk": f"{request.urgency}#{key}", "asked": asked})


def _agent_of(case: Case | None) -> str | None:
    return case.routing.held_by if case else None


def _queued_request(key: str, case: Case | None) -> RoutingRequest | None:
    return routing_request(key, case) if case is not None and case.routing.queued else None


def _read_status(item: Item) -> AgentStatus:
    agent = msgspec.json.decode(item["agent"], type=Agent)
    return AgentStatus(agent=agent, here=bool(item["here"]), load=item["load"], last_at=item.get("last_at", 0))


def _read_request(item: Item) -> RoutingRequest:
    return msgspec.json.decode(item["asked"], type=RoutingRequest)


def _assigned_after(request: RoutingRequest) -> tuple[int, Instant]:
    return assigned_after(request.urgency)


def _assigned_cases(shop: str, agent: str) -> str:
    return f"WORK#{shop}#{agent}"
