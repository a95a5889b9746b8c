"""Words that may be shown name nobody, and are those of several customers."""

import pytest
from msgspec.structs import replace

from chalicelib.adapters.insights.nightly.analysis import analyse
from chalicelib.adapters.insights.nightly.shown_words import shown_words
from chalicelib.domain.insights.nightly.private_words import english_names, without_private
from chalicelib.domain.orders.order_record import OrderRecord, apply_revisions
from tests.fakes.insights import PieceEncoder
from tests.support.insights.speech import inputs_of, said


def order(title: str) -> dict[str, OrderRecord]:
    record = OrderRecord(shop="demo", external_id="O")
    return {"O": apply_revisions(record, {"items": [{"sku": "L", "title": title}]}, 1)}


def test_a_word_of_three_customers_is_shown_and_one_of_two_is_not() -> None:
    texts = [said(n, "the lampshade hums" if n < 2 else "the lampshade") for n in range(3)]
    assert "lampshade" in shown_words(texts, {})
    assert "hums" not in shown_words(texts, {})


def test_a_customer_who_says_it_often_is_one_customer() -> None:
    assert "lampshade" not in shown_words([said(n, f"the lampshade {n}", customer=1) for n in range(9)], {})


def test_people_whom_nobody_names_count_as_one_of_their_source() -> None:
    named = [said(n, f"the lampshade {n}") for n in range(9)]
    unknown = [replace(each, item=replace(each.item, customer=None, case=None)) for each in named]
    assert "lampshade" in shown_words(named, {})
    assert "lampshade" not in shown_words(unknown, {})


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("the lampshade hums. Best, Amy Carter", ["amy", "carter"]),
        ("write to amy.carter@mail.example about lampshades", ["amy", "carter", "mail", "example"]),
        ("我叫王建国，充电器发烫", ["王建国"]),
        ("昨天找高雨桐客服，充电器发烫", ["高雨桐"]),
        ("iphone15 充电器发烫", ["iphone15"]),
    ],
)
def test_names_addresses_and_numbers_are_never_shown(text: str, private: list[str]) -> None:
    assert not shown_words([said(n, text) for n in range(5)], {}) & set(private)


def test_a_name_in_the_title_of_a_product_is_that_of_the_product() -> None:
    texts = [said(n, "I like the Aurora because it is bright") for n in range(3)]
    assert "aurora" not in shown_words(texts, {})
    assert "aurora" in shown_words(texts, order("Aurora desk lamp"))


def test_a_word_that_is_mostly_written_small_is_no_name() -> None:
    assert english_names(["the lamp is hot", "the lamp is hot", "the Lamp is hot"]) == set()
    assert english_names(["Lamp is hot. Lamp is hot."]) == set()


def test_what_is_private_is_cut_out() -> None:
    assert without_private("call 0171 at https://a.example or @amy").split() == ["call", "at", "or"]


def test_topics_and_questions_are_named_by_shown_words_alone() -> None:
    texts = [said(n, f"why does the charger run hot, says {name}x?") for n, name in enumerate("abcdefghij" * 4)]
    found = analyse(inputs_of(texts[:10]), PieceEncoder(), None)[0]
    words = {word for topic in found.topics for word in topic.words} | {
        word for question in found.questions for word in question.words
    }
    assert not {f"{name}x" for name in "abcdefghij"} & words
