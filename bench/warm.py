"""A warm create-case through the handler: the CPU that is ours, and the CPU of its storage calls, apart.

Three figures, each the median of rounds: the handler with an in-memory store in the place of the client; the
same calls against that store alone, which is taken off; the same calls by botocore against the stub alone.
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
from bench.ground import dynamodb, furniture, stub
from bench.lines import Line, run
from bench.requests import ENVIRONMENT, TABLE, Context, create_case
from bench.stub import Store
from infra.paths import ROOT

CASES, ROUNDS, MICROSECONDS = 100, 5, 300
METHODS = {
    "get_item": "GetItem", "put_item": "PutItem", "transact_write_items": "TransactWriteItems",
    "batch_get_item": "BatchGetItem",
}  # fmt: skip
Calls = list[tuple[str, dict[str, Any]]]


class Recorder:
    """The store with the face of a client; it remembers what it was asked."""

    def __init__(self) -> None:
        self.store = Store()
        self.calls: Calls = []
        for item in furniture():
            self.store.answer("PutItem", {"TableName": TABLE, "Item": item})

    def __getattr__(self, method: str) -> Callable[..., dict[str, Any]]:
        operation = METHODS[method]

        def call(**asked: Any) -> dict[str, Any]:
            self.calls.append((method, asked))
            return self.store.answer(operation, asked)

        return call


def measure() -> list[Line]:
    """Measure in a child whose log goes nowhere."""
    with tempfile.TemporaryDirectory() as folder, stub() as url:
        out = Path(folder) / "warm.json"
        told = {**os.environ, **ENVIRONMENT, "AWS_ENDPOINT_URL": url}
        cpu_of_child([sys.executable, "-m", "bench.warm", url, str(out)], told, ROOT)
        found = json.loads(out.read_text())
    return [
        Line("warm create-case without its storage calls", found["handler"] - found["store"], "µs CPU", MICROSECONDS),
        Line("  handler with the store in memory", found["handler"], "µs CPU"),
        Line("  that store alone", found["store"], "µs CPU"),
        Line(f"its {found['calls']:.0f} storage calls by botocore alone", found["botocore"], "µs CPU"),
        Line("the handler with botocore, for comparison", found["whole"], "µs CPU"),
    ]


def child(url: str, out: Path) -> None:
    """Everything in turns, in one process."""
    import app
    from chalicelib.adapters import aws, dynamo

    recorder, alone, real = Recorder(), dynamodb(url), aws.client("dynamodb")
    numbers = count()

    def handle(client: object) -> float:
        vars(dynamo)["client"] = lambda _: client  # the store's place, or botocore's
        events = [create_case(f"warm-{next(numbers)}") for _ in range(CASES)]
        recorder.calls.clear()
        return _microseconds(_answers(app.app, events))

    def replay(client: Any, calls: Calls) -> float:
        return _microseconds(getattr(client, method)(**asked) for method, asked in calls)

    handle(recorder)
    calls = list(recorder.calls)
    plain = Recorder()
    handler, store, botocore, whole = interleaved(
        ROUNDS, lambda: handle(recorder), lambda: replay(plain, calls), lambda: replay(alone, calls),
        lambda: handle(real),
    )  # fmt: skip
    found = {"handler": handler, "store": store, "botocore": botocore, "whole": whole, "calls": len(calls) / CASES}
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
    child(sys.argv[1], Path(sys.argv[2])) if len(sys.argv) > 1 else run(measure)
