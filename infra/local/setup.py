"""Make the project's virtual environments and install what is in them: python -m infra.local.setup.

It runs before anything is installed, so it uses the standard library alone.
"""

import hashlib
import importlib.util
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

NEWEST, OLDEST = (3, 13), (3, 11)
SHOWN_LINES = 15
PIP = ("-m", "pip", "--disable-pip-version-check", "install", "--require-hashes", "-r")


class Environment(NamedTuple):
    """A virtual environment: its folder, its locked requirements, further options of pip."""

    folder: Path
    requirements: Path
    options: tuple[str, ...] = ()

    @property
    def log(self) -> Path:
        """What pip prints."""
        return self.folder / "setup.log"

    @property
    def ready(self) -> Path:
        """The file that says for which requirements the environment was set up."""
        return self.folder / "ready"

    @property
    def digest(self) -> str:
        """What `ready` must hold for the environment to be up to date."""
        return hashlib.sha256(self.requirements.read_bytes() + sys.version.encode()).hexdigest()


# The functions in the local cloud may not write, so what they import is compiled now; the rest when it is first used.
ENVIRONMENTS = (
    Environment(Path(".venv"), Path("requirements-dev.txt"), ("--no-compile",)),
    Environment(Path(".venv-cloud"), Path("requirements-cloud.txt")),
)


def main() -> None:
    """Make the environments that are missing or out of date. SystemExit says in one sentence why one cannot be made."""
    _check_python()
    outdated = [each for each in ENVIRONMENTS if not each.ready.exists() or each.ready.read_text() != each.digest]
    if outdated:
        began = time.monotonic()
        print("Setting up the environments …", end="", flush=True)
        for environment in outdated:
            # Never at once: an interpreter that one thread still writes cannot be started ("Text file busy") while the
            # child process of another holds it open.
            create(environment)
        with _progress(outdated), ThreadPoolExecutor() as pool:
            list(pool.map(install, outdated))
        print(f"\rThe environments are set up, in {time.monotonic() - began:.0f} s{'':<40}", flush=True)
    for environment in ENVIRONMENTS:
        environment.ready.touch()  # `make` compares times


def _check_python() -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SystemExit(f"Python 3.11, 3.12 or 3.13 is needed, this is {version}: make PYTHON=python3.11 …")
    if importlib.util.find_spec("ensurepip") is None:
        raise SystemExit(f"{sys.executable} cannot make virtual environments: on Debian, install python3-venv first.")


def create(environment: Environment) -> None:
    """Make an empty environment. SystemExit says why that is not possible; a link is refused, for what it points to
    may be in use elsewhere and would be emptied."""
    if environment.folder.is_symlink():
        raise SystemExit(
            f"\n{environment.folder} is a link to an environment that is out of date: update or unlink it."
        )
    try:
        venv.create(environment.folder, with_pip=True, clear=True)
    except subprocess.CalledProcessError as failed:
        printed = (failed.output or b"").decode("utf-8", "replace")
        raise SystemExit(f"\n{environment.folder} could not be made ({failed}):\n{printed}") from None
    except OSError as error:
        raise SystemExit(f"\n{environment.folder} could not be made: {error}") from None


def install(environment: Environment) -> None:
    """Install the requirements. SystemExit shows the end of pip's log when that fails."""
    python = str(environment.folder / "bin" / "python")
    command = [python, *PIP, str(environment.requirements), *environment.options]
    with environment.log.open("w") as log:
        done = subprocess.run(command, stdout=log, stderr=log, check=False)
    if done.returncode:
        end = "\n".join(environment.log.read_text("utf-8", "replace").splitlines()[-SHOWN_LINES:])
        raise SystemExit(f"\n{environment.folder} could not be set up; the end of {environment.log}:\n{end}")
    environment.ready.write_text(environment.digest, "utf-8")


@contextmanager
def _progress(environments: Sequence[Environment]) -> Iterator[None]:
    """Show a bar while the packages are installed, when somebody looks."""
    done = threading.Event()
    thread = threading.Thread(target=_show_bar, args=(environments, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _show_bar(environments: Sequence[Environment], done: threading.Event) -> None:
    """How many packages pip has collected, as its logs say."""
    total = sum(each.requirements.read_text("utf-8").count("==") for each in environments)
    while sys.stdout.isatty() and not done.wait(0.5):
        logs = [each.log.read_text("utf-8", "replace") for each in environments if each.log.exists()]
        count = min(sum(log.count("Collecting ") for log in logs), total)
        bar = "█" * (30 * count // total)
        print(f"\rSetting up the environments {bar:<30} {count}/{total} packages ", end="", flush=True)


if __name__ == "__main__":
    main()
