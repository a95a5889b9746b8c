"""Count every call that a function makes to AWS, and the units that DynamoDB would charge for it."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.support import prices
from bench.support.prices import Indexes, Item
from chalicelib.adapters.aws.transport import botocore_clients
from chalicelib.adapters.aws.transport.client import Client
from chalicelib.adapters.aws.transport.errors import ServiceError

Params = dict[str, Any]
Write = tuple[Item | None, Item | None, bool]


class Meter:
    """Counts the calls of this process. `look`: reads an item without being counted."""

    def __init__(self, look: Callable[[str, Item], Item | None], indexes: Indexes) -> None:
        self.look, self.indexes = look, indexes
        self.step, self.muted = "", False
        self.calls: Counter[tuple[str, str, str]] = Counter()
        self.written: Counter[tuple[str, str]] = Counter()
        self.written_items: Counter[tuple[str, str]] = Counter()
        self.index_written: Counter[tuple[str, str]] = Counter()
        self.read: Counter[str] = Counter()
        self.inserted: list[Item] = []
        self.sent: list[tuple[str, Params]] = []
        self.emails: list[Params] = []
        self._before = threading.local()
        self._lock = threading.Lock()

    def listen(self) -> None:
        """Count the calls of our own client and of botocore's."""
        session = botocore_clients._session()
        session.register(
            "provide-client-params.*.*",
            lambda params, model, **_: self._before_call(model.service_model.service_name, model.name, params),
        )
        session.register(
            "after-call.*.*",
            lambda parsed, model, **_: self._after_call(
                model.service_model.service_name, model.name, parsed, "Error" in parsed
            ),
        )
        call = Client.call

        def counted(client: Client, operation: str, params: Params) -> Params:
            self._before_call(client.endpoint.service, operation, params)
            try:
                answer = call(client, operation, params)
            except ServiceError:
                self._after_call(client.endpoint.service, operation, {}, failed=True)
                raise
            self._after_call(client.endpoint.service, operation, answer, failed=False)
            return answer

        setattr(Client, "call", counted)  # noqa: B010  # mypy takes an assignment for a mistake

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Count nothing inside this block."""
        self.muted = True
        yield
        self.muted = False

    def _before_call(self, service: str, operation: str, params: Params) -> None:
        writes = list(self._writes(operation, params)) if service == "dynamodb" else []
        self._before.params, self._before.writes = params, writes

    def _after_call(self, service: str, operation: str, answer: Params, failed: bool) -> None:
        if self.muted:
            return
        params = self._before.params
        with self._lock:
            self.calls[self.step, service, operation] += 1
            if service == "dynamodb":
                self._charge(operation, params, answer, failed)
            elif operation == "SendMessageBatch":
                self.sent += [(params["QueueUrl"], entry) for entry in params["Entries"]]
            elif operation == "SendEmail":
                self.emails.append(params)

    def _writes(self, operation: str, params: Params) -> Iterator[Write]:
        """Each item that a call would write, before and after the write, and whether it is in a transaction. The
        result of an update is read after the call."""
        if operation == "PutItem":
            yield self.look(params["TableName"], _key(params["Item"])), params["Item"], False
        elif operation in ("UpdateItem", "DeleteItem"):
            yield self.look(params["TableName"], params["Key"]), None, False
        elif operation == "TransactWriteItems":
            for member in params["TransactItems"]:
                yield self._member(member)
        elif operation == "BatchWriteItem":
            for table, requests in params["RequestItems"].items():
                for request in requests:
                    put = request.get("PutRequest", {}).get("Item")
                    key = _key(put) if put else request["DeleteRequest"]["Key"]
                    yield self.look(table, key), put, False

    def _member(self, member: Params) -> Write:
        """A write of a transaction. What an update makes of an item is taken to be as large as the item was."""
        ((kind, write),) = member.items()
        old = self.look(write["TableName"], _key(write["Item"]) if kind == "Put" else write["Key"])
        new = {"Put": write.get("Item"), "Delete": None}.get(kind, old or write.get("Key"))
        return old, new, True

    def _charge(self, operation: str, params: Params, parsed: Params, failed: bool) -> None:
        for old, new, transaction in self._before.writes:
            after = self.look(params["TableName"], params["Key"]) if operation == "UpdateItem" else new
            item = after or old or params.get("Key")
            what = kind_of(item) if item else "NOTHING"
            units = prices.write_units(old, old if failed else after, transaction)
            self.written[self.step, what] += units
            if item:
                self.written_items[self.step, f"{item['pk']['S']}/{item['sk']['S']}"] += units
            if failed:
                continue
            self.index_written[self.step, what] += prices.index_units(old, after, self.indexes)
            if old is None and after is not None:
                self.inserted.append(after)
        if not failed:
            self.read[self.step] += _read_units(operation, params, parsed)  # type: ignore[assignment]


def _key(item: Item) -> Item:
    return {"pk": item["pk"], "sk": item["sk"]}


def kind_of(item: Item) -> str:
    """The kind of an item, by its keys: CASE C is the state of a case, CASE E an event."""
    prefix, sort = str(item["pk"]["S"]).partition("#")[0], str(item["sk"]["S"])
    if sort in ("K", "S") and prefix.islower():
        return "KEY"
    return f"{prefix} {sort[0]}" if prefix == "CASE" else prefix


def _read_units(operation: str, params: Params, parsed: Params) -> float:
    if operation == "GetItem":
        return prices.read_units(prices.size(parsed.get("Item", {})), bool(params.get("ConsistentRead")))
    if operation == "Query":
        return prices.read_units(sum(map(prices.size, parsed["Items"])), bool(params.get("ConsistentRead")))
    if operation == "BatchGetItem":
        return sum(_batch_units(wanted, parsed["Responses"].get(name, [])) for name, wanted in _wanted(params))
    return 0.0


def _wanted(params: Params) -> Iterable[tuple[str, Params]]:
    wanted: dict[str, Params] = params["RequestItems"]
    return wanted.items()


def _batch_units(wanted: Params, found: list[Item]) -> float:
    """The units for the keys of one table in a batch: each key is charged by itself, also if there is no item."""
    sizes = [*map(prices.size, found), *[0] * (len(wanted["Keys"]) - len(found))]
    return sum(prices.read_units(size, bool(wanted.get("ConsistentRead"))) for size in sizes)
