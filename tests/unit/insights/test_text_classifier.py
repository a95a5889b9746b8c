"""A model names the class of a text, or abstains."""

from pathlib import Path

import pytest

from chalicelib.adapters.insights.text_classifier import Answer, TextClassifier
from tests.fakes.insights import PieceEncoder

THINGS = ("lamp", "kettle", "scarf", "desk", "phone", "radio", "bottle", "clock")
TEXTS = [f"please send the {thing} back" for thing in THINGS] + [
    f"where is the parcel with my {thing}" for thing in THINGS
]
LABELS: list[str | None] = [*["return"] * len(THINGS), *["order_issue"] * len(THINGS)]
WEATHER = [f"it rains on {day}" for day in ("monday", "tuesday", "friday", "sunday")]


def answers(texts: list[str], labels: list[str | None], asked: list[str], precision: float = 0.9) -> list[Answer]:
    return list(TextClassifier.trained(PieceEncoder(), texts, labels, precision, True).answers(asked))


def test_new_texts_get_the_class_of_those_like_them() -> None:
    sent, parcel = answers(TEXTS, LABELS, ["please send the chair back", "where is the parcel with my chair"])
    assert (sent.label, parcel.label) == ("return", "order_issue")
    assert sent.confidence >= 0.5 <= parcel.confidence
    assert max(sent.judged, key=lambda name: sent.judged[name]) == "return"


def test_a_text_that_no_class_is_for_gets_no_label_but_the_best_one() -> None:
    labels = [*LABELS, *[None] * len(WEATHER)]
    (rain,) = answers(TEXTS + WEATHER, labels, ["it rains on saturday"], precision=1.0)
    assert rain.label is None
    assert rain.best in ("return", "order_issue")
    assert rain.confidence < 0.5


@pytest.mark.parametrize("odd", ["", "😡🙏", "啊" * 100_000, "\x00"])
def test_an_odd_text_is_answered_like_any_other(odd: str) -> None:
    (answer,) = answers(TEXTS, LABELS, [odd])
    assert answer.best in ("return", "order_issue")
    assert 0 <= answer.confidence <= 1


@pytest.mark.parametrize("texts", [["a", "b"], ["a", "a", "b"], ["only one"]])
def test_very_few_texts_are_enough_to_answer(texts: list[str]) -> None:
    labels: list[str | None] = [*["x"] * (len(texts) - 1), "y"]
    (answer,) = answers(texts, labels, ["a"])
    assert answer.best in ("x", "y")


def test_texts_without_any_label_teach_nothing() -> None:
    with pytest.raises(ValueError, match="no text has a label"):
        answers(["a", "b"], [None, None], ["a"])


def test_a_saved_model_answers_as_it_did(tmp_path: Path) -> None:
    model = TextClassifier.trained(PieceEncoder(), TEXTS, LABELS, 0.9, True)
    model.save(tmp_path)
    loaded = TextClassifier.load(PieceEncoder(), tmp_path)
    for before, after in zip(model.answers(TEXTS), loaded.answers(TEXTS), strict=True):
        assert (before.label, before.best) == (after.label, after.best)
        assert before.confidence == pytest.approx(after.confidence, abs=0.01)
    assert list(loaded.answers([])) == []


def test_a_model_of_another_encoder_is_refused(tmp_path: Path) -> None:
    TextClassifier.trained(PieceEncoder(), TEXTS, LABELS, 0.9, True).save(tmp_path)
    with pytest.raises(ValueError, match="other encoders: pieces"):
        TextClassifier.load(PieceEncoder("other"), tmp_path)
