"""The mood of hard sentences, in both languages."""

import pytest

from chalicelib.domain.triage.sentiment import mood_of
from chalicelib.domain.triage.typing import type_text

MOODS = [
    ("很满意，下次还来", "positive"),
    ("不满意", "negative"),
    ("不是不满意", "positive"),
    ("我并非不喜欢", "positive"),
    ("没有什么问题，挺好", "positive"),
    ("无可挑剔", "positive"),
    ("没收到", "negative"),
    ("等了三周还没收到货", "negative"),
    ("太好了", "positive"),
    ("太慢了", "negative"),
    ("呵呵，这质量", "negative"),
    ("太棒了，又坏了", "negative"),
    ("这个有黑色的吗", "neutral"),
    ("好用 👍", "positive"),
    ("😡😡", "negative"),
    ("😭", "negative"),
    ("❤", "positive"),
    ("very happy with it", "positive"),
    ("not happy with it", "negative"),
    ("I'm not unhappy with it", "positive"),
    ("can't complain", "positive"),
    ("couldn't be happier", "positive"),
    ("no complaints at all", "positive"),
    ("Great, another broken one", "negative"),
    ("thanks for nothing", "negative"),
    ("it never arrived", "negative"),
    ("it's not bad", "positive"),
    ("does it come in black?", "neutral"),
    ("服务 terrible", "negative"),
    ("quality 很好, love it", "positive"),
    ("", "neutral"),
]


@pytest.mark.parametrize(("text", "expected"), MOODS)
def test_a_hard_sentence_has_the_mood_of_its_writer(text: str, expected: str) -> None:
    mood = mood_of(text)
    assert mood.label == expected
    assert -1 <= mood.score <= 1
    assert bool(mood.words) == bool(mood.score)


def test_what_is_negated_twice_is_weaker_praise() -> None:
    assert 0 < mood_of("不是不满意").score <= mood_of("满意").score


def test_trouble_told_without_words_of_blame_is_negative_but_weakly() -> None:
    typing = type_text("somebody is using my card")
    assert (typing.sentiment, typing.score) == ("negative", -0.3)
