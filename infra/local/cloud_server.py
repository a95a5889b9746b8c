"""The local cloud's process, run by the cloud's own Python: MiniStack, with four changes.

Its state is saved at intervals: by itself it saves only when it stops cleanly, and a power cut should not cost a
newcomer their data. Code is unpacked once for all processes of functions: by itself it unpacks thousands of files for
each of them. A function that logs nothing answers at once: by itself it waits 50 ms after each answer whether a log
will come, and each request to the API pays them. A refreshed ID token names the groups of its user, as on AWS: by
itself it names none, so whoever works at the desk for a quarter of an hour would no longer belong to any shop.
"""

import array
import fcntl
import hashlib
import logging
import os
import shutil
import tempfile
import termios
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack import app
from ministack.core import lambda_runtime
from ministack.core.persistence import save_state
from ministack.services import cognito

FLUSH_SECONDS = float(os.environ.get("FLUSH_SECONDS", "60"))
UNPACKED = Path(tempfile.gettempdir()) / "unpacked"
LOG_SECONDS, PUT_SECONDS = 0.25, 0.005
"""How long the log of an invocation may take to be read, and then to be put into the worker's queue."""
TRIES = 5  # a service that is written to while it is copied is copied again


def _flush_forever() -> None:
    pause = threading.Event()
    while not pause.wait(FLUSH_SECONDS):
        for name, get_state in app._build_persistence_save_dict().items():
            state = _copy(get_state)
            if state is not None:
                save_state(name, state)


def _copy(get_state: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | None:
    for _ in range(TRIES):
        try:
            return get_state()
        except RuntimeError:
            continue
    return None


class UnpackedOnce(zipfile.ZipFile):
    """An archive that is unpacked at its first use; later ones get links to what is there. As on AWS, functions only
    read their code."""

    _one_at_a_time = threading.Lock()

    def extractall(self, path: Any = None, *_: Any) -> None:
        """Put everything into a folder that is empty."""
        with self._one_at_a_time:
            for entry in self._unpacked().iterdir():
                (Path(path) / entry.name).symlink_to(entry)

    def _unpacked(self) -> Path:
        folder = UNPACKED / hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            super().extractall(unfinished)
            unfinished.rename(folder)
        return folder


class PromptWorker(lambda_runtime.Worker):
    """A process of a function. What it logs in an invocation is written before its answer, so when the answer is there
    the log is in the pipe, in the hands of the thread that reads the pipe, or in the worker's queue."""

    def _drain_stderr_bounded(self, *waits: float, **named_waits: float) -> str:
        """The log of an invocation that has just answered."""
        if self._proc is None:
            return str(super()._drain_stderr_bounded(*waits, **named_waits))
        end = time.monotonic() + LOG_SECONDS
        while _unread_bytes(self._proc.stderr.fileno()) and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(PUT_SECONDS)
        return str(self._drain_stderr())


def with_groups(make_token: Callable[..., str]) -> Callable[..., str]:
    """Make tokens as before, but refreshed ones with the groups that their user has."""

    def make(sub: str, pool: str, *others: Any, **more: Any) -> str:
        if more.get("trigger_source") == "TokenGeneration_RefreshTokens" and not more.get("groups"):
            user = cognito._get_pool_unscoped(pool)["_users"].get(more.get("username"), {})
            more["groups"] = user.get("_groups", [])
        return make_token(sub, pool, *others, **more)

    return make


def _unread_bytes(pipe: int) -> int:
    found = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, found)
    return found[0]


if __name__ == "__main__":
    logging.getLogger("persistence").setLevel(logging.WARNING)
    shutil.rmtree(UNPACKED, ignore_errors=True)
    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": UnpackedOnce})
    lambda_runtime.Worker = PromptWorker
    cognito._fake_token = with_groups(cognito._fake_token)
    if FLUSH_SECONDS:
        threading.Thread(target=_flush_forever, daemon=True, name="flush").start()
    app.main()
