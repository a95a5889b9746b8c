"""What a routed case reads as a shop grows: agents, and cases that wait. Items are counted as the table gives them out,
a page at a time; the adapters are the real ones."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any

import msgspec
import time_machine

from bench.support import prices
from bench.support.figures import Figure
from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item, Table
from chalicelib.adapters.aws.dynamo_values import pack
from chalicelib.adapters.routing.agent_table import PAGE
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.case_request import CaseRequest
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.enums import Priority
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.routing.agents import Agent
from chalicelib.domain.routing.routing import RoutingRequest
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.open_case import open_case
from chalicelib.usecases.customers.upsert_customer import upsert_customer
from chalicelib.usecases.routing.assign_case import assign_case
from chalicelib.usecases.routing.assign_waiting_cases import assign_waiting_cases

AGENTS, CAPACITY, WAITING = 200, 10, 1_000
PAGES = 4
"""How many pages may be read to find the front of a long queue: one, and one of the list of each priority."""


def routing_growth(services: AwsServices, shop: Shop) -> list[Figure]:
    """What a routed case reads while nobody is free, and what is read when an agent gets room. The shop has no agents
    before. Time stands still, for what is counted must not depend on it."""
    with time_machine.travel(services.now() / 1000, tick=False):
        return _growth(services, shop)


def _growth(services: AwsServices, shop: Shop) -> list[Figure]:
    listed, queue = keys.agents(shop.id), keys.queue(shop.id)
    agents = [_agent_item(shop.id, f"agent-{number:04d}") for number in range(AGENTS)]
    services.table.write_many(agents)
    services.table.write_many([_waiting_item(shop.id, number) for number in range(WAITING)])
    with counted(services.table) as first:
        _route(services, shop, "first", "normal")
    with counted(services.table) as nobody_free:
        _route(services, shop, "second", "urgent")
    services.table.put(agents[0] | {"load": CAPACITY - 1})
    with counted(services.table) as one_free:
        assigned = assign_waiting_cases(services, shop)
    size = sum(prices.size(pack(item)) for item in agents)
    return [
        Figure(f"nobody of {AGENTS} is free: agents read by a routed case", nobody_free[listed], "", AGENTS),
        Figure("  by the first one in a second", first[listed], "", 2 * AGENTS),
        Figure(f"  of {WAITING:,} waiting cases read", nobody_free[queue], "", 0),
        Figure("an agent gets room: agents read", one_free[listed], "", AGENTS),
        Figure(f"  of {WAITING:,} waiting cases read", one_free[queue], "", PAGES * PAGE),
        Figure("  cases not assigned to them", 1 - len(assigned), "", 0),
        Figure(f"read units of {AGENTS} agents", ceil(size / prices.READ_BYTES)),
    ]


@contextmanager
def counted(table: Table) -> Iterator[Counter[str]]:
    """Count the items that queries of this table read, by partition. A page that was begun
    counts as a whole, if there are so many."""
    read: Counter[str] = Counter()
    query = table.query

    def counting(pk: str, **options: Any) -> Iterator[Item]:
        page = options.get("page") or 1
        for number, item in enumerate(query(pk, **options)):
            read[pk] += page if number % page == 0 else 0
            yield item

    with _replaced(table, "query", counting):
        yield read


@contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    setattr(owner, name, value)
    try:
        yield
    finally:
        delattr(owner, name)


def _agent_item(shop: str, name: str) -> Item:
    """An agent with all the cases they may have."""
    agent = msgspec.json.encode(
        Agent(id=name, name="Mei Lin", teams=("lamps",), skills=("question", "return"), languages=("zh-CN", "en"))
    )
    return {
        "pk": keys.agents(shop),
        "sk": name,
        "agent": agent.decode(),
        "capacity": CAPACITY,
        "load": CAPACITY,
        "here": 1,
        "last_at": 1,
    }


def _waiting_item(shop: str, number: int) -> Item:
    """A case in the queue, behind all that are urgent."""
    request = RoutingRequest(key=f"{number:016d}", type="question", language="zh-CN", urgency=f"2#{number:013d}")
    asked = msgspec.json.encode(request).decode()
    return {"pk": keys.queue(shop), "sk": f"{request.urgency}#{request.key}", "asked": asked}


def _route(services: AwsServices, shop: Shop, name: str, priority: Priority) -> None:
    """Open a case and route it."""
    customer = upsert_customer(services, shop, CustomerIn(external_id=name), services.now())
    request = CaseRequest(
        external_id=name,
        kind="question",
        channel="web",
        subject="?",
        message="?",
        customer=customer.id,
        language="zh-CN",
        priority=priority,
        occurred_at=services.now(),
        by=SYSTEM,
    )
    open_case(services, shop, request)
    assign_case(services, case_key(shop.id, name), is_new=True)
