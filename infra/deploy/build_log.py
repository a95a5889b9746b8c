"""The log of packaging: what the tools print goes to a file, and only an error is shown."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.paths import LOCAL, ROOT

SHOWN_LINES = 15


class BuildLog:
    """The log of packaging one stage, `.local/package-STAGE.log`; each packaging begins it again."""

    def __init__(self, stage: str, folder: Path = LOCAL) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"package-{stage}.log"
        self.path.write_text("", "utf-8")

    def note(self, line: str) -> None:
        """Write a line of our own."""
        with self.path.open("a", encoding="utf-8") as log:
            log.write(f"{line}\n")

    def run(self, command: Sequence[str], failure: str, environment: Mapping[str, str] | None = None) -> None:
        """Run a command in the checkout. SystemExit says `failure`, where the log is, and how it ends."""
        self.note(f"$ {' '.join(command)}")
        with self.path.open("ab") as log:
            done = subprocess.run(command, cwd=ROOT, env=environment, stdout=log, stderr=log, check=False)
        if done.returncode:
            end = self.path.read_text("utf-8", "replace").splitlines()[-SHOWN_LINES:]
            raise SystemExit("\n".join([f"{failure}; the end of {self.path}:", *end]))
