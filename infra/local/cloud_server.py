"""The local cloud's process, run by the cloud's own Python: MiniStack, whose state is saved at intervals.

MiniStack by itself saves only when it stops cleanly. A power cut should not cost a newcomer their data.
"""

import logging
import os
import threading
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core.persistence import save_state

FLUSH_SECONDS = float(os.environ.get("FLUSH_SECONDS", "60"))
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


if __name__ == "__main__":
    logging.getLogger("persistence").setLevel(logging.WARNING)
    if FLUSH_SECONDS:
        threading.Thread(target=_flush_forever, daemon=True, name="flush").start()
    app.main()
