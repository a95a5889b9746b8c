"""Understanding what customers say: the nightly findings against the bare libraries in them, and typing a message as it
arrives: python -m bench.insights [--items N]."""

import argparse
import os
import tempfile
from pathlib import Path

import msgspec

from bench.insights.typing_costs import typing_figures
from bench.support.clock import python_child
from bench.support.figures import Figure, run

ITEMS = 20_000
RATIO, PEAK_MIB = 1.5, 1536
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")


def nightly_figures(items: int) -> list[Figure]:
    """The findings of so many items, in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "nightly.json"
        python_child("bench.insights.nightly", str(items), str(out))
        spent = msgspec.json.decode(out.read_bytes(), type=dict[str, float])
    own = spent["cpu"] - spent["libraries"]
    print("".join(f"{name}: {value:,.2f}\n" for name, value in spent.items()), end="")
    return [
        Figure(f"findings of {items:,} items: CPU against the bare libraries", _ratio(spent), "×", RATIO),
        Figure("  both without the encoder", 1 + own / spent["without encoder"], "×"),
        Figure("  in all", spent["cpu"], "s CPU"),
        Figure(f"  of which encoding {spent['different']:,.0f} different texts", spent["encode"], "s CPU"),
        Figure("  of which the other libraries", spent["without encoder"], "s CPU"),
        Figure("  of which our own code", own, "s CPU"),
        Figure("  peak of memory, with the inputs", spent["peak"], "MiB", PEAK_MIB),
    ]


def _ratio(spent: dict[str, float]) -> float:
    return spent["cpu"] / spent["libraries"]


def measure() -> list[Figure]:
    """The nightly job, and what a message costs on arrival."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=ITEMS)
    for name in THREADS:
        os.environ.setdefault(name, "1")
    return [*nightly_figures(parser.parse_args().items), *typing_figures()]


if __name__ == "__main__":
    run(measure)
