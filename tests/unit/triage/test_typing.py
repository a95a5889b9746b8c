"""What hard sentences are about, in both languages."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.triage.typing import ABSTAINS_BELOW, type_text

TYPES = [
    ("快递一直没收到", "order_issue"),
    ("还没收到退款", "refund"),
    ("没收到退款，你们说三天到账", "refund"),
    ("不用退货，换一个就行", "exchange"),
    ("我不想退货，帮我修一下", "repair"),
    ("不是要投诉，就想问问快递到哪了", "order_issue"),
    ("我不是不想退货，是包装扔了", "return"),
    ("你们客服态度太差了", "complaint"),
    ("这个能接苹果电脑用吗", "question"),
    ("五星好评，下次还来", "review"),
    ("my parcel never arrived", "order_issue"),
    ("I don't want a refund, I want another one", "exchange"),
    ("no need to return it, just fix it", "repair"),
    ("where is my money back", "refund"),
    ("my package 到现在还没到", "order_issue"),
    ("可以 refund 吗", "refund"),
    ("想 exchange 一个大一码", "exchange"),
    ("does it work with a Mac?", "question"),
]


@pytest.mark.parametrize(("text", "expected"), TYPES)
def test_a_hard_sentence_is_typed_by_what_its_writer_wants(text: str, expected: str) -> None:
    typing = type_text(text)
    assert (typing.type, typing.by) == (expected, "rule")
    assert typing.confidence >= ABSTAINS_BELOW
    assert typing.words


@pytest.mark.parametrize(
    "text", ["", "   ", "😀😡👍", "嗯", "ok", "换货或者退货，维修也行", "repair it or exchange it"]
)
def test_what_says_nothing_or_too_much_is_a_question_without_a_type(text: str) -> None:
    typing = type_text(text)
    assert (typing.type, typing.by) == ("question", "none")
    assert typing.confidence < ABSTAINS_BELOW


@given(st.text())
def test_any_text_is_typed_in_the_same_way_each_time(text: str) -> None:
    typing = type_text(text)
    assert typing == type_text(text)
    assert 0 <= typing.confidence <= 1
    assert -1 <= typing.score <= 1
    assert len(typing.words) <= 8


LONG = [
    "没收到退款 smoke ",
    "😀😡👍",
    "支持",
    "等了",
    "not ",
    "need it a ",
    "don't want to ",
    "第三",
    "8" * 10,
    "charged ",
]


@pytest.mark.parametrize("part", LONG)
def test_a_text_of_a_hundred_thousand_characters_takes_no_longer_than_its_beginning(part: str) -> None:
    text = (part * 100_000)[:100_000]
    started = time.process_time()
    assert type_text(text) == type_text(text[:3_000])
    assert time.process_time() - started < 1


def test_words_are_those_of_the_text() -> None:
    text = "The charger is smoking, I want a refund"
    assert all(word in text for word in type_text(text).words)
    assert "smoking" in type_text(text).words
