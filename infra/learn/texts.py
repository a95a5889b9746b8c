"""The tasks on texts."""

from argparse import Namespace
from collections.abc import Iterator
from math import exp

from infra.learn.rows import Row, UnusableError, fields_of, texts_of

RARE_COUNT_AS_MUCH = ("type",)
"""The tasks whose rare classes count as much as frequent ones."""


def train_classes(rows: list[Row], options: Namespace) -> None:
    """Train a classifier on `text` and `label`; null labels what no class is for."""
    from chalicelib.adapters.insights.sentence_encoder import SentenceEncoder
    from chalicelib.adapters.insights.text_classifier import TextClassifier

    labels = [_label_of(row) for row in rows]
    balanced = options.task in RARE_COUNT_AS_MUCH
    try:
        texts, labels = _with_shipped(texts_of(rows), labels) if options.task == "type" else (texts_of(rows), labels)
        model = TextClassifier.trained(SentenceEncoder(), texts, labels, options.precision, balanced, len(rows))
    except ValueError as error:
        raise UnusableError(str(error)) from None
    model.save(options.model)


def _with_shipped(texts: list[str], labels: list[str | None]) -> tuple[list[str], list[str | None]]:
    """The texts and those that are shipped, if the labels are types of cases: models of shops learn from them too."""
    from chalicelib.adapters.insights.start_messages import start_messages

    shipped = start_messages()
    named = {label for label in labels if label}
    if not named or not named <= {message.label for message in shipped}:
        return texts, labels
    return [*texts, *(message.text for message in shipped)], [*labels, *(message.label for message in shipped)]


def _label_of(row: Row) -> str | None:
    label = row.get("label", False)
    if label is not None and (not isinstance(label, str) or not label):
        raise UnusableError(f"the row {row['id']} has no label: a text, or null where no class is for it")
    return label


def predict_classes(rows: list[Row], options: Namespace) -> Iterator[Row]:
    """`label` (null: abstained), `best` and `confidence` of each row; of a sentiment also its `intensity`."""
    from chalicelib.adapters.insights.sentence_encoder import SentenceEncoder
    from chalicelib.adapters.insights.text_classifier import TextClassifier

    try:
        model = TextClassifier.load(SentenceEncoder(), options.model)
    except (ValueError, KeyError, OSError) as error:
        raise UnusableError(f"{options.model} has no model that this version can use: {error}") from None
    for row, answer in zip(rows, model.answers(texts_of(rows)), strict=True):
        said: Row = {"id": row["id"], "label": answer.label, "best": answer.best, "confidence": answer.confidence}
        if options.task == "sentiment":
            said["intensity"] = _intensity(answer.judged)
        yield said


def _intensity(judged: dict[str, float]) -> float:
    """How strong the sentiment is, from -1 (most negative) to 1: what the model says of positive less of negative."""
    difference = judged.get("positive", 0.0) - judged.get("negative", 0.0)
    return round(2 / (1 + exp(-max(-30.0, min(30.0, difference)))) - 1, 4)


def find_duplicates(rows: list[Row], _: Namespace) -> Iterator[Row]:
    """A row for each `pair` of ids."""
    from chalicelib.adapters.insights.near_duplicates import near_duplicates

    for earlier, later, share in near_duplicates(texts_of(rows)):
        yield {"pair": [rows[earlier]["id"], rows[later]["id"]], "shared": round(share, 4)}


def find_topics(rows: list[Row], options: Namespace) -> Iterator[Row]:
    """A row for each topic, with its `words`, how `many` texts it has and the ids of `typical` ones; then the `topic`
    of each text."""
    from chalicelib.adapters.insights import topics
    from chalicelib.adapters.insights.sentence_encoder import SentenceEncoder

    if options.topics < 1:
        raise UnusableError("--topics must be 1 or more")
    found = topics.find_topics(SentenceEncoder(), texts_of(rows), options.topics, options.seed)
    of_text: dict[int, str] = {}
    for number, topic in enumerate(found):
        of_text |= dict.fromkeys(topic.texts, f"t{number}")
        typical = [rows[place]["id"] for place in topic.typical]
        yield {"id": f"t{number}", "words": topic.words, "many": len(topic.texts), "typical": typical}
    yield from ({"id": row["id"], "topic": of_text[place]} for place, row in enumerate(rows))


def train_aspects(rows: list[Row], options: Namespace) -> None:
    """Learn from texts and their `pairs` of an aspect and a polarity."""
    from chalicelib.adapters.insights.aspects import AspectModel
    from chalicelib.adapters.insights.sentence_encoder import SentenceEncoder

    try:
        pairs = [[(str(aspect), str(polarity)) for aspect, polarity in own] for own in fields_of(rows, "pairs", list)]
        AspectModel.trained(SentenceEncoder(), texts_of(rows), pairs).save(options.model)
    except (ValueError, TypeError) as error:
        raise UnusableError(str(error)) from None


def predict_aspects(rows: list[Row], options: Namespace) -> Iterator[Row]:
    """The `pairs` of each row."""
    from chalicelib.adapters.insights.aspects import AspectModel
    from chalicelib.adapters.insights.sentence_encoder import SentenceEncoder

    try:
        model = AspectModel.load(SentenceEncoder(), options.model)
    except (ValueError, KeyError, OSError) as error:
        raise UnusableError(f"{options.model} has no model that this version can use: {error}") from None
    for row, pairs in zip(rows, model.pairs(texts_of(rows)), strict=True):
        yield {"id": row["id"], "pairs": pairs}
