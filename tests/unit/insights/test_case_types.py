"""The words of a message speak for the type of its case, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.insights.case_types import READ, RULES, hinted_types

MESSAGES = [
    ("锅底掉漆了，我要退货", "return"),
    ("I'd like to send the lamp back, it is too dim", "return"),
    ("裤子长了，帮我换个短一点的", "exchange"),
    ("could you swap the blue one for a green one", "exchange"),
    ("水壶漏水，在保修期里，哪里可以送修", "repair"),
    ("the blender stopped after a year, is there a warranty", "repair"),
    ("钱什么时候退给我", "refund"),
    ("still waiting for my money back", "refund"),
    ("客服态度恶劣，我要投诉", "complaint"),
    ("your driver was rude to my mother", "complaint"),
    ("运单两天没有更新，包裹在哪", "order_issue"),
    ("the courier says delivered but there is no parcel", "order_issue"),
    ("五星好评，会回购", "review"),
    ("four stars, would recommend", "review"),
    ("请问这款支持快充吗", "question"),
    ("does it come with a cable?", "question"),
]


@pytest.mark.parametrize(("text", "type_"), MESSAGES, ids=[row[0] for row in MESSAGES])
def test_these_words_speak_for_this_type(text: str, type_: str) -> None:
    assert type_ in hinted_types(text)


@pytest.mark.parametrize("text", ["", "😡😡😡", "。。。", "0571"])
def test_where_no_word_speaks_for_a_type_no_rule_holds(text: str) -> None:
    assert hinted_types(text) == []


@given(st.text(max_size=200))
def test_only_types_of_cases_are_named_each_once(text: str) -> None:
    hinted = hinted_types(text)
    assert len(hinted) == len(set(hinted))
    assert set(hinted) <= RULES.keys()


def test_a_very_long_message_is_read_at_its_beginning() -> None:
    assert hinted_types("退货" + "啊" * 100_000) == hinted_types("退货")
    assert hinted_types("啊" * READ + "退货") == []
