"""A warm create-case through the handler: the CPU that is ours, and the CPU of its storage calls, apart.

A storage call is one of `adapters.dynamo.Table`: it translates an item for DynamoDB and hands it to the client. The
handler runs with a store in memory in the client's place; the same calls of the table alone, recorded before, are
taken off; the same calls with botocore stand beside. Each figure is the least of its rounds, for what disturbs a
process only ever adds to its time.
"""

import base64
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
from bench.stub import KEY, Store
from infra.paths import ROOT

CASES, ROUNDS, SLOW_ROUNDS, MICROSECONDS = 100, 100, 3, 300
METHODS = {
    "get_item": "GetItem",
    "put_item": "PutItem",
    "transact_write_items": "TransactWriteItems",
    "query": "Query",
    "batch_get_item": "BatchGetItem",
}
WRAPPED = bytes(72)  # as long as a wrapped key
TRIPS = ("get", "get_many", "query", "put", "transact")
STORAGE = ("get", "get_many", "query", "put", "put_new", "put_any", "put_at", "transact")
Calls = list[tuple[Any, str, tuple[Any, ...], dict[str, Any]]]


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

    def generate_data_key(self, **_: Any) -> dict[str, Any]:
        """KMS, which is asked once."""
        return {"CiphertextBlob": base64.b64decode(KEY), "Plaintext": base64.b64decode(KEY)}

    def decrypt(self, **_: Any) -> dict[str, Any]:
        """KMS, which is asked once."""
        return {"Plaintext": base64.b64decode(KEY)}


def record(tables: list[Any], do: Callable[[], object]) -> Calls:
    """The calls tables get while something is done, without those they make of themselves."""
    calls, inside = Calls(), False

    def recorded(table: Any, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*values: Any, **named: Any) -> Any:
            nonlocal inside
            if inside:
                return call(*values, **named)
            calls.append((table, name, values, named))
            inside = True
            try:
                return call(*values, **named)
            finally:
                inside = False

        return noting

    for table in tables:
        vars(table).update({name: recorded(table, name, getattr(table, name)) for name in STORAGE})
    do()
    for table in tables:
        for name in STORAGE:
            del vars(table)[name]
    return calls


class Unsealed:
    """A vault that makes its keys and leaves everything readable."""

    def __init__(self, vault: Any) -> None:
        self.vault = vault

    def forget(self) -> None:
        """Nothing was kept."""

    def fingerprint(self, shop: str, text: str) -> str:
        """Made with the shop's key all the same."""
        return str(self.vault.fingerprint(shop, text))

    def seal(self, name: str, _place: str, text: bytes, _until: object = None) -> bytes:
        """The same calls to the table, without the ciphers."""
        if not self.vault.table.get_many([(name, "K")]):
            self.vault.table.put({"pk": name, "sk": "K", "wrapped": WRAPPED, "made": 1}, only_new=True)
        return text


def unsealed(do: Callable[[], float]) -> float:
    """Do it at a desk that seals nothing."""
    from chalicelib.bootstrap import services

    kept = services().vault
    vars(services())["vault"] = Unsealed(kept)
    try:
        return do()
    finally:
        vars(services())["vault"] = kept


def _call(table: Any, name: str, values: tuple[Any, ...], named: dict[str, Any]) -> object:
    found = getattr(table, name)(*values, **named)
    return list(found) if name == "query" else found  # a query reads as it is taken


def measure() -> list[Line]:
    """Measure in a child whose log goes nowhere."""
    with tempfile.TemporaryDirectory() as folder, stub() as url:
        out = Path(folder) / "warm.json"
        told = {**os.environ, **ENVIRONMENT, "AWS_ENDPOINT_URL": url}
        cpu_of_child([sys.executable, "-m", "bench.warm", str(out)], told, ROOT)
        found = json.loads(out.read_text())
    return [
        Line("warm create-case without storage and sealing", found["plain"] - found["store"], "µs CPU", MICROSECONDS),
        Line("  what sealing adds", found["handler"] - found["plain"], "µs CPU"),
        Line("  handler with the store in memory", found["handler"], "µs CPU"),
        Line("  its storage calls alone", found["store"], "µs CPU"),
        Line(f"its {found['calls']:.0f} storage calls with botocore", found["botocore"], "µs CPU"),
        Line("the handler with botocore, for comparison", found["whole"], "µs CPU"),
    ]


def child(out: Path) -> None:
    """Everything in turns, in one process."""
    import app
    from chalicelib.adapters.aws import clients as aws
    from chalicelib.adapters.aws import dynamo
    from chalicelib.bootstrap import services

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
        return _microseconds(_call(*one) for one in calls)

    handle(memory)
    calls = record([services().table, services().vault.table], lambda: handle(memory))
    trips = sum(name in TRIPS for _, name, _, _ in calls) / CASES
    mine, plain, store = interleaved(
        ROUNDS, lambda: handle(memory), lambda: unsealed(lambda: handle(memory)), lambda: replay(memory), choose=min
    )
    alone, whole = interleaved(SLOW_ROUNDS, lambda: replay(botocore), lambda: handle(botocore), choose=min)
    found = {"handler": mine, "plain": plain, "store": store, "botocore": alone, "whole": whole, "calls": trips}
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
