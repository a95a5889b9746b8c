"""Make a virtual environment and fill it, once: python infra/setup.py FOLDER REQUIREMENTS TITLE.

It runs before anything is installed, so it knows the standard library alone.
"""

import subprocess
import sys
import threading
import time
import venv
from pathlib import Path
from typing import Self

NEWEST, OLDEST = (3, 13), (3, 11)


def main(folder: Path, requirements: Path, title: str) -> None:
    """Make the environment; one clear sentence when that cannot be."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SystemExit(f"Python 3.11, 3.12 or 3.13 is needed, this is {found}: make PYTHON=python3.11 …")
    try:
        venv.create(folder, with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"{folder} could not be made ({error}); on Debian, install python3-venv first.") from None
    log = folder / "setup.log"
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--require-hashes"]
    with log.open("w") as out, Progress(f"Setting up {title}", _wanted(requirements), log):
        done = subprocess.run([*pip, "-r", str(requirements)], stdout=out, stderr=out, check=False)
    if done.returncode:
        tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:])
        raise SystemExit(f"{title} could not be set up; the end of {log}:\n{tail}")
    (folder / "ready").touch()


def _wanted(requirements: Path) -> int:
    return sum("==" in line for line in requirements.read_text("utf-8").splitlines())


class Progress:
    """A bar that follows how many packages the log says were collected."""

    def __init__(self, title: str, wanted: int, log: Path) -> None:
        self.title, self.wanted, self.log = title, wanted, log
        self.over = threading.Event()
        self.began = time.monotonic()
        self.thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()
        print(f"{self.title}: done in {time.monotonic() - self.began:.0f} s", flush=True)

    def _follow(self) -> None:
        while not self.over.wait(0.5):
            if sys.stdout.isatty():
                done = min(self.log.read_text("utf-8", "replace").count("Collecting "), self.wanted)
                bar = "█" * (30 * done // max(self.wanted, 1))
                print(f"\r{self.title} {bar:<30} {done}/{self.wanted} packages ", end="", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
