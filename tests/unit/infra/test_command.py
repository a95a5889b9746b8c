"""Every command of the project ends quietly when nobody reads its output any more (`… | head`)."""

import os
import re
import subprocess
import sys

import pytest

from infra.command import NOBODY_READS
from tests.support.paths import ROOT

NO_COMMANDS = {
    "infra/local/setup.py",  # runs before anything is installed, and prints one line
    "infra/local/cloud_server.py",  # runs in another environment, into a log
    "bench/support/stub.py",  # these are servers that a bench starts
    "bench/sweep/sweep_stub.py",
    "bench/night/nightly_store.py",
    "bench/children/proxy.py",
    "bench/night/nightly.py",  # jobs that a bench starts
    "bench/insights/nightly.py",
    "bench/insights/arrival.py",
}


def first_line(script: str) -> tuple[bytes, int, bytes]:
    """A script's first line, its exit code and its error output when its output is closed."""
    command = [sys.executable, "-c", f"from infra.command import run_command\n{script}"]
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        process.stdout.close()
        complaints = process.stderr.read()
        return line, process.wait(), complaints


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("[print('email', number) for number in range(100_000)]", {NOBODY_READS}),
        # rich ends by itself, with a code of its own
        ("[__import__('infra.progress').progress.console.print('email') for _ in range(100_000)]", {1, NOBODY_READS}),
    ],
)
def test_a_command_ends_quietly_when_nobody_reads_on(body: str, code: set[int]) -> None:
    line, ended, complaints = first_line(f"run_command(lambda _: {body})")
    assert line.startswith(b"email")
    assert (ended in code, complaints) == (True, b"")


def test_output_that_is_still_buffered_at_the_end_is_no_complaint_either() -> None:
    script = "import time\ndef main(_):\n    print('one', flush=True); time.sleep(0.3); print('two')\nrun_command(main)"
    assert first_line(script) == (b"one\n", 0, b"")


def test_a_broken_connection_is_still_an_error() -> None:
    script = """import os
def main(_):
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    raise BrokenPipeError("of a socket")
run_command(main)"""
    _, ended, complaints = first_line(script)
    assert ended == 1
    assert b"BrokenPipeError: of a socket" in complaints


def test_every_command_of_the_project_is_run_that_way() -> None:
    commands = {
        path.relative_to(ROOT).as_posix(): match[1]
        for folder in ("infra", "bench")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (match := re.search(r'^if __name__ == "__main__":\n(.+)', path.read_text("utf-8"), re.M | re.S))
    }
    assert len(commands) > 15
    runs = re.compile(r"run_command\(|run\(measure\w*\)")
    assert {name for name, body in commands.items() if not runs.search(body)} == NO_COMMANDS
