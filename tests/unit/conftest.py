"""Unit tests run on fakes: the network is shut."""

import socket
from typing import Any

import pytest
import time_machine

from chalicelib.domain.kernel.timestamps import to_datetime
from chalicelib.domain.sla.policies import ClockName, Policy, Rule
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import NOON, FakeServices

CLOCKS: tuple[ClockName, ...] = ("first_reply", "resolution")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a unit test reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def services() -> Any:
    """A desk at noon of 20 November 2026 in Shanghai; the signature library's clock stands there too."""
    with time_machine.travel(to_datetime(NOON), tick=False):
        yield FakeServices()


@pytest.fixture
def quiet(services: FakeServices) -> FakeServices:
    """A shop without clocks that would speak too."""
    slow = tuple(Rule(clock=name, target_seconds=300 * 86_400) for name in CLOCKS)
    put_policy(services, "demo", Policy(clocks=slow))
    return services
