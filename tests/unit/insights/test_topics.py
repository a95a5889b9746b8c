"""Texts are grouped by what they are about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.insights.topic_words import Vocabulary, words_of
from chalicelib.adapters.insights.topics import find_topics
from tests.fakes.insights import PieceEncoder

LATE = [f"the courier brought parcel {number} days late again" for number in range(12)]
COLOUR = [f"colour {number} of this jacket fades after washing" for number in range(12)]


def test_two_matters_are_two_topics_named_by_their_words() -> None:
    first, second = find_topics(PieceEncoder(), LATE + COLOUR, 2, 1)
    assert {tuple(first.texts), tuple(second.texts)} == {tuple(range(12)), tuple(range(12, 24))}
    late, colour = (first, second) if first.texts[0] == 0 else (second, first)
    assert "courier" in late.words
    assert "jacket" in colour.words
    assert set(late.typical) <= set(late.texts)
    assert len(late.typical) == 3


def test_every_text_belongs_to_one_topic_even_an_empty_one() -> None:
    topics = find_topics(PieceEncoder(), [*LATE, "", "😡", *COLOUR], 5, 3)
    assert sorted(place for topic in topics for place in topic.texts) == list(range(26))


def test_there_are_no_more_topics_than_different_texts() -> None:
    assert len(find_topics(PieceEncoder(), ["same"] * 4, 3, 1)) == 1
    assert find_topics(PieceEncoder(), [], 3, 1) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@shop The REFUND is late https://x.example [link]", {"refund", "late"}),
        ("客服的态度很差", {"客服", "态度"}),
        ("the 的 123 !!!", set()),
    ],
)
def test_a_text_has_these_words(text: str, words: set[str]) -> None:
    assert words_of(text) >= words
    assert not words_of(text) & {"the", "的", "shop", "123"}


@given(st.lists(st.sets(st.sampled_from("abcdef"), max_size=4), min_size=2, max_size=20))
def test_words_attract_each_other_equally_and_within_bounds(texts: list[set[str]]) -> None:
    vocabulary = Vocabulary(texts)
    for first in vocabulary.counts:
        for second in vocabulary.counts.keys() - {first}:
            assert vocabulary.npmi(first, second) == vocabulary.npmi(second, first)
            assert -1 <= vocabulary.npmi(first, second) <= 1 + 1e-9
