"""Run all benches, or the named ones, and write their figures to `bench/README.md`: python -m bench [NAME …]."""

import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import msgspec

from bench.support.figures import FIGURES_FILE, Figure, format_number
from infra.command import run_command
from infra.paths import ROOT

NAMES = ("night", "intervals", "cold_start", "warm", "cost", "routing", "growth", "burst", "storm")
SHOWN_VARIABLES = ("STORM_CASES",)
"""Environment variables that change what a bench measures; they are shown with its command."""
README = ROOT / "bench" / "README.md"
HEAD = "| figure | last | limit | command | date | cores |\n|---|---:|---:|---|---|---:|\n"
START, END = "<!-- figures -->\n", "<!-- /figures -->\n"


def main(names: list[str]) -> int:
    """Run the benches one after the other; 1 if a limit was exceeded or a bench failed."""
    failed = [name for name in names if _run(name)]
    print(f"over a limit, or broken: {', '.join(failed)}" if failed else "all within their limits")
    return bool(failed)


def _run(name: str) -> int:
    print(f"\n== {name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        command = [sys.executable, "-m", f"bench.{name}"]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, FIGURES_FILE: str(file)}, check=False)
        if file.exists():
            write(name, msgspec.json.decode(file.read_bytes(), type=list[Figure]))
    return done.returncode


def write(name: str, figures: list[Figure]) -> None:
    """Replace the rows of a bench in the README's table."""
    before, _, rest = README.read_text("utf-8").partition(START)
    table, _, after = rest.partition(END)
    rows = {bench: [row for row in table.splitlines() if f"bench.{bench}`" in row] for bench in NAMES}
    rows[name] = [_row(name, figure) for figure in figures]
    body = "".join(f"{row}\n" for bench in NAMES for row in rows[bench])
    README.write_text(f"{before}{START}{HEAD}{body}{END}{after}", "utf-8")


def _row(name: str, figure: Figure) -> str:
    variables = [f"{key}={os.environ[key]} " for key in SHOWN_VARIABLES if key in os.environ and name == "storm"]
    command = f"{''.join(variables)}python -m bench.{name}"
    limit = "" if figure.limit is None else format_number(figure.limit)
    value = f"{format_number(figure.value)} {figure.unit}".strip()
    shown = f"**{value}, over**" if figure.over else value
    what = figure.what.strip() if figure.what == figure.what.lstrip() else f"… {figure.what.strip()}"
    return f"| {what} | {shown} | {limit} | `{command}` | {date.today()} | {os.cpu_count()} |"  # noqa: DTZ011


if __name__ == "__main__":
    run_command(lambda names: main(names or list(NAMES)))
