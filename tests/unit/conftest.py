"""Unit tests run on fakes: the network is shut."""

import socket
from typing import Any

import pytest
import time_machine

from chalicelib.domain.instants import to_datetime
from tests.fakes import NOON, FakeDesk


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a unit test reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def desk() -> Any:
    """A desk at noon of 20 November 2026 in Shanghai; the signature library's clock stands there too."""
    with time_machine.travel(to_datetime(NOON), tick=False):
        yield FakeDesk()
