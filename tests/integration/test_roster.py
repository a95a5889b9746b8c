"""The roster in the table: counted in the transaction that gives a case, also when many give at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.adapters.aws import clients as aws
from chalicelib.bootstrap import AwsDesk
from chalicelib.domain.cases.commands import Assignment, StatusChange
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.routing.routing import AgentIn
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.open_case import Request, case_key, open_case
from chalicelib.usecases.customers.upsert_customer import meet
from chalicelib.usecases.ports.services import shop_of
from chalicelib.usecases.routing import manage_agents as manage_roster
from chalicelib.usecases.routing.assign_case import EVERYBODY, begin_shift, match_queue, route_case

MEI = Actor("agent", "mei")


@pytest.fixture
def agents(desk: AwsDesk) -> AwsDesk:
    for name, capacity in (("mei", 2), ("lee", 3)):
        manage_roster.put_agent(desk, "demo", name, AgentIn(capacity=capacity))
        manage_roster.set_presence(desk, "demo", name, "here")
    return desk


def ask(desk: AwsDesk, name: str) -> str:
    """A case, not routed yet; its key."""
    shop = shop_of(desk, "demo")
    who = meet(desk, shop, CustomerIn(external_id=f"c-{name}"), desk.now())
    request = Request(
        external_id=name,
        kind="question",
        channel="web",
        subject="?",
        message="?",
        customer=who.id,
        language="zh-CN",
        at=desk.now(),
        by=MEI,
    )
    open_case(desk, shop, request)
    return case_key("demo", name)


def loads(desk: AwsDesk) -> dict[str, int]:
    return {post.agent.id: post.load for post in desk.roster.posts("demo")}


def test_what_an_agent_holds_is_counted_listed_and_let_go_in_one_write(agents: AwsDesk) -> None:
    key = ask(agents, "one")
    holder = route_case(agents, key)
    assert holder in ("mei", "lee")
    assert sum(loads(agents).values()) == 1
    assert agents.roster.held("demo", str(holder)) == [key]
    case = agents.cases.load(key).case
    assert case is not None
    handle_command.set_status(agents, handle_command.Deed(case=case.id, shop="demo", by=MEI), StatusChange("resolved"))
    assert (loads(agents), agents.roster.held("demo", str(holder))) == ({"lee": 0, "mei": 0}, [])


def test_many_who_route_at_once_give_nobody_more_than_they_may_and_the_rest_waits(agents: AwsDesk) -> None:
    moto, found = threading.Lock(), [ask(agents, f"case-{number}") for number in range(12)]
    service = aws.client("dynamodb")
    call = service._make_api_call

    def one_at_a_time(*what: object) -> object:
        with moto:  # moto's calls are not atomic between threads; the real ones are
            return call(*what)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(service, "_make_api_call", one_at_a_time)
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda key: route_case(agents, key), found))
    assert loads(agents) == {"lee": 3, "mei": 2}
    held = [key for name in ("mei", "lee") for key in agents.roster.held("demo", name)]
    waiting = [one.key for one in agents.roster.queue("demo", 99)]
    assert sorted([*held, *waiting]) == sorted(found)
    case = agents.cases.load(held[0]).case
    assert case is not None
    stuck = agents.cases.load(waiting[0]).case
    assert stuck is not None
    with pytest.raises(Conflict, match="as many cases"):
        handle_command.assign(agents, handle_command.Deed(case=stuck.id, shop="demo", by=MEI), Assignment("mei"))
    handle_command.set_status(agents, handle_command.Deed(case=case.id, shop="demo", by=MEI), StatusChange("resolved"))
    assert match_queue(agents, shop_of(agents, "demo")) == waiting[:1]


def test_coming_and_the_beginning_of_a_shift_wake_the_relay(agents: AwsDesk) -> None:
    items = list(agents.table.scan("relay", "routing"))
    assert {item["pk"].partition("#")[0] for item in items} == {"ROUTE", "DUE"}  # for all as it begins
    agents.roster.wake("demo", "mei", agents.now() + 60_000, agents.now())
    alarms = [item["sk"] for item in agents.table.scan("relay", "routing") if item["pk"].startswith("DUE#")]
    assert [one.partition("#shift#")[2] for one in sorted(alarms)] == ["demo/*", "demo/mei", "demo/*"]


def test_who_leaves_is_on_the_roster_no_more_and_may_come_back(agents: AwsDesk) -> None:
    assert manage_roster.remove_agent(agents, "demo", "mei", MEI) == 0
    assert loads(agents) == {"lee": 0}
    manage_roster.put_agent(agents, "demo", "mei", AgentIn(capacity=5))
    assert loads(agents) == {"lee": 0, "mei": 0}
    assert manage_roster.read_agent(agents, "demo", "mei").here is False


def test_open_cases_from_before_the_roster_get_agents_too(desk: AwsDesk) -> None:
    found = [ask(desk, f"old-{number}") for number in range(3)]
    manage_roster.put_agent(desk, "demo", "mei", AgentIn(capacity=2))
    manage_roster.set_presence(desk, "demo", "mei", "here")
    assert loads(desk) == {"mei": 0}
    begin_shift(desk, "demo", EVERYBODY)
    assert loads(desk) == {"mei": 2}
    waiting = [one.key for one in desk.roster.queue("demo", 9)]
    assert sorted([*desk.roster.held("demo", "mei"), *waiting]) == sorted(found)
