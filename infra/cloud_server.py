"""The local cloud's process, run by the cloud's own Python: MiniStack, whose state is saved at intervals.

MiniStack by itself saves only when it stops cleanly. A power cut should not cost a newcomer their shop.
"""

import logging
import os
import threading

from ministack import app
from ministack.core.persistence import save_all

EVERY_SECONDS = float(os.environ.get("FLUSH_SECONDS", "60"))


def _flush_for_ever() -> None:
    pause = threading.Event()
    while not pause.wait(EVERY_SECONDS):
        save_all(app._build_persistence_save_dict())


if __name__ == "__main__":
    logging.getLogger("persistence").setLevel(logging.WARNING)
    if EVERY_SECONDS:
        threading.Thread(target=_flush_for_ever, daemon=True, name="flush").start()
    app.main()
