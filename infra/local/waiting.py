"""Waiting for what the local cloud does: for as long as anything moves in it, however slow the machine is."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STANDSTILL_SECONDS = 120
SHORTEST_SECONDS, LONGEST_SECONDS = 0.1, 0.4
"""The pause between two looks grows from the first to the second."""
BLIND_SECONDS = 1.0
"""A look is worth its cost when a function has run since the last one; what changes without one is seen this late."""
STAT_SECONDS = 0.02
SHOWN_CHARACTERS = 500


class Standstill(SystemExit):
    """Nothing moves any more, and what was awaited has not come."""


@dataclass(frozen=True)
class NotYet:
    """What a look found instead of what is awaited; it counts as nothing."""

    seen: Any

    def __bool__(self) -> bool:
        return False


def wait_until(look: Callable[[], Any], what: str, log: Path, standstill_seconds: float = STANDSTILL_SECONDS) -> Any:
    """What `look` returns, as soon as that is something. Standstill when for that long neither what it returns has
    changed nor the cloud's log has grown, into which each run of a function behind a queue or a stream is written."""
    seen, size, moved_at, pause = look(), _size(log), time.monotonic(), SHORTEST_SECONDS
    while not seen:
        _pause(log, size, pause)
        pause = min(pause * 1.5, LONGEST_SECONDS)
        before = seen, size
        size, seen = _size(log), look()
        if before != (seen, size):
            moved_at = time.monotonic()
        elif time.monotonic() - moved_at > standstill_seconds:
            raise Standstill(
                f"There is no sign of {what}, and nothing has moved in the local cloud for {standstill_seconds:.0f} s. "
                f"The last look found {_shown(seen)}; see {log}"
            )
    return seen


def _shown(seen: Any) -> str:
    return repr(seen.seen if isinstance(seen, NotYet) else seen)[:SHOWN_CHARACTERS]


def _pause(log: Path, size: int, seconds: float) -> None:
    """Wait that long, and then until the log grows, but not for ever."""
    time.sleep(seconds)
    blind_until = time.monotonic() + BLIND_SECONDS - seconds
    while _size(log) == size and time.monotonic() < blind_until:
        time.sleep(STAT_SECONDS)


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0
