"""The tasks on texts."""

from argparse import Namespace
from collections.abc import Iterator

from infra.learn.rows import Row

RARE_COUNT_AS_MUCH = ("type",)
"""The tasks whose rare classes count as much as frequent ones."""


def train_classes(rows: list[Row], options: Namespace) -> None:
    """Train a classifier on `text` and `label`; null labels what no class is for."""
    from chalicelib.adapters.insights.sentence_encoder import SentenceEncoder
    from chalicelib.adapters.insights.text_classifier import TextClassifier

    texts, labels = [row["text"] for row in rows], [row["label"] for row in rows]
    balanced = options.task in RARE_COUNT_AS_MUCH
    TextClassifier.trained(SentenceEncoder(), texts, labels, options.precision, balanced).save(options.model)


def predict_classes(rows: list[Row], options: Namespace) -> Iterator[Row]:
    """`label` (null: abstained), `best` and `confidence` of each row."""
    from chalicelib.adapters.insights.sentence_encoder import SentenceEncoder
    from chalicelib.adapters.insights.text_classifier import TextClassifier

    model = TextClassifier.load(SentenceEncoder(), options.model)
    for row, answer in zip(rows, model.answers([row["text"] for row in rows]), strict=True):
        yield {"id": row["id"], "label": answer.label, "best": answer.best, "confidence": answer.confidence}


def find_duplicates(rows: list[Row], _: Namespace) -> Iterator[Row]:
    """A row for each `pair` of ids."""
    from chalicelib.adapters.insights.near_duplicates import near_duplicates

    for earlier, later, share in near_duplicates([row["text"] for row in rows]):
        yield {"pair": [rows[earlier]["id"], rows[later]["id"]], "shared": round(share, 4)}
