"""Agents in the table: their load is counted in the transaction that assigns a case, also when many assign at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.adapters.aws.transport import connections
from chalicelib.adapters.aws.transport.connections import Request, Response
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.case_request import CaseRequest
from chalicelib.domain.cases.payloads import Assignment, StatusChange
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.open_case import open_case
from chalicelib.usecases.customers.upsert_customer import upsert_customer
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.routing import manage_agents
from chalicelib.usecases.routing.assign_case import assign_case
from chalicelib.usecases.routing.assign_waiting_cases import assign_waiting_cases
from chalicelib.usecases.routing.shifts import ALL_CASES, start_shift
from tests.support.moto.sender import send_to_moto

MEI = Actor("agent", "mei")


@pytest.fixture
def agents(services: AwsServices) -> AwsServices:
    for name, capacity in (("mei", 2), ("lee", 3)):
        manage_agents.put_agent(services, "demo", name, AgentIn(capacity=capacity))
        manage_agents.set_presence(services, "demo", name, "here")
    return services


def ask(services: AwsServices, name: str) -> str:
    """A case, not routed yet; its key."""
    shop = shop_of(services, "demo")
    who = upsert_customer(services, shop, CustomerIn(external_id=f"c-{name}"), services.now())
    request = CaseRequest(
        external_id=name,
        kind="question",
        channel="web",
        subject="?",
        message="?",
        customer=who.id,
        language="zh-CN",
        occurred_at=services.now(),
        by=MEI,
    )
    open_case(services, shop, request)
    return case_key("demo", name)


def loads(services: AwsServices) -> dict[str, int]:
    return {post.agent.id: post.load for post in services.agents.statuses("demo")}


def test_an_agents_load_is_counted_listed_and_released_in_one_write(agents: AwsServices) -> None:
    key = ask(agents, "one")
    holder = assign_case(agents, key)
    assert holder in ("mei", "lee")
    assert sum(loads(agents).values()) == 1
    assert agents.agents.assigned("demo", str(holder)) == [key]
    case = agents.cases.load(key).case
    assert case is not None
    handle_command.set_status(
        agents, handle_command.Command(case=case.id, shop="demo", by=MEI), StatusChange("resolved")
    )
    assert (loads(agents), agents.agents.assigned("demo", str(holder))) == ({"lee": 0, "mei": 0}, [])


def test_many_who_route_at_once_give_nobody_more_than_they_may_and_the_rest_waits(agents: AwsServices) -> None:
    moto, found = threading.Lock(), [ask(agents, f"case-{number}") for number in range(12)]

    def one_at_a_time(request: Request) -> Response:
        with moto:  # moto's calls are not atomic between threads; the real ones are
            return send_to_moto(request)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(connections, "send", one_at_a_time)
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda key: assign_case(agents, key), found))
    assert loads(agents) == {"lee": 3, "mei": 2}
    held = [key for name in ("mei", "lee") for key in agents.agents.assigned("demo", name)]
    waiting = [one.key for one in agents.agents.queue("demo", 99)]
    assert sorted([*held, *waiting]) == sorted(found)
    case = agents.cases.load(held[0]).case
    assert case is not None
    stuck = agents.cases.load(waiting[0]).case
    assert stuck is not None
    with pytest.raises(Conflict, match="as many cases"):
        handle_command.assign(agents, handle_command.Command(case=stuck.id, shop="demo", by=MEI), Assignment("mei"))
    handle_command.set_status(
        agents, handle_command.Command(case=case.id, shop="demo", by=MEI), StatusChange("resolved")
    )
    assert assign_waiting_cases(agents, shop_of(agents, "demo")) == waiting[:1]


def test_coming_and_the_beginning_of_a_shift_invoke_the_relay(agents: AwsServices) -> None:
    items = [item for item in agents.table.scan() if item.get("relay") == "routing"]
    assert {item["pk"].partition("#")[0] for item in items} == {"ROUTE", "DUE"}  # for all as it begins
    agents.agents.schedule_matching("demo", "mei", agents.now() + 60_000, agents.now())
    timers = [item["sk"] for item in agents.table.scan() if item["pk"].startswith("DUE#") and "relay" in item]
    assert [one.partition("#shift#")[2] for one in sorted(timers)] == ["demo/*", "demo/mei", "demo/*"]


def test_who_leaves_is_among_the_agents_no_more_and_may_come_back(agents: AwsServices) -> None:
    assert manage_agents.remove_agent(agents, "demo", "mei", MEI) == 0
    assert loads(agents) == {"lee": 0}
    manage_agents.put_agent(agents, "demo", "mei", AgentIn(capacity=5))
    assert loads(agents) == {"lee": 0, "mei": 0}
    assert manage_agents.read_agent(agents, "demo", "mei").here is False


def test_open_cases_from_before_the_first_agents_get_agents_too(services: AwsServices) -> None:
    found = [ask(services, f"old-{number}") for number in range(3)]
    manage_agents.put_agent(services, "demo", "mei", AgentIn(capacity=2))
    manage_agents.set_presence(services, "demo", "mei", "here")
    assert loads(services) == {"mei": 0}
    start_shift(services, "demo", ALL_CASES)
    assert loads(services) == {"mei": 2}
    waiting = [one.key for one in services.agents.queue("demo", 9)]
    assert sorted([*services.agents.assigned("demo", "mei"), *waiting]) == sorted(found)
