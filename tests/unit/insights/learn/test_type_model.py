"""What a shop's cases and corrections teach its model."""

from chalicelib.adapters.insights.nightly.type_model import judge_by_others, start_model, train
from chalicelib.adapters.insights.start_messages import start_messages
from chalicelib.adapters.insights.stores import start_model as shipped
from chalicelib.domain.insights.labelled import CORRECTED, Labelled, known_text, texts_known
from chalicelib.domain.triage.shop_model import ShopModel, read_model
from chalicelib.domain.triage.typing import type_text

THINGS = ("lamp", "kettle", "scarf", "toaster", "chair")


def corrected(count: int = 20) -> list[Labelled]:
    """Messages of a shop's own word, which its agents corrected to repairs."""
    return [
        Labelled(
            id=f"c{number:02}",
            text=f"Hello\nthe {THINGS[number % 5]} glorps when I switch it on, number {number}",
            label="repair",
            weight=CORRECTED,
            known_at=number,
        )
        for number in range(count)
    ]


def test_twenty_corrections_of_one_kind_type_the_next_message_like_them() -> None:
    rows = corrected()
    model = ShopModel(train(rows, judge_by_others(rows).threshold, "m1"))
    assert type_text("The mixer glorps when I switch it on").by != "model"
    typing = type_text("The mixer glorps when I switch it on", model)
    assert (typing.type, typing.by) == ("repair", "model")
    for message in start_messages():
        assert type_text(message.text, model).type == message.label or type_text(message.text).type != message.label


def test_a_model_names_what_it_learned_from() -> None:
    rows = corrected()
    known = train(rows, judge_by_others(rows).threshold, "m1").known
    assert texts_known(known) == {known_text(row) for row in rows}


def test_learning_twice_gives_the_same_model() -> None:
    rows = corrected()
    assert train(rows, judge_by_others(rows).threshold, "m1") == train(rows, judge_by_others(rows).threshold, "m1")


def test_the_shipped_start_model_is_that_of_the_shipped_messages() -> None:
    fresh, stored = ShopModel(start_model()), read_model(shipped.start_model())
    assert stored is not None
    assert stored.stored.classes == fresh.stored.classes
    for message in start_messages():
        judged, again = (each.judge(message.text, ()) for each in (fresh, stored))
        assert judged.type == again.type
        assert abs(judged.confidence - again.confidence) < 0.02


def test_the_start_model_is_small_and_types_what_rules_cannot() -> None:
    assert len(shipped.start_model()) < 60_000
    stored = read_model(shipped.start_model())
    text = "It has been at your place for repairs since June, any news?"
    assert type_text(text, stored).by == "model"
