"""The table in plain Python values: strings, whole numbers, bytes. Errors of the service become ours here."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.adapters.aws.clients import client
from chalicelib.usecases.ports import VersionConflict

Item = dict[str, Any]
BATCH = 100
OR_NEW = "attribute_exists(pk) OR attribute_not_exists(pk)"
"""The condition of an update that makes its item where there is none."""
_READ = {"S": str, "N": int, "B": bytes}


class Refused(Exception):
    """A condition did not hold. `reasons` has, for each write of the transaction, the item that stood in its way."""

    def __init__(self, reasons: Sequence[Item | None]) -> None:
        super().__init__("a condition did not hold")
        self.reasons = reasons


class Unavailable(Exception):
    """The table did not do it, for a reason that is not the caller's."""


class Malformed(Exception):
    """The table will never do it: what was asked is no request it takes. A fault of ours; trying again is in vain."""


def pack(item: Mapping[str, Any]) -> dict[str, Any]:
    """Python values as DynamoDB attributes; None is left out."""
    return {
        name: {"S": value} if isinstance(value, str) else _value(value)
        for name, value in item.items()
        if value is not None
    }


def _value(value: Any) -> dict[str, Any]:
    return {"B": value} if isinstance(value, bytes) else {"N": str(int(value))}


def unpack(item: Mapping[str, Any]) -> Item:
    """DynamoDB attributes as Python values."""
    return {name: _READ[kind](raw) for name, value in item.items() for kind, raw in value.items()}


