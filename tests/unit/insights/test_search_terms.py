"""The terms by which an article is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.insights.language import language_of
from chalicelib.domain.insights.search_terms import search_terms

ROWS = [
    ("退货运费", ["退", "货", "运", "费", "退货", "货运", "运费"]),
    ("Refunds", ["refund", "#refu", "#efun", "#fund"]),
    ("ｉＯＳ 17", ["ios", "17"]),
    ("用usb充电", ["用", "usb", "充", "电", "充电"]),
    ("😀!", []),
]


@pytest.mark.parametrize(("text", "terms"), ROWS, ids=[row[0] for row in ROWS])
def test_a_text_has_these_terms(text: str, terms: list[str]) -> None:
    assert list(search_terms(text)) == terms


@given(st.text())
def test_case_makes_no_difference(text: str) -> None:
    assert list(search_terms(text.upper().lower())) == list(search_terms(text.upper()))


@pytest.mark.parametrize(
    ("text", "language"), [("你好", "zh"), ("尺码 M or L?", "zh"), ("hello", "en"), ("", "en"), ("😀", "en")]
)
def test_a_chinese_character_makes_a_text_chinese(text: str, language: str) -> None:
    assert language_of(text) == language
