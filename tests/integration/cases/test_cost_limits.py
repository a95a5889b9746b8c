"""What cases cost stays within the limits of `bench.cost`: counts of calls and of units of the table."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from bench.cost import LIMITS
from bench.support.figures import FIGURES_FILE, Figure
from tests.support.paths import ROOT


def test_no_count_is_over_its_limit(tmp_path: Path) -> None:
    """The bench runs in a process of its own, because it has a cloud and a clock of its own."""
    file = tmp_path / "figures.json"
    environment = {**os.environ, FIGURES_FILE: str(file)}
    subprocess.run([sys.executable, "-m", "bench.cost"], cwd=ROOT, env=environment, capture_output=True, check=False)
    figures = {figure.what: figure for figure in msgspec.json.decode(file.read_bytes(), type=list[Figure])}
    assert LIMITS.keys() <= figures.keys()
    missed = {what: figures[what].value for what in LIMITS if figures[what].missed}
    assert missed == {}
