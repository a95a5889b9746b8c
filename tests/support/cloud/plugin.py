"""A pytest plugin that runs the packaged stack on a local cloud; only tests that need it load it."""

import contextlib
import fcntl
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from infra.deploy import change_set
from infra.local import cloud
from infra.local.stack import NAME, Stack
from infra.local.up import up
from tests.support.cloud.world import World
from tests.support.shared import alone, shared_folder


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The packaged stack with enforced permissions: the first process that needs it starts it for all, the last one
    stops it."""
    shared = shared_folder(tmp_path_factory)
    folder = shared / "cloud"
    folder.mkdir(exist_ok=True)
    with (folder / "users").open("w") as users:
        with alone(shared, "packaging"):
            fcntl.flock(users, fcntl.LOCK_SH)
            found = _find_or_start(folder)
        yield found
        with alone(shared, "packaging"):
            assert not _is_last(users) or cloud.stop(folder)


def _find_or_start(folder: Path) -> Stack:
    place = cloud.running(folder)
    if place is not None:
        return Stack(place, change_set.outputs(cloud.client(place, "cloudformation"), NAME))
    cloud.start(folder, _free_port(), flush_seconds=0)
    return up(folder)


def _is_last(users: IO[str]) -> bool:
    """Whether no other process uses the cloud; one that has died does not."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind((cloud.HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def world(stack: Stack) -> World:
    """A new shop on that stack for each test."""
    return World.new(stack)
