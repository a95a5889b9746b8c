"""Make the project's virtual environments and fill them, side by side: python -m infra.local.setup.

It runs before anything is installed, so it knows the standard library alone.
"""

import hashlib
import subprocess
import sys
import threading
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

NEWEST, OLDEST = (3, 13), (3, 11)
# Folder, requirements, more words for pip. What the local cloud's functions import is compiled now, for they may not
# write; what people start is compiled when it is first used.
ENVIRONMENTS = (
    (Path(".venv"), Path("requirements-dev.txt"), ("--no-compile",)),
    (Path(".venv-cloud"), Path("requirements-cloud.txt"), ()),
)
COMMAND = ("-m", "pip", "--disable-pip-version-check", "install", "--require-hashes", "-r")


def main() -> None:
    """Make those that are not there as their requirements say; one clear sentence when that cannot be."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SystemExit(f"Python 3.11, 3.12 or 3.13 is needed, this is {found}: make PYTHON=python3.11 …")
    wanted = [one for one in ENVIRONMENTS if _state(one[0]) != _digest(one[1])]
    over = threading.Event()
    follower = threading.Thread(target=_follow, args=(wanted, over), daemon=True)
    follower.start()
    began = time.monotonic()
    try:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda one: _make(*one), wanted))
    finally:
        over.set()
        follower.join()
    if wanted:
        print(f"\rThe environments are set up, in {time.monotonic() - began:.0f} s{'':<40}", flush=True)
    for folder, _, _ in ENVIRONMENTS:
        (folder / "ready").touch()


def _state(folder: Path) -> str:
    ready = folder / "ready"
    return ready.read_text("utf-8") if ready.exists() else ""


def _digest(requirements: Path) -> str:
    return hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()


def _make(folder: Path, requirements: Path, more: tuple[str, ...]) -> None:
    try:
        venv.create(folder, with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"{folder} could not be made ({error}); on Debian, install python3-venv first.") from None
    log = folder / "setup.log"
    with log.open("w") as out:
        pip = [str(folder / "bin" / "python"), *COMMAND, str(requirements), *more]
        done = subprocess.run(pip, stdout=out, stderr=out, check=False)
    if done.returncode:
        tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:])
        raise SystemExit(f"{folder} could not be set up; the end of {log}:\n{tail}")
    (folder / "ready").write_text(_digest(requirements), "utf-8")


def _follow(wanted: list[tuple[Path, Path, tuple[str, ...]]], over: threading.Event) -> None:
    """A bar that follows how many packages the logs say were collected."""
    total = sum(requirements.read_text("utf-8").count("==") for _, requirements, _ in wanted)
    while wanted and sys.stdout.isatty() and not over.wait(0.5):
        logs = [folder / "setup.log" for folder, _, _ in wanted]
        done = sum(log.read_text("utf-8", "replace").count("Collecting ") for log in logs if log.exists())
        bar = "█" * (30 * min(done, total) // total)
        print(f"\rSetting up the environments {bar:<30} {done}/{total} packages ", end="", flush=True)


if __name__ == "__main__":
    main()
