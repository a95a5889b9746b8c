"""Train and use what learns, on files: python -m infra.learn train|predict --task … (see docs/understanding.md)."""

import argparse
import os
import sys
from pathlib import Path

from infra.command import run_command
from infra.learn.rows import UnusableError, read_rows, write_rows
from infra.learn.tasks import TASKS, Task

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
"""Small models are learned many times faster by one thread: several mostly wait for each other."""
OPTIONS: tuple[tuple[str, dict[str, object]], ...] = (
    ("--out", {"type": Path, "help": "predict: where the answers go, as JSON Lines"}),
    ("--model", {"type": Path, "help": "the folder of the model"}),
    ("--articles", {"type": Path, "help": "search: the articles, as JSON Lines"}),
    ("--shop", {"type": Path, "help": "flow: the folder of the shop's data"}),
    ("--precision", {"type": float, "default": 0.9, "help": "train: the share of answers that must be right"}),
    ("--topics", {"type": int, "default": 20, "help": "topics: how many"}),
    ("--seed", {"type": int, "default": 1, "help": "topics: another seed is another start"}),
    ("--target", {"default": "score", "help": "drivers: the field that is explained"}),
)


def main(arguments: list[str]) -> int:
    """Run the command line; 0, or 2 when something that was given cannot be used."""
    for library in ONE_THREAD:
        os.environ.setdefault(library, "1")
    options = _parser().parse_args(arguments)
    try:
        _run(TASKS[options.task], options)
    except UnusableError as error:
        sys.stderr.write(f"{options.verb} {options.task}: {error}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.learn", description=__doc__)
    parser.add_argument("verb", choices=("train", "predict"))
    parser.add_argument("--task", choices=sorted(TASKS), required=True)
    parser.add_argument("--in", dest="source", type=Path, required=True, help="JSON Lines, .gz allowed")
    for name, settings in OPTIONS:
        parser.add_argument(name, **settings)  # type: ignore[arg-type] # one table for all kinds of options
    return parser


def _run(task: Task, options: argparse.Namespace) -> None:
    needed = "out" if options.verb == "predict" else "model"
    if task.train is None and options.verb == "train":
        raise UnusableError("this task needs no model: use predict")
    if getattr(options, needed) is None or (task.train and options.model is None):
        raise UnusableError(f"--{needed if getattr(options, needed) is None else 'model'} is missing")
    if not 0 < options.precision <= 1:
        raise UnusableError("--precision must be above 0, and 1 at most")
    if options.seed < 0:
        raise UnusableError("--seed must be 0 or more")
    rows = read_rows(options.source)
    if options.verb == "predict":
        _need_model(task, options)
        write_rows(options.out, list(task.predict(rows, options)))
    elif task.train:
        if not rows:
            raise UnusableError(f"{options.source} has no rows to learn from")
        _make_folder(options.model)
        task.train(rows, options)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnusableError(f"{path} cannot be a folder: {error}") from None


def _need_model(task: Task, options: argparse.Namespace) -> None:
    if task.train and not (options.model / "settings.json").is_file():
        raise UnusableError(f"{options.model} has no model: train one first")


if __name__ == "__main__":
    run_command(main)
