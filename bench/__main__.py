"""Run the benches, all or those named, and keep their figures in `bench/README.md`: python -m bench [NAME …]."""

import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import msgspec

from bench.lines import KEEP_AT, Line, number
from infra.command import run_command
from infra.paths import ROOT

NAMES = ("night", "intervals", "cold_start", "warm", "cost", "routing", "burst", "storm")
TOLD = ("STORM_CASES",)  # the environment that makes a bench another one
README = ROOT / "bench" / "README.md"
HEAD = "| figure | last | limit | command | date | cores |\n|---|---:|---:|---|---|---:|\n"
START, END = "<!-- figures -->\n", "<!-- /figures -->\n"


def main(names: list[str]) -> int:
    """Run them one after the other; 1 when one passed a limit or broke."""
    failed = [name for name in names if _run(name)]
    print(f"over a limit, or broken: {', '.join(failed)}" if failed else "all within their limits")
    return bool(failed)


def _run(name: str) -> int:
    print(f"\n== {name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "lines.json"
        command = [sys.executable, "-m", f"bench.{name}"]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, KEEP_AT: str(kept)}, check=False)
        if kept.exists():
            write(name, msgspec.json.decode(kept.read_bytes(), type=list[Line]))
    return done.returncode


def write(name: str, lines: list[Line]) -> None:
    """Put a bench's figures in the place of those it had."""
    before, _, rest = README.read_text("utf-8").partition(START)
    table, _, after = rest.partition(END)
    rows = {one: [row for row in table.splitlines() if f"bench.{one}`" in row] for one in NAMES}
    rows[name] = [_row(name, line) for line in lines]
    body = "".join(f"{row}\n" for one in NAMES for row in rows[one])
    README.write_text(f"{before}{START}{HEAD}{body}{END}{after}", "utf-8")


def _row(name: str, line: Line) -> str:
    told = "".join(f"{key}={os.environ[key]} " for key in TOLD if key in os.environ and name == "storm")
    limit = "" if line.limit is None else number(line.limit)
    value = f"{number(line.value)} {line.unit}".strip()
    shown = f"**{value}, over**" if line.over else value
    what = line.what.strip() if line.what == line.what.lstrip() else f"… {line.what.strip()}"
    return f"| {what} | {shown} | {limit} | `{told}python -m bench.{name}` | {date.today()} | {os.cpu_count()} |"  # noqa: DTZ011


if __name__ == "__main__":
    run_command(lambda names: main(names or list(NAMES)))
