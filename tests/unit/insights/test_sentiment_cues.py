"""Praise and blame in the words of a text, with what negates them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.insights.sentiment_cues import CUES, sentiment_cue

ROWS = [
    ("the blender is great", "praise"),
    ("the blender is not great", "blame"),
    ("I did not really like... no, it doesn't even work", "blame"),
    ("not bad at all", "praise"),
    ("lovely colour but the zip is broken", "both"),
    ("where is the manual", "neither"),
    ("衣服很好看，下次回购", "praise"),
    ("不满意，质量不好", "blame"),
    ("用了一年都没坏", "praise"),
    ("包装不错，可惜杯子碎了", "both"),
    ("到货了告诉我", "neither"),
    ("😍", "praise"),
    ("😡😡", "blame"),
    ("", "neither"),
]


@pytest.mark.parametrize(("text", "cue"), ROWS, ids=[row[0] for row in ROWS])
def test_the_words_of_a_text_praise_or_blame(text: str, cue: str) -> None:
    assert sentiment_cue(text) == cue


@given(st.text(max_size=200))
def test_every_text_has_one_cue(text: str) -> None:
    assert sentiment_cue(text) in CUES
