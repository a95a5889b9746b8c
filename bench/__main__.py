"""Run all benches, or the named ones, and write their figures to `bench/README.md`: python -m bench [NAME …]."""

import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import msgspec

from bench.support.figures import FIGURES_FILE, NOT_MEASURED, Figure, format_number
from infra.command import run_command
from infra.paths import ROOT

NAMES = (
    "night",
    "records",
    "intervals",
    "insights",
    "cold_start",
    "transport",
    "warm",
    "cost",
    "growth",
    "routing",
    "sweep",
    "burst",
    "storm",
    "desk",
    "peer",
)
SHOWN_VARIABLES = ("STORM_CASES",)
"""Environment variables that change what a bench measures; they are shown with its command."""
README = ROOT / "bench" / "README.md"
HEAD = "| figure | last | limit | command | date | cores |\n|---|---:|---:|---|---|---:|\n"
START, END = "<!-- figures -->\n", "<!-- /figures -->\n"


def main(names: list[str]) -> int:
    """Run the benches one after the other. 1 if a limit was missed, a bench failed, or one that was named needs
    something that is not here."""
    codes = {name: _run(name) for name in names or NAMES}
    unmeasured = [name for name, code in codes.items() if code == NOT_MEASURED]
    failed = [name for name, code in codes.items() if code not in (0, NOT_MEASURED)]
    if unmeasured:
        print(f"not measured, for the reasons above: {', '.join(unmeasured)}. Their rows in the table are older ones")
    print(f"missed a limit, or broken: {', '.join(failed)}" if failed else "all that was measured is within its limits")
    return 1 if failed or (names and unmeasured) else 0


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
    value = f"{format_number(figure.value)} {figure.unit}".strip()
    shown = f"**{value}, missed**" if figure.missed else value
    what = figure.what.strip() if figure.what == figure.what.lstrip() else f"… {figure.what.strip()}"
    return f"| {what} | {shown} | {figure.required} | `{command}` | {date.today()} | {os.cpu_count()} |"  # noqa: DTZ011


if __name__ == "__main__":
    run_command(main)
