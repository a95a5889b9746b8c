"""A warm create-case through the handler, against one put by botocore: with its storage, and its own part alone.

A storage call is a call of `adapters.dynamo.Table`: it translates an item for DynamoDB and passes it to the client. The
handler's own part is measured with a client that stores in memory. The same table calls, recorded before and repeated
alone, are subtracted. With storage means: DynamoDB is a stub on loopback, called by our own client. Each figure is the
minimum of its rounds, because disturbances only ever add to the time of a process, and all take turns in one process.
"""

import base64
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from time import process_time
from typing import Any

from bench.support.clock import cpu_of_child, interleaved
from bench.support.figures import Figure, run
from bench.support.lambda_setup import run_stub, shop_items
from bench.support.requests import ENVIRONMENT, TABLE, Context, create_case
from bench.support.stub import KEY, Store
from bench.transport.transports import plain as plain_item
from infra.paths import ROOT

CASES, ROUNDS, SLOW_ROUNDS = 100, 100, 15
WITH_STORAGE, WITHOUT_STORAGE = 6.0, 0.6
"""How many puts of botocore a create-case may cost, with its storage calls and without them."""
WRAPPED = bytes(72)  # the length of an encrypted key
STORAGE = (
    "read_ahead",
    "get_ahead",
    "clear_ahead",
    "get",
    "get_many",
    "query",
    "put",
    "write_many",
    "put_new",
    "put_any",
    "put_at",
    "transact",
)
Calls = list[tuple[Any, str, tuple[Any, ...], dict[str, Any]]]


class Client:
    """A client of DynamoDB and KMS that uses the store in memory."""

    def __init__(self) -> None:
        self.start_over()

    def start_over(self) -> None:
        """Clear the store except for the shop, so that earlier rounds do not slow down this one."""
        self.store, self.trips = Store(), 0
        for item in shop_items():
            self.store.answer("PutItem", {"TableName": TABLE, "Item": item})

    def __getattr__(self, method: str) -> Callable[..., dict[str, Any]]:
        operation = "".join(part.capitalize() for part in method.split("_"))
        self.trips += 1
        return lambda **params: self.store.answer(operation, params)

    def generate_data_key(self, **_: Any) -> dict[str, Any]:
        """KMS, which is called once."""
        return {"CiphertextBlob": base64.b64decode(KEY), "Plaintext": base64.b64decode(KEY)}

    def decrypt(self, **_: Any) -> dict[str, Any]:
        """KMS, which is called once."""
        return {"Plaintext": base64.b64decode(KEY)}


