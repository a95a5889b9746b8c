"""What routing reads does not grow with the queue, and with the agents only once."""

from collections.abc import Iterator

import msgspec
import pytest
import time_machine
from msgspec.structs import replace

from bench.growth.routed_case import counted, routing_growth
from chalicelib.adapters.aws import keys
from chalicelib.adapters.routing.agent_table import PAGE
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.routing.agents import Agent
from chalicelib.domain.routing.routing import RoutingRequest
from chalicelib.domain.routing.urgency import LOW_LATER_MS, assigned_after
from chalicelib.usecases.ports.shop_rules import shop_of


def test_a_routed_case_reads_the_agents_once_and_nothing_of_the_queue_while_nobody_is_free(
    services: AwsServices,
) -> None:
    shop = replace(shop_of(services, "demo"), routes=True)
    services.shops.save(shop)
    over = [figure for figure in routing_growth(services, shop) if figure.missed]
    assert over == []


def waits(services: AwsServices, urgency: str, number: int) -> str:
    request = RoutingRequest(key=f"{number:016d}", type="return", language="en", urgency=urgency)
    asked = msgspec.json.encode(request).decode()
    services.table.put({"pk": keys.queue("demo"), "sk": f"{urgency}#{request.key}", "asked": asked})
    return request.urgency


@pytest.mark.parametrize("cases", [PAGE, PAGE + 1, 3 * PAGE])
def test_a_queue_of_any_length_is_read_in_the_order_in_which_it_is_assigned(services: AwsServices, cases: int) -> None:
    step = LOW_LATER_MS // 7
    stored = [waits(services, f"{number % 4}#{1_000_000 + number * step:013d}", number) for number in range(cases)]
    read = [request.urgency for request in services.agents.queue("demo", 1_000)]
    assert read == sorted(stored, key=assigned_after)
    assert [request.urgency for request in services.agents.queue("demo", 3)] == read[:3]


def test_of_a_long_queue_only_the_front_is_read(services: AwsServices) -> None:
    for number in range(5 * PAGE):
        waits(services, f"2#{number:013d}", number)
    with counted(services.table) as read:
        front: Iterator[RoutingRequest] = iter(services.agents.queue("demo", 1_000))
        assert next(front).key == f"{0:016d}"
    assert read[keys.queue("demo")] <= 2 * PAGE + 1


def test_the_agents_are_remembered_for_a_moment_and_not_after_a_change_of_them(services: AwsServices) -> None:
    with time_machine.travel(services.now() / 1000, tick=False) as moment:
        assert services.agents.recent_statuses("demo") is None
        assert services.agents.statuses("demo") == services.agents.recent_statuses("demo") == []
        services.agents.save("demo", Agent(id="mei"))
        assert services.agents.recent_statuses("demo") is None
        services.agents.statuses("demo")
        moment.shift(1.0)
        assert services.agents.recent_statuses("demo") is None
