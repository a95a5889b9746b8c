"""What a case costs here and in django-helpdesk, the most used open service desk in Python: python -m bench.peer.

Both run behind the same server (gunicorn, two processes of two threads) with one client that waits for each answer,
in turns. The figure is the CPU time of the server's processes per request; that of their stores is printed apart,
because they cannot be compared: the peer has PostgreSQL, this project a stub of DynamoDB that keeps nothing durable
and checks no conditions. The peer reads a ticket in time proportional to all its tickets; it has a hundred here.
"""

import base64
import http.client
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.peer.helpdesk import Peer, gunicorn, install, run_peer
from bench.peer.processes import cpu_ms, free_port, server
from bench.support.figures import Figure, run
from bench.support.lambda_setup import run_stub_process
from bench.support.packages import current_package, lambda_environment, unpack
from bench.support.requests import SHOP, requested_case
from infra.paths import ROOT

REQUESTS, ROUNDS, WARM_UP = 40, 7, 10
LEAST_CREATE, LEAST_READ = 3, 15
BASIC = {"Authorization": "Basic " + base64.b64encode(b"admin:admin").decode()}
TICKET = {
    "queue": 1,
    "title": "The lamp flickers",
    "description": "It flickers since the second evening. What can I do?",
    "submitter_email": "customer@example.net",
    "priority": 3,
}


class Cost(NamedTuple):
    """CPU milliseconds of one request."""

    server: float
    store: float


def measure() -> list[Figure]:
    """Measure creating and reading, in turns."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        python, folder = install(), Path(name)
        peer = stack.enter_context(run_peer(python, folder))
        ours = stack.enter_context(_run_ours(python, folder))
        peer_calls, clear = _peer_calls(peer)
        calls = {**peer_calls, **_our_calls(ours)}
        running = {what: peer if what.startswith("django") else ours for what in calls}
        for call in calls.values():
            _repeat(call, WARM_UP)
        rounds = []
        for _ in range(ROUNDS):
            clear()
            rounds.append({what: _cost(calls[what], running[what]) for what in calls})
    return _figures(rounds)


def _figures(rounds: list[dict[str, Cost]]) -> list[Figure]:
    figures = []
    for verb, least in (("create", LEAST_CREATE), ("read", LEAST_READ)):
        peer, ours = f"django-helpdesk {verb}", f"aftercare {verb}"
        share = median(each[peer].server / each[ours].server for each in rounds)
        figures.append(Figure(f"{verb} a case: django-helpdesk ÷ aftercare", share, "×", least=least))
        for what in (peer, ours):
            figures.append(Figure(f"  {what}", median(each[what].server for each in rounds), "ms CPU"))
            figures.append(Figure("    its store", median(each[what].store for each in rounds), "ms CPU"))
    return figures


def _cost(call: Callable[[], object], running: Peer) -> Cost:
    before = cpu_ms(running.process), cpu_ms(running.store)
    _repeat(call, REQUESTS)
    return Cost((cpu_ms(running.process) - before[0]) / REQUESTS, (cpu_ms(running.store) - before[1]) / REQUESTS)


def _repeat(call: Callable[[], object], times: int) -> None:
    for _ in range(times):
        call()


@contextmanager
def _run_ours(python: Path, folder: Path) -> Iterator[Peer]:
    with run_stub_process() as (url, store):
        unpack(current_package(), folder / "task")
        environment = lambda_environment(folder, url, folder / "task", ROOT)
        port = free_port()
        with server(gunicorn(python, port, "bench.peer.wsgi:application"), port, environment, folder) as process:
            yield Peer(port, process, store)


def _peer_calls(peer: Peer) -> tuple[dict[str, Callable[[], object]], Callable[[], None]]:
    """The peer's calls, and one that deletes what they created, so that reading does not slow down."""
    send, created = _client(peer.port, BASIC), list[int]()

    def clear() -> None:
        while created:
            send("DELETE", f"/api/tickets/{created.pop()}/")

    calls: dict[str, Callable[[], object]] = {
        "django-helpdesk create": lambda: created.append(send("POST", "/api/tickets/", TICKET)["id"]),
        "django-helpdesk read": lambda: send("GET", "/api/tickets/1/"),
    }
    return calls, clear


def _our_calls(ours: Peer) -> dict[str, Callable[[], object]]:
    send, numbers = _client(ours.port, {}), count()

    def create() -> dict[str, Any]:
        return send("POST", "/v1/cases", {"shop": SHOP, **requested_case(f"peer-{next(numbers)}")})

    case = create()["id"]
    return {"aftercare create": create, "aftercare read": lambda: send("GET", f"/v1/cases/{case}")}


def _client(port: int, headers: dict[str, str]) -> Callable[..., dict[str, Any]]:
    """Sends requests over one connection. SystemExit if one fails."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def send(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status not in (200, 201, 204):
            raise SystemExit(f"{method} {path}: {answer.status} {text[:300]!r}")
        result: dict[str, Any] = json.loads(text or "{}")
        return result

    return send


if __name__ == "__main__":
    run(measure)