def record(tables: list[Any], action: Callable[[], object]) -> Calls:
    """The calls of the tables' methods during this call, without those that the methods make themselves."""
    calls, inside = Calls(), False

    def recorded(table: Any, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def record_call(*values: Any, **named: Any) -> Any:
            nonlocal inside
            if inside:
                return call(*values, **named)
            calls.append((table, name, values, named))
            inside = True
            try:
                return call(*values, **named)
            finally:
                inside = False

        return record_call

    for table in tables:
        vars(table).update({name: recorded(table, name, getattr(table, name)) for name in STORAGE})
    action()
    for table in tables:
        for name in STORAGE:
            del vars(table)[name]
    return calls


class Unsealed:
    """A vault that creates its keys but encrypts nothing."""

    def __init__(self, vault: Any) -> None:
        self.vault = vault

    def clear_cache(self) -> None:
        """Nothing is cached."""

    def clear_ahead(self) -> None:
        """Clear the keys that were read ahead, as usual."""
        self.vault.clear_ahead()

    @property
    def table(self) -> Any:
        """The table of the keys, as usual."""
        return self.vault.table

    def serves(self, shop: str) -> bool:
        """Whether the shop has a key, as usual."""
        return bool(self.vault.serves(shop))

    def missing(self, names: Iterable[str]) -> list[str]:
        """All keys, because none is cached."""
        return list(names)

    def fingerprint(self, shop: str, text: str) -> str:
        """The fingerprint with the shop's key, as usual."""
        return str(self.vault.fingerprint(shop, text))

    def seal(self, name: str, _place: str, text: bytes, _until: object = None, is_probably_new: bool = False) -> bytes:
        """The same table calls, without encryption."""
        if is_probably_new or not self.vault.table.get_many([(name, "K")]):
            self.vault.table.put({"pk": name, "sk": "K", "wrapped": WRAPPED, "made": 1}, only_new=True)
        return text


def unsealed(measure_once: Callable[[], float]) -> float:
    """Measure with services that encrypt nothing."""
    from chalicelib.bootstrap import services

    vault = services().vault
    vars(services())["vault"] = Unsealed(vault)
    try:
        return measure_once()
    finally:
        vars(services())["vault"] = vault


def _call(table: Any, name: str, values: tuple[Any, ...], named: dict[str, Any]) -> object:
    result = getattr(table, name)(*values, **named)
    return list(result) if name == "query" else result  # a query reads its pages while it is iterated


def measure() -> list[Figure]:
    """Measure in a child process whose log is discarded."""
    with tempfile.TemporaryDirectory() as folder, run_stub() as url:
        out = Path(folder) / "warm.json"
        environment = {**os.environ, **ENVIRONMENT, "AWS_ENDPOINT_URL": url}
        cpu_of_child([sys.executable, "-m", "bench.warm", str(out)], environment, ROOT)
        measured = json.loads(out.read_text())
    put = measured["put"]
    return [
        Figure("warm create-case with its storage against one botocore put", measured["ours"] / put, "×", WITH_STORAGE),
        Figure("  the same through botocore", measured["whole"] / put, "×"),
        Figure("  storage calls of a create-case", measured["calls"]),
        Figure("  all of them by our client, alone", measured["stored"], "µs CPU"),
        Figure("  all of them by botocore, alone", measured["botocore"], "µs CPU"),
        Figure("  one botocore put", put, "µs CPU"),
        Figure(
            "warm create-case without storage and sealing against one botocore put",
            (measured["plain"] - measured["store"]) / put,
            "×",
            WITHOUT_STORAGE,
        ),
        Figure("  without storage and sealing", measured["plain"] - measured["store"], "µs CPU"),
        Figure("  what sealing adds", measured["handler"] - measured["plain"], "µs CPU"),
        Figure("  handler with the store in memory", measured["handler"], "µs CPU"),
        Figure("  its storage calls alone, in memory", measured["store"], "µs CPU"),
    ]


class Turns:
    """What is measured in turns, `CASES` at a time; each gives CPU microseconds for one."""

    def __init__(self, memory: Client) -> None:
        self.memory, self.numbers = memory, count()
        self.calls: Calls = []

    def _use(self, client: object) -> None:
        from chalicelib.adapters.aws import dynamo

        vars(dynamo)["client"] = lambda _: client
        self.memory.start_over()

    def handle(self, client: object) -> float:
        """Requests through the handler, which uses this client."""
        import app

        events = [create_case(f"warm-{next(self.numbers)}") for _ in range(CASES)]
        self._use(client)
        return _microseconds(_answers(app.app, events))

    def replay(self, client: object) -> float:
        """The recorded calls of the tables alone."""
        self._use(client)
        return _microseconds(_call(*call) for call in self.calls)

    def put(self, client: Any) -> float:
        """One put of an item."""
        return _microseconds(
            client.put_item(TableName=TABLE, Item=plain_item(f"{next(self.numbers)}")) for _ in range(CASES)
        )


def child(out: Path) -> None:
    """Measure everything in turns, in one process."""
    from chalicelib.adapters.aws import clients as aws
    from chalicelib.adapters.aws.transport.botocore_clients import botocore_client
    from chalicelib.bootstrap import services

    memory, ours, botocore = Client(), aws.client("dynamodb"), botocore_client("dynamodb")
    turns = Turns(memory)
    turns.handle(memory)
    turns.calls = record([services().table, services().vault.table], lambda: turns.handle(memory))
    trips = memory.trips / CASES
    in_memory = {
        "handler": lambda: turns.handle(memory),
        "plain": lambda: unsealed(lambda: turns.handle(memory)),
        "store": lambda: turns.replay(memory),
    }
    over_http = {
        "put": lambda: turns.put(botocore),
        "ours": lambda: turns.handle(ours),
        "stored": lambda: turns.replay(ours),
        "botocore": lambda: turns.replay(botocore),
        "whole": lambda: turns.handle(botocore),
    }
    measured = _fastest(ROUNDS, in_memory) | _fastest(SLOW_ROUNDS, over_http)
    out.write_text(json.dumps(measured | {"calls": trips}))


def _fastest(rounds: int, contestants: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    return dict(zip(contestants, interleaved(rounds, *contestants.values(), choose=min), strict=True))


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
