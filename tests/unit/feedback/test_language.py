"""The language and script of texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.feedback.language import SIMPLIFIED, TRADITIONAL, language_of_text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("包裹还没收到", "zh-Hans"),
        ("包裹還沒收到，請幫忙查一下", "zh-Hant"),
        ("退货", "zh-Hans"),
        ("My parcel has not arrived", "en"),
        ("OK", "en"),
        ("iPhone 15 的屏幕坏了", "zh-Hans"),
        ("This charger 冒烟了 please send me a refund", "mixed"),
        ("👍👍", "none"),
        ("", "none"),
        ("12345", "none"),
    ],
)
def test_the_language_and_the_script_are_told_by_characters(text: str, language: str) -> None:
    assert language_of_text(text) == language


def test_no_character_counts_for_both_scripts() -> None:
    assert not SIMPLIFIED & TRADITIONAL


@given(st.text())
def test_every_text_has_a_language(text: str) -> None:
    assert language_of_text(text) in ("zh-Hans", "zh-Hant", "en", "mixed", "none")
