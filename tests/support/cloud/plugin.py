"""A pytest plugin that runs the packaged stack on a local cloud; only tests that need it load it."""

import contextlib
import socket
from collections.abc import Iterator

import pytest

from infra.local import cloud
from infra.local.stack import Stack
from infra.local.up import up
from tests.support.cloud.world import World


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind((cloud.HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The packaged stack with enforced permissions, started once for all tests."""
    folder = tmp_path_factory.mktemp("cloud")
    place = cloud.start(folder, _free_port(), flush_seconds=0)
    try:
        yield up(folder)
    finally:
        assert cloud.stop(place.folder)


@pytest.fixture
def world(stack: Stack) -> World:
    """A new shop on that stack for each test."""
    return World.new(stack)
