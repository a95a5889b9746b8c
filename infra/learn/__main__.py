"""Train and use what learns, on files: python -m infra.learn train|predict --task … (see docs/understanding.md)."""

import argparse
import sys
from pathlib import Path

from infra.command import run_command
from infra.learn.rows import Row, read_rows, write_rows
from infra.learn.tasks import TASKS


def main(arguments: list[str]) -> int:
    """Run the command line; 0, or 2 when something is missing."""
    parser = argparse.ArgumentParser(prog="python -m infra.learn", description=__doc__)
    parser.add_argument("verb", choices=("train", "predict"))
    parser.add_argument("--task", choices=sorted(TASKS), required=True)
    parser.add_argument("--in", dest="source", type=Path, required=True, help="JSON Lines, .gz allowed")
    parser.add_argument("--out", type=Path, help="predict: where the answers go, as JSON Lines")
    parser.add_argument("--model", type=Path, help="the folder of the model")
    parser.add_argument("--precision", type=float, default=0.95, help="train: the share of answers that must be right")
    parser.add_argument("--topics", type=int, default=20, help="topics: how many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", default="score", help="drivers: the field that is explained")
    options = parser.parse_args(arguments)
    task = TASKS[options.task]
    rows = read_rows(options.source)
    if options.verb == "train":
        if task.train is None:
            sys.stderr.write(f"{options.task} needs no model: use predict\n")
            return 2
        options.model.mkdir(parents=True, exist_ok=True)
        task.train(rows, options)
        return 0
    answers: list[Row] = list(task.predict(rows, options))
    write_rows(options.out, answers)
    return 0


if __name__ == "__main__":
    run_command(main)
