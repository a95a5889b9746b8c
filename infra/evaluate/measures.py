"""What is measured, each with its floor (the best without an encoder) and its goal."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from infra.evaluate import scores
from infra.evaluate.halves import Halves, every_row, halves
from infra.evaluate.orders import BLACK_FRIDAY, days, orders
from infra.evaluate.run import Run
from infra.learn.rows import Row

SENTIMENTS = {"neg": "negative", "neu": "neutral", "pos": "positive"}


class Measure(NamedTuple):
    """`figures`: from the data folder and a run, figures by name; `bars`: for each of them the floor and the goal. The
    goal is the most allowed where `is_most` holds the name."""

    name: str
    figures: Callable[[Path, Run], scores.Figures]
    bars: dict[str, tuple[float | None, float]]
    is_most: tuple[str, ...] = ()


def _classes(task: str, precision: str, read: Callable[[Path], Halves]) -> Callable[[Path, Run], scores.Figures]:
    def figures(folder: Path, run: Run) -> scores.Figures:
        known, asked = read(folder)
        return scores.labels(asked, run.answers(task, known, asked, "--precision", precision))

    return figures


def _relabelled(name: str, label: Callable[[Row], str | None]) -> Callable[[Path], Halves]:
    def read(folder: Path) -> Halves:
        known, asked = halves(folder, name)
        return _with_label(known, label), _with_label(asked, label)

    return read


def _with_label(rows: list[Row], label: Callable[[Row], str | None]) -> list[Row]:
    return [{"id": row["id"], "text": row["text"], "label": label(row), "lang": row.get("lang")} for row in rows]


def _reasons(folder: Path) -> Halves:
    known, asked = (
        [row for row in rows if row["label"] == "negative" and row["reason"] not in (None, "Can't Tell")]
        for rows in halves(folder, "airline_tweets/rows")
    )
    return _with_label(known, lambda row: row["reason"]), _with_label(asked, lambda row: row["reason"])


def _own_sentiment(folder: Path) -> Halves:
    """Tweets and own messages teach; the other own messages are measured."""
    tweets = _with_label(every_row(folder, "airline_tweets/rows"), lambda row: row["label"])
    known, asked = _relabelled("own_care/messages", lambda row: SENTIMENTS[row["sentiment"]])(folder)
    return tweets + known * 10, asked


def _search(name: str, language: str | None = None) -> Callable[[Path, Run], scores.Figures]:
    def figures(folder: Path, run: Run) -> scores.Figures:
        known, asked = halves(folder, f"{name}/queries")
        articles = run.stored("articles.jsonl", list(_articles(folder, name)))
        answers = run.answers("search", known, asked, "--precision", "0.9", "--articles", articles, gold="gold")
        both = zip(asked, answers, strict=True)
        measured = [(row, answer) for row, answer in both if language in (None, row.get("lang"))]
        return scores.search([row for row, _ in measured], [answer for _, answer in measured])

    return figures


def _articles(folder: Path, name: str) -> Iterator[Row]:
    for row in every_row(folder, f"{name}/articles"):
        has_languages = "zh" in row or "en" in row
        yield row if has_languages else {"id": row["id"], "zh": {"title": row["title"], "body": row["text"]}}


def _aspects(folder: Path, run: Run) -> scores.Figures:
    known, asked = (
        [row | {"pairs": [[each["category"], each["polarity"]] for each in row["aspects"]]} for row in rows]
        for rows in halves(folder, "mams/acsa")
    )
    return scores.pairs(asked, run.answers("aspects", known, asked, gold="pairs"))


def _topics(folder: Path, run: Run) -> scores.Figures:
    from chalicelib.adapters.insights.topic_words import words_of

    rows = [row for row in every_row(folder, "airline_tweets/rows") if row["reason"]]
    asked = [{"id": row["id"], "text": row["text"]} for row in rows]
    first, second = (run.answers_without_model("topics", asked, "--topics", "20", "--seed", seed) for seed in "12")
    names, others = ([answer["words"] for answer in answers if "words" in answer] for answers in (first, second))
    return {
        "NPMI": scores.npmi([words_of(row["text"]) for row in rows], names),
        "stability": scores.stability(names, others),
        "purity": scores.purity([row["reason"] for row in rows], [row["topic"] for row in first if "topic" in row]),
    }


def _risk(folder: Path, run: Run) -> scores.Figures:
    known, asked = orders(folder)
    return scores.risk(asked, run.answers("risk", known, asked, gold="bad"))


def _days(folder: Path, run: Run) -> scores.Figures:
    answers = run.answers_without_model("days", days(folder))
    flagged = [answer["day"] for answer in answers if answer["flag"]]
    return {"Black Friday": float(str(BLACK_FRIDAY) in flagged), "flags": float(len(flagged))}


def _label(row: Row) -> str | None:
    return None if row["label"] == "oos" else str(row["label"])


MEASURES = (
    Measure(
        "type, banking77",
        _classes("type", "0.95", _relabelled("banking77/rows", _label)),
        {"accuracy": (0.894, 0.915), "coverage": (0.842, 0.87), "precision": (None, 0.94)},
    ),
    Measure(
        "type, clinc150",
        _classes("type", "0.95", _relabelled("clinc150/rows", _label)),
        {"accuracy": (0.946, 0.955), "coverage": (0.924, 0.94), "precision": (None, 0.95), "refused": (0.81, 0.72)},
    ),
    Measure(
        "type, airline reasons",
        _classes("type", "0.9", _reasons),
        {"accuracy": (0.670, 0.68), "macro F1": (0.501, 0.52)},
    ),
    Measure(
        "type, own_care (zh and en)",
        _classes("type", "0.86", _relabelled("own_care/messages", lambda row: str(row["type"]))),
        {"accuracy": (0.645, 0.77), "precision": (None, 0.86), "coverage": (None, 0.57)},
    ),
    Measure(
        "sentiment, airline",
        _classes("sentiment", "0.9", _relabelled("airline_tweets/rows", _label)),
        {"accuracy": (0.808, 0.825), "macro F1": (0.740, 0.765)},
    ),
    Measure(
        "sentiment, own_care (zh and en)",
        _classes("sentiment", "0.8", _own_sentiment),
        {"accuracy": (0.64, 0.73), "macro F1": (0.52, 0.67)},
    ),
    Measure(
        "search, own_care zh",
        _search("own_care", "zh"),
        {"R@1": (0.31, 0.67), "R@5": (0.58, 0.87), "coverage": (0, 0.3), "precision": (None, 0.85)},
    ),
    Measure(
        "search, own_care en",
        _search("own_care", "en"),
        {"R@1": (0.35, 0.62), "R@5": (0.61, 0.88), "coverage": (0, 0.2), "precision": (None, 0.85)},
    ),
    Measure("search, cmrc2018", _search("cmrc2018"), {"R@1": (0.977, 0.975)}),
    Measure("search, drcd", _search("drcd"), {"R@1": (0.889, 0.885)}),
    Measure("aspects, mams", _aspects, {"F1": (0.603, 0.64)}),
    Measure("topics, airline", _topics, {"NPMI": (-0.004, 0.02), "stability": (0.29, 0.60), "purity": (0.446, 0.49)}),
    Measure(
        "risk, olist",
        _risk,
        {"AUC": (0.60, 0.71), "Brier skill": (0.056, 0.11), "ECE": (0.038, 0.035), "precision at 10 %": (0.28, 0.40)},
        is_most=("ECE",),
    ),
    Measure("days, olist", _days, {"Black Friday": (1, 1), "flags": (None, 10)}, is_most=("flags",)),
)
