"""The table in plain Python values: strings, whole numbers and bytes. Errors of the service are translated into those
of `dynamo_errors`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.aws.dynamo_errors import ConditionFailed, Item, Malformed, Unavailable, translate_error
from chalicelib.adapters.aws.dynamo_values import attribute_names, pack, projection, rounds, unpack
from chalicelib.adapters.aws.transport.errors import ServiceError

__all__ = ["OR_NEW", "ConditionFailed", "Item", "Malformed", "Table", "Unavailable"]
MAX_KEYS = 100
"""How many items one request reads at most."""
MAX_WRITES = 25
"""How many items one batch writes at most."""
OR_NEW = "attribute_exists(pk) OR attribute_not_exists(pk)"
"""The condition of an update that creates its item when there is none."""
IS_NEW = "attribute_not_exists(pk)"
Key = tuple[str, str]
"""The partition key and the sort key of an item."""


class Table:
    """One DynamoDB table. An item that was read ahead is used once, by the next read of it in the same invocation,
    unless this process has written it since."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._ahead: dict[Key, Item | None] = {}

    def read_ahead(self, keys: Sequence[Key], others: "Mapping[Table, Sequence[Key]]") -> None:
        """Read items of this table and of others in one request, 100 at most, for the reads that follow. What the
        request leaves out is then read by itself."""
        wanted = {table: list(dict.fromkeys(named)) for table, named in {self: keys, **others}.items() if named}
        request = {
            table.name: {"Keys": [pack({"pk": pk, "sk": sk}) for pk, sk in named], "ConsistentRead": True}
            for table, named in wanted.items()
        }
        answer = client("dynamodb").batch_get_item(RequestItems=request)
        for table, named in wanted.items():
            if table.name not in answer.get("UnprocessedKeys", {}):
                table._remember_ahead(named, answer["Responses"].get(table.name, []))

    def _remember_ahead(self, keys: Sequence[Key], answer: Sequence[Mapping[str, Any]]) -> None:
        items = [unpack(item) for item in answer]
        self._ahead |= dict.fromkeys(keys) | {(item["pk"], item["sk"]): item for item in items}

    def get_ahead(self, keys: Sequence[Key]) -> list[Item] | None:
        """The items with these keys that exist, if all of them were read ahead; None otherwise."""
        if any(key not in self._ahead for key in keys):
            return None
        items = (self._ahead.pop(key) for key in keys)
        return [item for item in items if item is not None]

    def drop_ahead(self, keys: Iterable[Key]) -> None:
        """Have these items read again, because they must not be older than what is read from now on."""
        for key in keys:
            self._ahead.pop(key, None)

    def clear_ahead(self) -> None:
        """Clear what was read ahead and not used."""
        self._ahead.clear()

    def get(self, pk: str, sk: str) -> Item | None:
        """The item as last written, or None."""
        if (pk, sk) in self._ahead:
            return self._ahead.pop((pk, sk))
        answer = client("dynamodb").get_item(TableName=self.name, Key=pack({"pk": pk, "sk": sk}), ConsistentRead=True)
        return unpack(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Sequence[Key], attributes: Sequence[str] = ()) -> list[Item]:
        """The items with these keys that exist, in no order, with these attributes or else all. Each is read once,
        because a batch that names a key twice is refused."""
        ahead = {key: self._ahead.pop(key) for key in dict.fromkeys(keys) if key in self._ahead}
        items = [item for item in ahead.values() if item is not None]
        keys = [key for key in dict.fromkeys(keys) if key not in ahead]
        for start in range(0, len(keys), MAX_KEYS):
            remaining = [pack({"pk": pk, "sk": sk}) for pk, sk in keys[start : start + MAX_KEYS]]
            for _ in rounds():
                request = {"Keys": remaining, "ConsistentRead": True, **projection(attributes)}
                answer = client("dynamodb").batch_get_item(RequestItems={self.name: request})
                items += [unpack(item) for item in answer["Responses"].get(self.name, [])]
                remaining = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
                if not remaining:
                    break
        return items

    def query(
        self,
        pk: str,
        *,
        between: tuple[str, str] | None = None,
        index: str | None = None,
        names: tuple[str, str] = ("pk", "sk"),
        page: int | None = None,
        backwards: bool = False,
        attributes: Sequence[str] = (),
    ) -> Iterator[Item]:
        """The items of one partition in order, read lazily, `page` at a time, with these attributes or else all.
        `between` bounds the sort key, `names` are the key attributes of the index."""
        condition, values = "#p = :p", {":p": pk}
        if between is not None:
            condition += " AND #s BETWEEN :a AND :z"
            values |= {":a": between[0], ":z": between[1]}
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": pack(values),
            "ScanIndexForward": not backwards,
        } | projection(attributes)
        request["ExpressionAttributeNames"] = {
            "#p": names[0],
            **({"#s": names[1]} if between else {}),
            **request.get("ExpressionAttributeNames", {}),
        }
        request |= {"IndexName": index} if index else {"ConsistentRead": True}
        if page is not None:
            request["Limit"] = page
        while True:
            answer = client("dynamodb").query(**request)
            yield from (unpack(item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def scan(self, index: str | None = None, segment: int = 0, segments: int = 1) -> Iterator[Item]:
        """All items of the table or of one of its indexes, by reading all of it; or one of `segments` parts of them,
        which may be read at the same time."""
        request: dict[str, Any] = {"TableName": self.name, "Segment": segment, "TotalSegments": segments}
        request |= {"IndexName": index} if index else {"ConsistentRead": True}
        while True:
            answer = client("dynamodb").scan(**request)
            yield from (unpack(item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def put(self, item: Item, *, only_new: bool = False) -> None:
        """Write an item. With `only_new`, `ConditionFailed` has the item that exists already."""
        condition = {"ConditionExpression": IS_NEW} if only_new else {}
        try:
            client("dynamodb").put_item(
                TableName=self.name, Item=self._new(item), ReturnValuesOnConditionCheckFailure="ALL_OLD", **condition
            )
        except ServiceError as error:
            raise translate_error(error, unpack) from error

    def put_version(self, item: Item, version: int) -> None:
        """Replace an item that must have this version (0: must not exist), at half the price of a transaction with
        `put_at`; `ConditionFailed` when it has another one."""
        write = self.put_at(item, version)["Put"]
        try:
            client("dynamodb").put_item(**write)
        except ServiceError as error:
            raise translate_error(error, unpack) from error

    def update(self, pk: str, sk: str, changes: str, values: Item, condition: str = "attribute_exists(pk)") -> Item:
        """Change an item; the item after that. If the condition does not hold, `ConditionFailed` has the item."""
        names = {f"#{name}": name for name in attribute_names(changes + " " + condition)}
        try:
            answer = client("dynamodb").update_item(
                TableName=self.name,
                Key=self._at(pk, sk),
                UpdateExpression=changes,
                ConditionExpression=condition,
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **({"ExpressionAttributeValues": pack(values)} if values else {}),
                **({"ExpressionAttributeNames": names} if names else {}),
            )
        except ServiceError as error:
            raise translate_error(error, unpack) from error
        return unpack(answer["Attributes"])

    def delete(self, pk: str, sk: str) -> None:
        """Delete an item; nothing happens when there is none."""
        client("dynamodb").delete_item(TableName=self.name, Key=self._at(pk, sk))

    def write_many(self, puts: Sequence[Item] = (), deletes: Sequence[Key] = ()) -> None:
        """Write and delete many items, not atomically."""
        requests: list[dict[str, Any]] = [{"PutRequest": {"Item": self._new(item)}} for item in puts]
        requests += [{"DeleteRequest": {"Key": self._at(pk, sk)}} for pk, sk in deletes]
        for start in range(0, len(requests), MAX_WRITES):
            remaining = requests[start : start + MAX_WRITES]
            for _ in rounds():
                answer = client("dynamodb").batch_write_item(RequestItems={self.name: remaining})
                remaining = answer.get("UnprocessedItems", {}).get(self.name, [])
                if not remaining:
                    break

    def put_new(self, item: Item) -> dict[str, Any]:
        """For a transaction: write an item that must not exist."""
        return {"Put": self._put(item) | {"ConditionExpression": IS_NEW}}

    def put_any(self, item: Item) -> dict[str, Any]:
        """For a transaction: write an item, whether it exists or not."""
        return {"Put": self._put(item)}

    def removal(self, pk: str, sk: str) -> dict[str, Any]:
        """For a transaction: delete an item, whether it exists or not."""
        return {"Delete": {"TableName": self.name, "Key": self._at(pk, sk)}}

    def removal_at(self, pk: str, sk: str, version: int) -> dict[str, Any]:
        """For a transaction: delete an item that must have this version."""
        condition = {"ConditionExpression": "version = :at", "ExpressionAttributeValues": pack({":at": version})}
        return {"Delete": {"TableName": self.name, "Key": self._at(pk, sk), **condition}}

    def change(self, pk: str, sk: str, new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
        """For a transaction: set attributes of an item, if it has the old values; None is a missing attribute."""
        sets = [f"#{name} = :new_{name}" for name, value in new.items() if value is not None]
        removes = [f"#{name}" for name, value in new.items() if value is None]
        changes = (f"SET {', '.join(sets)} " if sets else "") + (f"REMOVE {', '.join(removes)}" if removes else "")
        conditions = [
            f"attribute_not_exists(#{name})" if value is None else f"#{name} = :old_{name}"
            for name, value in old.items()
        ]
        values = {f":new_{name}": value for name, value in new.items()}
        values |= {f":old_{name}": value for name, value in old.items()}
        return {
            "Update": {
                "TableName": self.name,
                "Key": self._at(pk, sk),
                "UpdateExpression": changes.strip(),
                "ConditionExpression": " AND ".join(["attribute_exists(pk)", *conditions]),
                "ExpressionAttributeNames": {f"#{name}": name for name in (*new, *old)},
                "ExpressionAttributeValues": pack(values),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def tally(self, pk: str, sk: str, by: int, new: Mapping[str, Any]) -> dict[str, Any]:
        """For a transaction: add `by` to an item's `load` and set attributes. The load can only grow up to the item's
        `capacity`, and while it is `here`."""
        sets = f"SET {', '.join(f'#{name} = :{name}' for name in new)} " if new else ""
        condition = "#load < #capacity AND #here = :here" if by > 0 else "attribute_exists(pk)"
        names = {"#load": "load"} | ({"#capacity": "capacity", "#here": "here"} if by > 0 else {})
        names |= {f"#{name}": name for name in new}
        values = {":by": by, **({":here": 1} if by > 0 else {}), **{f":{name}": value for name, value in new.items()}}
        return {
            "Update": {
                "TableName": self.name,
                "Key": self._at(pk, sk),
                "UpdateExpression": f"{sets}ADD #load :by",
                "ConditionExpression": condition,
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": pack(values),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def advance(self, pk: str, sk: str) -> dict[str, Any]:
        """For a transaction: add one to an item's version, creating the item when there is none."""
        return {
            "Update": {
                "TableName": self.name,
                "Key": self._at(pk, sk),
                "UpdateExpression": "ADD #version :one",
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": pack({":one": 1}),
            }
        }

    def put_at(self, item: Item, version: int) -> dict[str, Any]:
        """For a transaction: replace an item that must have this version (0: must not exist)."""
        if version == 0:
            return self.put_new(item)
        condition = {"ConditionExpression": "version = :at", "ExpressionAttributeValues": pack({":at": version})}
        return {"Put": self._put(item) | condition}

    def _put(self, item: Item) -> dict[str, Any]:
        return {"TableName": self.name, "Item": self._new(item), "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}

    def _new(self, item: Item) -> dict[str, Any]:
        """An item that is about to be written, as DynamoDB's attributes."""
        self.drop_ahead([(item["pk"], item["sk"])])
        return pack(item)

    def _at(self, pk: str, sk: str) -> dict[str, Any]:
        """The key of an item that is about to be changed."""
        self.drop_ahead([(pk, sk)])
        return pack({"pk": pk, "sk": sk})

    def transact(self, writes: Sequence[dict[str, Any]]) -> None:
        """Write all or nothing. `VersionConflict` if another transaction uses the same items, `ConditionFailed` if a
        condition does not hold."""
        try:
            client("dynamodb").transact_write_items(TransactItems=writes)
        except ServiceError as error:
            raise translate_error(error, unpack) from error
