"""Items of a DynamoDB table in plain Python values: strings, whole numbers and bytes."""

from collections.abc import Mapping
from typing import Any

Item = dict[str, Any]
_READ = {"S": str, "N": int, "B": bytes}


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
