"""Servers of the bench, and their CPU time."""

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.local.cpu import seconds_of

START_SECONDS = 60


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def server(
    command: Sequence[str], port: int, environment: Mapping[str, str], cwd: Path, user: str | None = None
) -> Iterator[int]:
    """Run a server until the block ends. Gives its process id once it accepts connections."""
    child = subprocess.Popen(command, env=dict(environment), cwd=cwd, user=user, stdout=subprocess.DEVNULL)
    try:
        _wait_until_open(child, port)
        yield child.pid
    finally:
        child.terminate()
        child.wait()


def _wait_until_open(child: subprocess.Popen[bytes], port: int) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if child.poll() is not None or time.monotonic() > give_up_at:
                raise SystemExit(f"{child.args!r} does not listen on port {port}") from None
            time.sleep(0.1)
        else:
            return


def cpu_ms(root: int) -> float:
    """The CPU milliseconds so far of a process, its children and theirs, those that have ended included."""
    return sum(seconds_of(root)) * 1000
