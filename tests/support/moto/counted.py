"""Counts the calls to DynamoDB, so that a test can say how many something takes."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chalicelib.adapters.aws import clients


class _Counting:
    """A client that counts the operations it is asked for."""

    def __init__(self, client: Any, calls: "Counter[str]") -> None:
        self.client, self.calls = client, calls

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        self.calls[operation] += 1
        call: Callable[..., Any] = getattr(self.client, operation)
        return call


@contextmanager
def counted_calls() -> Iterator["Counter[str]"]:
    """The calls to DynamoDB inside this block, by operation."""
    calls: Counter[str] = Counter()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("chalicelib.adapters.aws.dynamo.client", lambda name: _Counting(clients.client(name), calls))
        yield calls
