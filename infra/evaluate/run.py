"""Runs the command of what learns on halves of data, in a folder that is deleted afterwards."""

from pathlib import Path

from infra.learn.__main__ import main as learn
from infra.learn.rows import Row, read_rows, write_rows


class Run:
    """Trains and asks, each time in files of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def answers(self, task: str, known: list[Row], asked: list[Row], *options: str, gold: str = "label") -> list[Row]:
        """What a model learned from the known rows answers to those asked, which are shown without their gold."""
        model = self.folder / "model"
        self._learn("train", task, known, "--model", str(model), *options)
        shown = [{name: value for name, value in row.items() if name != gold} for row in asked]
        return self.answers_without_model(task, shown, "--model", str(model), *_of_both(options))

    def answers_without_model(self, task: str, asked: list[Row], *options: str) -> list[Row]:
        """What a task that needs no training answers."""
        answers = self.folder / "answers.jsonl"
        self._learn("predict", task, asked, "--out", str(answers), *options)
        return read_rows(answers)

    def stored(self, name: str, rows: list[Row]) -> str:
        """The path of a file with these rows."""
        path = self.folder / name
        write_rows(path, rows)
        return str(path)

    def _learn(self, verb: str, task: str, rows: list[Row], *options: str) -> None:
        if code := learn([verb, "--task", task, "--in", self.stored("rows.jsonl", rows), *options]):
            raise RuntimeError(f"{verb} {task} ended with {code}")


def _of_both(options: tuple[str, ...]) -> tuple[str, ...]:
    """The options that predicting needs like training."""
    return options[options.index("--articles") :][:2] if "--articles" in options else ()