class Table:
    """One DynamoDB table."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get(self, pk: str, sk: str) -> Item | None:
        """The item as last written, or None."""
        found = client("dynamodb").get_item(TableName=self.name, Key=pack({"pk": pk, "sk": sk}), ConsistentRead=True)
        return unpack(found["Item"]) if "Item" in found else None

    def get_many(self, keys: Sequence[tuple[str, str]]) -> list[Item]:
        """The items of these keys that exist, in no order, each once: a batch that names a key twice is refused."""
        found: list[Item] = []
        keys = list(dict.fromkeys(keys))
        for start in range(0, len(keys), BATCH):
            left = [pack({"pk": pk, "sk": sk}) for pk, sk in keys[start : start + BATCH]]
            while left:
                wanted = {self.name: {"Keys": left, "ConsistentRead": True}}
                answer = client("dynamodb").batch_get_item(RequestItems=wanted)
                found += [unpack(item) for item in answer["Responses"].get(self.name, [])]
                left = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
        return found

    def query(
        self,
        pk: str,
        *,
        between: tuple[str, str] | None = None,
        index: str | None = None,
        names: tuple[str, str] = ("pk", "sk"),
        page: int | None = None,
        backwards: bool = False,
    ) -> Iterator[Item]:
        """Items of one partition in order, read `page` at a time as they are taken; `between` bounds the sort key."""
        condition, values = "#p = :p", {":p": pk}
        if between is not None:
            condition += " AND #s BETWEEN :a AND :z"
            values |= {":a": between[0], ":z": between[1]}
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": pack(values),
            "ExpressionAttributeNames": {"#p": names[0]} | ({"#s": names[1]} if between else {}),
            "ScanIndexForward": not backwards,
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

    def scan(self, name: str, value: str) -> Iterator[Item]:
        """Every item whose attribute has this value, by reading the whole table."""
        request: dict[str, Any] = {
            "TableName": self.name,
            "FilterExpression": "#n = :v",
            "ExpressionAttributeNames": {"#n": name},
            "ExpressionAttributeValues": pack({":v": value}),
            "ConsistentRead": True,
        }
        while True:
            answer = client("dynamodb").scan(**request)
            yield from (unpack(item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def put(self, item: Item, *, only_new: bool = False) -> None:
        """Write an item; `Refused` with the one that is there when it must be new."""
        condition = {"ConditionExpression": "attribute_not_exists(pk)"} if only_new else {}
        try:
            client("dynamodb").put_item(
                TableName=self.name, Item=pack(item), ReturnValuesOnConditionCheckFailure="ALL_OLD", **condition
            )
        except ClientError as error:
            raise _ours(error) from error

    def update(self, pk: str, sk: str, changes: str, values: Item, condition: str = "attribute_exists(pk)") -> Item:
        """Change an item and give it as it is then; `Refused` with the one that is there otherwise."""
        named = {f"#{word}": word for word in _words(changes + " " + condition)}
        try:
            answer = client("dynamodb").update_item(
                TableName=self.name,
                Key=pack({"pk": pk, "sk": sk}),
                UpdateExpression=changes,
                ConditionExpression=condition,
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **({"ExpressionAttributeValues": pack(values)} if values else {}),
                **({"ExpressionAttributeNames": named} if named else {}),
            )
        except ClientError as error:
            raise _ours(error) from error
        return unpack(answer["Attributes"])

    def delete(self, pk: str, sk: str) -> None:
        """Remove an item; it may be gone already."""
        client("dynamodb").delete_item(TableName=self.name, Key=pack({"pk": pk, "sk": sk}))

    def write_many(self, puts: Sequence[Item] = (), deletes: Sequence[tuple[str, str]] = ()) -> None:
        """Write and remove many items, not atomically."""
        requests: list[dict[str, Any]] = [{"PutRequest": {"Item": pack(item)}} for item in puts]
        requests += [{"DeleteRequest": {"Key": pack({"pk": pk, "sk": sk})}} for pk, sk in deletes]
        for start in range(0, len(requests), 25):
            left = requests[start : start + 25]
            while left:
                answer = client("dynamodb").batch_write_item(RequestItems={self.name: left})
                left = answer.get("UnprocessedItems", {}).get(self.name, [])

    def put_new(self, item: Item) -> dict[str, Any]:
        """A transaction's write of an item that must not exist."""
        return {"Put": self._put(item) | {"ConditionExpression": "attribute_not_exists(pk)"}}

    def put_any(self, item: Item) -> dict[str, Any]:
        """A transaction's write of an item, whatever is there."""
        return {"Put": self._put(item)}

    def removal(self, pk: str, sk: str) -> dict[str, Any]:
        """A transaction's removal of an item, which may be gone already."""
        return {"Delete": {"TableName": self.name, "Key": pack({"pk": pk, "sk": sk})}}

    def change(self, pk: str, sk: str, new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
        """A transaction's change of some attributes of an item that has these others; None is an absent one."""
        sets = [f"#{name} = :new_{name}" for name, value in new.items() if value is not None]
        removes = [f"#{name}" for name, value in new.items() if value is None]
        changes = (f"SET {', '.join(sets)} " if sets else "") + (f"REMOVE {', '.join(removes)}" if removes else "")
        held = [
            f"attribute_not_exists(#{name})" if value is None else f"#{name} = :old_{name}"
            for name, value in old.items()
        ]
        values = {f":new_{name}": value for name, value in new.items()} | {
            f":old_{name}": value for name, value in old.items()
        }
        return {
            "Update": {
                "TableName": self.name,
                "Key": pack({"pk": pk, "sk": sk}),
                "UpdateExpression": changes.strip(),
                "ConditionExpression": " AND ".join(["attribute_exists(pk)", *held]),
                "ExpressionAttributeNames": {f"#{name}": name for name in (*new, *old)},
                "ExpressionAttributeValues": pack(values),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def tally(self, pk: str, sk: str, by: int, new: Mapping[str, Any]) -> dict[str, Any]:
        """A transaction's count up or down of an item's `load`: up to its `capacity`, while it is `here`."""
        sets = f"SET {', '.join(f'#{name} = :{name}' for name in new)} " if new else ""
        condition = "#load < #capacity AND #here = :here" if by > 0 else "attribute_exists(pk)"
        names = {"#load": "load"} | ({"#capacity": "capacity", "#here": "here"} if by > 0 else {})
        names |= {f"#{name}": name for name in new}
        values = {":by": by, **({":here": 1} if by > 0 else {}), **{f":{name}": value for name, value in new.items()}}
        return {
            "Update": {
                "TableName": self.name,
                "Key": pack({"pk": pk, "sk": sk}),
                "UpdateExpression": f"{sets}ADD #load :by",
                "ConditionExpression": condition,
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": pack(values),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def advance(self, pk: str, sk: str) -> dict[str, Any]:
        """A transaction's step of an item's version to the next, whatever it is, or to the first."""
        return {
            "Update": {
                "TableName": self.name,
                "Key": pack({"pk": pk, "sk": sk}),
                "UpdateExpression": "ADD #version :one",
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": pack({":one": 1}),
            }
        }

    def put_at(self, item: Item, version: int) -> dict[str, Any]:
        """A transaction's write over an item that must be at this version (0: must not exist)."""
        if version == 0:
            return self.put_new(item)
        condition = {"ConditionExpression": "version = :at", "ExpressionAttributeValues": pack({":at": version})}
        return {"Put": self._put(item) | condition}

    def _put(self, item: Item) -> dict[str, Any]:
        return {"TableName": self.name, "Item": pack(item), "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}

    def transact(self, writes: Sequence[dict[str, Any]]) -> None:
        """All writes or none. `VersionConflict` when another transaction was at the same items, `Refused` otherwise."""
        try:
            client("dynamodb").transact_write_items(TransactItems=writes)
        except ClientError as error:
            raise _ours(error) from error


def _words(expression: str) -> set[str]:
    return {
        word[1:] for word in expression.replace(",", " ").replace("(", " ").replace(")", " ").split() if word[0] == "#"
    }


def _ours(error: ClientError) -> Exception:
    response: dict[str, Any] = error.response
    code = response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        return Refused([unpack(response.get("Item", {}))])
    if code in ("TransactionConflictException", "TransactionInProgressException"):
        return VersionConflict()
    if code == "TransactionCanceledException":
        return _cancelled(error, response.get("CancellationReasons", []))
    kind = Malformed if code == "ValidationException" else Unavailable
    return kind(f"{error.operation_name}: {code}")


def _cancelled(error: ClientError, reasons: Sequence[dict[str, Any]]) -> Exception:
    """What the reasons of a cancelled transaction come to, one a write, `None` where it was not that write's fault. One
    that is malformed stays so, whatever else was in the way; then what stands there; then who was faster."""
    codes = [reason["Code"] for reason in reasons]
    if "ValidationError" in codes:
        return Malformed(f"{error.operation_name}: ValidationError at {codes.index('ValidationError')}")
    if "ConditionalCheckFailed" in codes:
        return Refused([_standing(reason) for reason in reasons])
    if "TransactionConflict" in codes:
        return VersionConflict()
    return Unavailable(f"{error.operation_name}: {', '.join(sorted(set(codes) - {'None'})) or 'cancelled'}")


def _standing(reason: dict[str, Any]) -> Item | None:
    return unpack(reason.get("Item", {})) if reason["Code"] == "ConditionalCheckFailed" else None
