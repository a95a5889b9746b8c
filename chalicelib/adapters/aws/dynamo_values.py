"""How DynamoDB's requests and answers are written: attributes as typed values, expressions, and the rounds in which a
batch is asked for."""

import random
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
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


def rounds() -> Iterator[int]:
    """The requests of a batch, with a wait between two of them that grows up to a second: DynamoDB leaves out what is
    throttled, and asking for it at once makes that worse."""
    for number in count():
        if number:
            time.sleep(random.uniform(0, min(0.025 * 2**number, 1.0)))  # noqa: S311 (jitter is no secret)
        yield number
