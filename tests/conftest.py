"""Fixtures that more than one level of tests uses."""

import contextlib
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from infra.local.stack import Stack
    from tests.e2e.world import World

# Machines of tests are slow and noisy: how long an example takes says nothing of the code.
settings.register_profile("noisy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("noisy")


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Stack]":
    """The packaged stack on a local cloud of its own, with enforced permissions, started once."""
    from infra.local import cloud  # here, for unit tests load none of it
    from infra.local.up import up

    folder = tmp_path_factory.mktemp("cloud")
    place = cloud.start(folder, _free_port(), flush_seconds=0)
    try:
        yield up(folder)
    finally:
        assert cloud.stop(place.folder)


@pytest.fixture
def world(stack: "Stack") -> "World":
    """A shop of the test's own on that stack."""
    from tests.e2e.world import World

    return World.new(stack)
