"""Measure what learns on halves of a folder of data sets: python -m infra.evaluate FOLDER [name …].

One half of each set teaches, the other is measured, so figures are lower than with all of a set to learn from.
"""

import os
import tempfile
import time
from pathlib import Path

from infra.command import run_command
from infra.evaluate.halves import MissingDataError
from infra.evaluate.measures import MEASURES, Measure
from infra.evaluate.run import Run

DATA = "AFTERCARE_EVALUATION_DATA"


def main(arguments: list[str]) -> int:
    """Print a table of figures, floors and goals. Goals that are missed are marked; they do not fail the command, which
    ends with 0 also where data is missing."""
    folder = Path(arguments[0] if arguments else os.environ.get(DATA, ""))
    if not str(folder) or not folder.is_dir() or folder == Path():
        print(f"Skipped: name a folder of data sets, as an argument or in {DATA}.")
        return 0
    print(f"{'what':<34}{'figure':<20}{'value':>8}{'floor':>8}{'goal':>8}")
    for measure in MEASURES:
        if len(arguments) < 2 or any(word in measure.name for word in arguments[1:]):
            _print(measure, folder)
    return 0


def _print(measure: Measure, folder: Path) -> None:
    began = time.process_time()
    try:
        with tempfile.TemporaryDirectory() as place:
            figures = measure.figures(folder, Run(Path(place)))
    except MissingDataError as missing:
        print(f"{measure.name:<34}skipped: {missing}")
        return
    for name, (floor, goal) in measure.bars.items():
        is_reached = figures[name] <= goal if name in measure.is_most else figures[name] >= goal
        shown_floor = "" if floor is None else f"{floor:.3f}"
        mark = "" if is_reached else "  missed"
        print(f"{measure.name:<34}{name:<20}{figures[name]:>8.3f}{shown_floor:>8}{goal:>8.3f}{mark}")
    print(f"{'':<34}{time.process_time() - began:.0f} s of CPU", flush=True)


if __name__ == "__main__":
    run_command(main)
