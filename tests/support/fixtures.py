"""Fixtures of the tests that run on fakes: services in memory, without a network."""

import socket
from typing import Any

import pytest
import time_machine
from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import DAY_MS, to_datetime
from chalicelib.domain.sla.policies import ClockName, Policy, Rule
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import change_status, reply
from tests.support.cases.webhooks import request

CLOCKS: tuple[ClockName, ...] = ("first_reply", "resolution")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a unit test reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def services() -> Any:
    """Services at noon of 20 November 2026 in Shanghai; the signature library's clock has the same time."""
    with time_machine.travel(to_datetime(NOON), tick=False):
        yield FakeServices()


@pytest.fixture
def quiet(services: FakeServices) -> FakeServices:
    """A shop whose clocks are so long that none of their timers is due."""
    slow = tuple(Rule(clock=name, target_seconds=300 * 86_400) for name in CLOCKS)
    put_policy(services, "demo", Policy(clocks=slow))
    return services


@pytest.fixture
def opened(services: FakeServices) -> FakeServices:
    """A case with a first reply due within a minute."""
    services.shops.policies["demo", 2] = Policy(version=2, clocks=(Rule(clock="first_reply", target_seconds=60),))
    services.shops.save(replace(SHOP, policy_version=2))
    services.hook("case.requested", request())
    return services


@pytest.fixture
def resolved(opened: FakeServices) -> FakeServices:
    """That case, replied to and resolved, a day later."""
    reply(opened)
    change_status(opened, "resolved")
    opened.time = NOON + DAY_MS
    return opened
