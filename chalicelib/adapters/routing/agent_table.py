"""The roster of a shop: its agents with what they hold, and the queue of cases nobody could take.

What an agent holds is counted in the same transaction that gives or takes a case, and never beyond their capacity.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import OR_NEW, Item, Table
from chalicelib.adapters.aws.outbox import timer_item
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant
from chalicelib.domain.routing.routing import Agent, AgentStatus, Presence, RoutingRequest, routing_request
from chalicelib.domain.timers.timer_source import Timer
from chalicelib.usecases.ports import Change

LEFT = "left"


class AgentTable:
    """The `AgentStore` on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def statuses(self, shop: str) -> list[AgentStatus]:
        """All agents of a shop as they are now."""
        return [_post(item) for item in self.table.query(_agents(shop)) if LEFT not in item]

    def status(self, shop: str, agent: str) -> AgentStatus | None:
        """One agent as they are now."""
        item = self.table.get(_agents(shop), agent)
        return _post(item) if item and LEFT not in item else None

    def save(self, shop: str, agent: Agent) -> None:
        """Keep an agent; what they hold stays theirs."""
        values = {":agent": msgspec.json.encode(agent).decode(), ":capacity": agent.capacity, ":none": 0}
        changes = "SET #agent = :agent, #capacity = :capacity, #load = if_not_exists(#load, :none)"
        self.table.update(
            _agents(shop), agent.id, f"{changes}, #here = if_not_exists(#here, :none) REMOVE #left", values, OR_NEW
        )

    def leave(self, shop: str, agent: str) -> None:
        """Take an agent off the roster. What they hold is to be given to others."""
        self.table.update(_agents(shop), agent, "SET #here = :no, #left = :yes", {":no": 0, ":yes": 1})

    def set_presence(self, shop: str, agent: str, state: Presence, now: Instant) -> None:
        """Note whether an agent is here; one who comes is to be given what waits."""
        self.table.update(_agents(shop), agent, "SET #here = :here", {":here": int(state == "here")})
        if state == "here":
            self.request_matching(shop, now)

    def request_matching(self, shop: str, now: Instant) -> None:
        """Have the queue of a shop looked at."""
        ttl = now // SECOND_MS + DAY_MS // SECOND_MS
        self.table.put({"pk": f"ROUTE#{shop}", "sk": f"{now:013d}", "relay": "routing", "ttl": ttl})

    def schedule_matching(self, shop: str, agent: str, due_at: Instant, now: Instant) -> None:
        """Have the queue looked at when an agent's shift begins."""
        self.table.put(timer_item(f"{shop}/{agent}", Timer(due_at, "shift"), now))

    def queue(self, shop: str, most: int) -> list[RoutingRequest]:
        """The cases that wait, the most urgent first."""
        found = self.table.query(_queue(shop), page=min(most, 200))
        return [msgspec.json.decode(item["asked"], type=RoutingRequest) for item in islice(found, most)]

    def assigned(self, shop: str, agent: str) -> list[str]:
        """The keys of the cases an agent holds."""
        return [item["sk"] for item in self.table.query(_work(shop, agent))]


def routing_writes(table: Table, change: Change, now: Instant) -> Iterator[dict[str, Any]]:
    """What a change of a case writes of who holds it, and of the queue."""
    before, after, key, shop = change.before.case, change.after.case, change.before.key, change.shop.id
    old, new = (one.routing.held_by if one else None for one in (before, after))
    if old != new and old is not None:
        yield table.removal(_work(shop, old), key)
        yield table.tally(_agents(shop), old, -1, {})
    if old != new and new is not None:
        yield table.put_any({"pk": _work(shop, new), "sk": key})
        yield table.tally(_agents(shop), new, 1, {"last_at": now})
    was, stands = (
        routing_request(key, one) if one is not None and one.routing.queued else None for one in (before, after)
    )
    if was is not None and (stands is None or stands.urgency != was.urgency):
        yield table.removal(_queue(shop), f"{was.urgency}#{key}")
    if stands is not None and stands != was:
        asked = msgspec.json.encode(stands).decode()
        yield table.put_any({"pk": _queue(shop), "sk": f"{stands.urgency}#{key}", "asked": asked})


def _post(item: Item) -> AgentStatus:
    agent = msgspec.json.decode(item["agent"], type=Agent)
    return AgentStatus(agent=agent, here=bool(item["here"]), load=item["load"], last_at=item.get("last_at", 0))


def _agents(shop: str) -> str:
    return keys.agents(shop)


def _work(shop: str, agent: str) -> str:
    return f"WORK#{shop}#{agent}"


def _queue(shop: str) -> str:
    return f"QUEUE#{shop}"
