"""What can be trained and predicted, each task with its two functions."""

from argparse import Namespace
from collections.abc import Callable, Iterable
from typing import NamedTuple, NoReturn

from infra.learn import articles, numbers, orders, texts
from infra.learn.rows import Row, UnusableError


class Task(NamedTuple):
    """`train` writes a model into `options.model`, None where there is none; `predict` answers each row."""

    train: Callable[[list[Row], Namespace], None] | None
    predict: Callable[[list[Row], Namespace], Iterable[Row]]


def _refuse(_: list[Row], options: Namespace) -> NoReturn:
    raise UnusableError(f"nothing learns {options.task} yet")


TASKS = {
    "type": Task(texts.train_classes, texts.predict_classes),
    "sentiment": Task(texts.train_classes, texts.predict_classes),
    "aspects": Task(texts.train_aspects, texts.predict_aspects),
    "search": Task(articles.train_search, articles.predict_search),
    "duplicates": Task(None, texts.find_duplicates),
    "risk": Task(orders.train_risk, orders.predict_risk),
    "topics": Task(None, texts.find_topics),
    "days": Task(None, numbers.score_each_day),
    "drivers": Task(None, numbers.estimate_drivers),
    "slots": Task(_refuse, _refuse),
    "flow": Task(_refuse, _refuse),
}
