"""Our AWS client over real connections, to a service that fails in every way: how many requests it sends."""

import json
import os
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.adapters.aws.transport import connections
from chalicelib.adapters.aws.transport.client import Client
from chalicelib.adapters.aws.transport.endpoints import endpoint_of
from chalicelib.adapters.aws.transport.errors import NoAnswer, ServiceError
from tests.support.aws.faulty_service import (
    CHUNKED,
    CLOSED_AFTER,
    DROPPED,
    FINE,
    HALF_BODY,
    HALF_HEAD,
    NO_HTTP,
    FaultyService,
    Step,
    answer,
    failure,
)
from tests.support.aws.wire import ENVIRONMENT

READ_SECONDS = 0.3
Ask = Callable[[FaultyService], Client]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """A client of a service that is started for it."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(connections, "READ_SECONDS", READ_SECONDS)
    monkeypatch.setattr("random.random", lambda: 0.01)
    running: list[Any] = []

    def start(service: FaultyService) -> Client:
        serving = service.serving()
        port = serving.__enter__()
        running.append(serving)
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        endpoint = endpoint_of("dynamodb")
        assert endpoint is not None
        return Client(endpoint)

    yield start
    connections._idle.cache_clear()
    for serving in running:
        serving.__exit__(None, None, None)


def get(client: Client, key: str = "x") -> Any:
    return client.get_item(TableName="t", Key={"pk": {"S": key}})


SLOW = Step(answer(), wait_seconds=READ_SECONDS * 4)
FAULTS = {
    "dropped": DROPPED,
    "half a head": HALF_HEAD,
    "half a body": HALF_BODY,
    "another protocol": NO_HTTP,
    "slow": SLOW,
    "500": Step(failure("InternalServerError", 500)),
    "502 of a proxy": Step(answer(502, b"<html>Bad Gateway</html>")),
    "503 without a body": Step(answer(503, b"")),
    "504": Step(answer(504, b"")),
    "damaged": Step(answer(200, b'{"Item":{}}', "x-amz-crc32: 1")),
    "a login page": Step(answer(200, b"<html>log in</html>")),
    "throttled": Step(failure("ThrottlingException")),
    "throttled by status": Step(answer(429, b"")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_passes_is_not_noticed(fault: str, ask: Ask) -> None:
    service = FaultyService(FAULTS[fault], FAULTS[fault])
    assert get(ask(service)) == {"Item": {}}
    assert len(service.bodies) == 3
    assert len(set(service.bodies)) == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_stays_is_asked_four_times(fault: str, ask: Ask) -> None:
    service = FaultyService(*[FAULTS[fault]] * 9)
    with pytest.raises(ServiceError) as refused:
        get(ask(service))
    assert len(service.bodies) == 4
    if isinstance(refused.value, NoAnswer):
        assert refused.value.was_sent


def test_a_service_that_is_not_there_is_said_not_to_have_been_asked(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    client, waited = ask(FaultyService()), list[float]()
    monkeypatch.setattr("time.sleep", waited.append)
    nowhere = Client(client.endpoint._replace(host="127.0.0.1:1"))
    with pytest.raises(NoAnswer, match="ConnectionRefusedError") as refused:
        get(nowhere)
    assert (refused.value.was_sent, len(waited)) == (False, 3)


def test_calls_share_one_connection(ask: Ask) -> None:
    service = FaultyService()
    client = ask(service)
    for number in range(5):
        get(client, str(number))
    assert (service.connections, len(service.bodies)) == (1, 5)


def test_a_connection_that_the_service_closed_between_two_calls_costs_no_attempt(ask: Ask) -> None:
    service = FaultyService(CLOSED_AFTER, CLOSED_AFTER)
    client = ask(service)
    for number in range(3):
        get(client, str(number))
    assert (service.connections, len(service.bodies), client.quota.left) == (3, 3, 500)


def test_a_connection_that_is_closed_while_a_request_is_on_its_way_is_replaced_at_once(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = FaultyService(FINE, DROPPED)
    client, waited = ask(service), list[float]()
    get(client, "first")
    monkeypatch.setattr(client, "_wait", waited.append)
    get(client, "second")
    assert (service.connections, len(service.bodies), waited, client.quota.left) == (2, 3, [], 500)


def test_when_one_idle_connection_turns_out_to_be_dead_the_others_are_not_tried(ask: Ask) -> None:
    service = FaultyService(*[Step(answer(), wait_seconds=0.2)] * 5)
    client = ask(service)
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda number: get(client, str(number)), range(5)))
    assert service.connections == 5
    service.steps[:] = [DROPPED]
    get(client)
    assert service.connections == 6


def test_when_another_thread_takes_the_last_idle_connection_a_new_one_is_opened(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    class SeenBeforeItWasTaken(deque[socket.socket]):
        def __len__(self) -> int:
            return 1

    service, idle = FaultyService(), SeenBeforeItWasTaken()
    client = ask(service)
    with monkeypatch.context() as patched:
        patched.setattr(connections, "_idle", lambda _: idle)
        assert get(client) == {"Item": {}}
    assert service.connections == 1


def test_a_new_connection_that_is_dropped_is_a_failed_attempt(ask: Ask) -> None:
    service = FaultyService(DROPPED)
    client = ask(service)
    get(client)
    assert (len(service.bodies), client.quota.left) == (2, 500)  # what the repetition cost was given back
    service.steps[:] = [FINE, DROPPED, DROPPED, DROPPED, DROPPED, DROPPED]
    get(client)
    with pytest.raises(NoAnswer):
        get(client)
    assert len(service.bodies) == 2 + 1 + 5  # the old connection, and four attempts on new ones


def test_a_chunked_answer_is_read_whole_and_its_connection_used_again(ask: Ask) -> None:
    service = FaultyService(Step(CHUNKED), Step(CHUNKED))
    client = ask(service)
    assert [get(client), get(client), get(client)] == [{"Item": {}}] * 3
    assert service.connections == 1


def test_a_connection_that_is_announced_to_close_is_not_used_again(ask: Ask) -> None:
    service = FaultyService(Step(answer(200, None, "Connection: close"), closes=True))
    client = ask(service)
    get(client)
    get(client)
    assert (service.connections, len(service.bodies)) == (2, 2)


def test_an_error_leaves_the_connection_usable(ask: Ask) -> None:
    service = FaultyService(Step(failure("ConditionalCheckFailedException")))
    client = ask(service)
    with pytest.raises(ServiceError):
        get(client)
    get(client)
    assert service.connections == 1


def test_threads_never_read_the_answer_of_another(ask: Ask) -> None:
    class Echo(FaultyService):
        def next_step(self, body: bytes) -> Step:
            super().next_step(body)
            return Step(answer(200, json.dumps({"Item": json.loads(body)["Key"]}).encode()))

    service = Echo()
    client = ask(service)
    start = threading.Barrier(16)

    def many(thread: int) -> list[bool]:
        start.wait()
        keys = [f"{thread}-{number}" for number in range(40)]
        return [get(client, key) == {"Item": {"pk": {"S": key}}} for key in keys]

    with ThreadPoolExecutor(16) as pool:
        assert all(all(right) for right in pool.map(many, range(16)))
    assert (len(service.bodies), service.connections <= 16) == (640, True)


def test_a_forked_process_opens_connections_of_its_own(ask: Ask) -> None:
    service = FaultyService()
    client = ask(service)
    get(client)
    child = os.fork()
    if child == 0:
        os._exit(0 if get(client) == {"Item": {}} else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    get(client)
    assert (service.connections, len(service.bodies)) == (2, 3)
