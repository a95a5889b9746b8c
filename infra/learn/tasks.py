"""What can be trained and predicted, each task with its two functions."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from typing import NamedTuple

from infra.learn import numbers, texts
from infra.learn.rows import Row


class Task(NamedTuple):
    """`train` writes a model into `options.model`, None where there is none; `predict` answers each row."""

    train: Callable[[list[Row], Namespace], None] | None
    predict: Callable[[list[Row], Namespace], Iterator[Row]]


TASKS = {
    "type": Task(texts.train_classes, texts.predict_classes),
    "sentiment": Task(texts.train_classes, texts.predict_classes),
    "duplicates": Task(None, texts.find_duplicates),
    "days": Task(None, numbers.score_each_day),
    "drivers": Task(None, numbers.estimate_drivers),
}
