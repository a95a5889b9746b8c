"""The model of a shop, as it answers requests in pure Python."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.insights.stores.start_model import start_model
from chalicelib.domain.insights.text_pieces import BITS, hash_of, pieces_of
from chalicelib.domain.triage.shop_model import ShopModel, StoredModel, pack_model, read_model
from chalicelib.domain.triage.typing import type_text

GLORPS = hash_of("glorps").to_bytes(3, "big")


def model(weight: int = 250, threshold: float = 0.6) -> ShopModel:
    """A model that knows one word, which speaks for a repair."""
    stored = StoredModel(
        format=1,
        id="m1",
        classes=("question", "repair"),
        hashes=GLORPS,
        weights=bytes([128, weight]),
        scale=0.1,
        rules={"refund": (9.0, 0.0)},
        offsets=(0.0, 0.0),
        threshold=threshold,
    )
    return ShopModel(stored)


def test_a_word_that_the_shop_taught_types_a_text() -> None:
    judged = model().judge("my lamp glorps", ())
    assert (judged.type, judged.is_answer, judged.words) == ("repair", True, ("glorps",))
    assert judged.confidence == pytest.approx(
        1 / (1 + 2.718281828 ** -(122 * 0.1 / len(pieces_of("my lamp glorps")) ** 0.5))
    )


def test_a_rule_that_holds_counts_beside_the_words() -> None:
    assert model().judge("it glorps", ("refund",)).type == "question"


def test_below_its_threshold_it_does_not_answer_and_the_rules_do() -> None:
    typing = type_text("the lamp glorps, can it be repaired", model(threshold=0.9999))
    assert (typing.type, typing.by, typing.model) == ("repair", "rule", None)


def test_where_it_answers_the_typing_names_it() -> None:
    typing = type_text("it glorps", model())
    assert (typing.type, typing.by, typing.model, typing.words) == ("repair", "model", "m1", ("glorps",))


def test_a_stored_model_is_read_as_it_was_and_another_format_is_none() -> None:
    stored = model().stored
    read = read_model(pack_model(stored))
    assert read is not None
    assert read.stored == stored
    assert read_model(b"\x00") is None
    assert read_model(pack_model(msgspec.structs.replace(stored, format=2))) is None


@pytest.mark.parametrize(
    "wrong",
    [{"weights": b"\x80"}, {"hashes": GLORPS[:2]}, {"offsets": (0.0,)}, {"rules": {"refund": ()}}, {"classes": ()}],
)
def test_a_stored_model_whose_parts_do_not_fit_each_other_is_none(wrong: dict[str, Any]) -> None:
    assert read_model(pack_model(msgspec.structs.replace(model().stored, **wrong))) is None


@pytest.mark.parametrize("text", ["", " ", "😀" * 50, "a" * 100_000, "退" * 100_000, "\ud83d half", "\x00"])
def test_no_text_breaks_it(text: str) -> None:
    judged = ShopModel(msgspec.msgpack.decode(start_model(), type=StoredModel)).judge(text, ())
    assert 0 < judged.confidence <= 1


@given(st.text())
def test_the_same_text_has_the_same_pieces_each_once(text: str) -> None:
    pieces = pieces_of(text)
    assert pieces == pieces_of(text)
    assert len(pieces) == len(set(pieces))
    assert all(0 <= hash_of(piece) < 1 << BITS for piece in pieces)


def test_pieces_are_words_pairs_and_beginnings_and_chinese_characters_up_to_three() -> None:
    assert pieces_of("Charger smokes") == ["charger", "charg~", "smokes", "charger smokes", "smoke~"]
    assert pieces_of("没收到") == ["没", "收", "到", "没收", "收到", "没收到"]
    assert pieces_of("ＯＫ") == pieces_of("ok")
