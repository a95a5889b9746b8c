"""A warm create-case through the handler: the CPU that is ours, and the CPU of its storage calls, apart.

A storage call is one of `adapters.dynamo.Table`: it translates an item for DynamoDB and hands it to the client. The
handler runs with a store in memory in the client's place; the same calls of the table alone, recorded before, are
taken off; the same calls with botocore stand beside. Each figure is the least of its rounds, for what disturbs a
process only ever adds to its time.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from time import process_time
from typing import Any

from bench.clock import cpu_of_child, interleaved
from bench.ground import furniture, stub
from bench.lines import Line, run
from bench.requests import ENVIRONMENT, TABLE, Context, create_case
from bench.stub import Store
from infra.paths import ROOT

CASES, ROUNDS, SLOW_ROUNDS, MICROSECONDS = 100, 100, 3, 300
METHODS = {"get_item": "GetItem", "put_item": "PutItem", "transact_write_items": "TransactWriteItems"}
STORAGE = ("get", "put", "put_new", "put_any", "put_at", "transact")
Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]


class Client:
    """The store with the face of a client."""

    def __init__(self) -> None:
        self.start_over()

    def start_over(self) -> None:
        """An empty store but for the shop, so that no round pays for the memory of those before it."""
        self.store = Store()
        for item in furniture():
            self.store.answer("PutItem", {"TableName": TABLE, "Item": item})

    def __getattr__(self, method: str) -> Callable[..., dict[str, Any]]:
        operation = METHODS[method]
        return lambda **asked: self.store.answer(operation, asked)


def record(table: Any, do: Callable[[], object]) -> Calls:
    """The calls a table gets while something is done, without those it makes of itself."""
    calls, inside = Calls(), False

    def recorded(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*values: Any, **named: Any) -> Any:
            nonlocal inside
            if inside:
                return call(*values, **named)
            calls.append((name, values, named))
            inside = True
            try:
                return call(*values, **named)
            finally:
                inside = False

        return noting

    vars(table).update({name: recorded(name, getattr(table, name)) for name in STORAGE})
    do()
    for name in STORAGE:
        del vars(table)[name]
    return calls


def measure() -> list[Line]:
    """Measure in a child whose log goes nowhere."""
    with tempfile.TemporaryDirectory() as folder, stub() as url:
        out = Path(folder) / "warm.json"
        told = {**os.environ, **ENVIRONMENT, "AWS_ENDPOINT_URL": url}
        cpu_of_child([sys.executable, "-m", "bench.warm", str(out)], told, ROOT)
        found = json.loads(out.read_text())
    return [
        Line("warm create-case without its storage calls", found["handler"] - found["store"], "µs CPU", MICROSECONDS),
        Line("  handler with the store in memory", found["handler"], "µs CPU"),
        Line("  its storage calls alone", found["store"], "µs CPU"),
        Line(f"its {found['calls']:.0f} storage calls with botocore", found["botocore"], "µs CPU"),
        Line("the handler with botocore, for comparison", found["whole"], "µs CPU"),
    ]


def child(out: Path) -> None:
    """Everything in turns, in one process."""
    import app
    from chalicelib.adapters import aws, dynamo
    from chalicelib.bootstrap import desk

    memory, botocore = Client(), aws.client("dynamodb")
    numbers = count()

    def behind(client: object) -> None:
        vars(dynamo)["client"] = lambda _: client
        memory.start_over()

    def handle(client: object) -> float:
        events = [create_case(f"warm-{next(numbers)}") for _ in range(CASES)]
        behind(client)
        return _microseconds(_answers(app.app, events))

    def replay(client: object) -> float:
        behind(client)
        return _microseconds(getattr(desk().table, name)(*values, **named) for name, values, named in calls)

    handle(memory)
    calls = record(desk().table, lambda: handle(memory))
    trips = sum(name in ("get", "put", "transact") for name, _, _ in calls) / CASES
    mine, store = interleaved(ROUNDS, lambda: handle(memory), lambda: replay(memory), choose=min)
    alone, whole = interleaved(SLOW_ROUNDS, lambda: replay(botocore), lambda: handle(botocore), choose=min)
    found = {"handler": mine, "store": store, "botocore": alone, "whole": whole, "calls": trips}
    out.write_text(json.dumps(found))


def _answers(handler: Any, events: list[dict[str, Any]]) -> Iterator[None]:
    for event in events:
        answer = handler(event, Context())
        if answer["statusCode"] != 201:
            raise SystemExit(f"the case was refused: {answer}")
        yield


def _microseconds(work: Iterator[object]) -> float:
    began = process_time()
    for _ in work:
        pass
    return (process_time() - began) / CASES * 1e6


if __name__ == "__main__":
    child(Path(sys.argv[1])) if len(sys.argv) > 1 else run(measure)
