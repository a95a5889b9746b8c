"""Counts every call a function makes to AWS, and what DynamoDB would charge for it."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench import prices
from bench.prices import Indexes, Item

Asked = dict[str, Any]
Write = tuple[Item | None, Item | None, bool]


class Meter:
    """Listens to a botocore session. `look` reads an item without being counted."""

    def __init__(self, look: Callable[[str, Item], Item | None], indexes: Indexes) -> None:
        self.look, self.indexes = look, indexes
        self.step, self.muted = "", False
        self.calls: Counter[tuple[str, str, str]] = Counter()
        self.written: Counter[tuple[str, str]] = Counter()
        self.index_written: Counter[tuple[str, str]] = Counter()
        self.read: Counter[str] = Counter()
        self.inserted: list[Item] = []
        self.sent: list[tuple[str, Asked]] = []
        self.mails: list[Asked] = []
        self._before = threading.local()
        self._lock = threading.Lock()

    def listen(self, session: Any) -> None:
        """Hear of each call before and after it."""
        session.register("provide-client-params.*.*", self._asked)
        session.register("after-call.*.*", self._answered)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Count nothing for a while."""
        self.muted = True
        yield
        self.muted = False

    def _asked(self, params: Asked, model: Any, **_: Any) -> None:
        writes = list(self._writes(model.name, params)) if model.service_model.service_name == "dynamodb" else []
        self._before.asked, self._before.writes = params, writes

    def _answered(self, parsed: Asked, model: Any, **_: Any) -> None:
        if self.muted:
            return
        asked, service = self._before.asked, model.service_model.service_name
        with self._lock:
            self.calls[self.step, service, model.name] += 1
            if service == "dynamodb":
                self._charge(model.name, asked, parsed, "Error" in parsed)
            elif model.name == "SendMessageBatch":
                self.sent += [(asked["QueueUrl"], entry) for entry in asked["Entries"]]
            elif model.name == "SendEmail":
                self.mails.append(asked)

    def _writes(self, operation: str, asked: Asked) -> Iterator[Write]:
        """Each item a call would write, as it was and as it would be; an update's new form is looked up after it."""
        if operation == "PutItem":
            yield self.look(asked["TableName"], _key(asked["Item"])), asked["Item"], False
        elif operation in ("UpdateItem", "DeleteItem"):
            yield self.look(asked["TableName"], asked["Key"]), None, False
        elif operation == "TransactWriteItems":
            for write in asked["TransactItems"]:
                put = write["Put"]
                yield self.look(put["TableName"], _key(put["Item"])), put["Item"], True
        elif operation == "BatchWriteItem":
            raise NotImplementedError("no life of a case writes in batches")

    def _charge(self, operation: str, asked: Asked, parsed: Asked, failed: bool) -> None:
        for old, new, transaction in self._before.writes:
            after = self.look(asked["TableName"], asked["Key"]) if operation == "UpdateItem" else new
            what = kind_of(after or old or asked["Key"])
            self.written[self.step, what] += prices.write_units(old, old if failed else after, transaction)
            if failed:
                continue
            self.index_written[self.step, what] += prices.index_units(old, after, self.indexes)
            if old is None and after is not None:
                self.inserted.append(after)
        if not failed:
            self.read[self.step] += _read_units(operation, asked, parsed)  # type: ignore[assignment]


def _key(item: Item) -> Item:
    return {"pk": item["pk"], "sk": item["sk"]}


def kind_of(item: Item) -> str:
    """What an item is, by its keys: CASE C is a case's state, CASE E an event."""
    prefix, sort = str(item["pk"]["S"]).partition("#")[0], str(item["sk"]["S"])
    if sort in ("K", "S") and prefix.islower():
        return "KEY"
    return f"{prefix} {sort[0]}" if prefix == "CASE" else prefix


def _read_units(operation: str, asked: Asked, parsed: Asked) -> float:
    if operation == "GetItem":
        return prices.read_units(prices.size(parsed.get("Item", {})), bool(asked.get("ConsistentRead")))
    if operation == "Query":
        return prices.read_units(sum(map(prices.size, parsed["Items"])), bool(asked.get("ConsistentRead")))
    if operation == "BatchGetItem":
        ((table, wanted),) = asked["RequestItems"].items()
        found = [prices.size(item) for item in parsed["Responses"].get(table, [])]
        found += [0] * (len(wanted["Keys"]) - len(found))
        return sum(prices.read_units(one, bool(wanted.get("ConsistentRead"))) for one in found)
    return 0.0
