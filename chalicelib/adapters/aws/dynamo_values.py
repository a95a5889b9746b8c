"""How DynamoDB's requests and answers are written: attributes as typed values, and expressions."""

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.adapters.aws.dynamo_errors import Item


def _bytes(raw: str | bytes) -> bytes:
    """Bytes as our client gives them, in Base64, or as botocore's gives them."""
    return raw if isinstance(raw, bytes) else b64decode(raw)


_READ: dict[str, Callable[[Any], Any]] = {"S": str, "N": int, "B": _bytes}


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


def projection(attributes: Sequence[str]) -> dict[str, Any]:
    """The part of a request that names the attributes to be read; nothing if all of them are."""
    if not attributes:
        return {}
    names = {f"#{name}": name for name in attributes}
    return {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}


def attribute_names(expression: str) -> set[str]:
    """The attributes that an expression names with `#`."""
    words = expression.replace(",", " ").replace("(", " ").replace(")", " ").split()
    return {word[1:] for word in words if word[0] == "#"}
