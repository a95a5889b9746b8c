"""Which sentences are urgent, and why."""

import pytest

from chalicelib.domain.triage.facts import Urgency
from chalicelib.domain.triage.urgency import haste_of, raised_priority

URGENT: list[tuple[str, Urgency]] = [
    ("充电的时候冒烟了", "safety"),
    ("the charger is smoking", "safety"),
    ("电池鼓包了", "safety"),
    ("a shard of glass was in the box, shards everywhere", "safety"),
    ("重复扣了我两次钱", "money"),
    ("I was charged twice", "money"),
    ("有人冒充你们客服", "money"),
    ("I never placed this order", "money"),
    ("再不处理我打12315", "legal"),
    ("see you in court", "legal"),
    ("my lawyer will write to you", "legal"),
    ("这是给八十岁老人用的", "vulnerable"),
    ("it is for my newborn", "vulnerable"),
    ("第三次来问了", "third_contact"),
    ("this is my fourth message", "third_contact"),
    ("明天就要用", "deadline"),
    ("the wedding is tomorrow", "deadline"),
    ("充电时 smoke 冒出来", "safety"),
]


@pytest.mark.parametrize(("text", "why"), URGENT)
def test_a_sentence_is_urgent_for_its_reason(text: str, why: Urgency) -> None:
    haste = haste_of(text)
    assert why in haste.why
    assert haste.words


CALM = [
    "没有冒烟，就是不热",
    "no smoke, it just won't start",
    "不着急，慢慢来",
    "it is not urgent",
    "想退货",
    "where is my parcel?",
    "",
    "I burned through the first bottle",
    "ship it to 4 Court Road",
    "订单号 881231599",
    "😡",
]


@pytest.mark.parametrize("text", CALM)
def test_what_is_denied_or_not_said_is_not_urgent(text: str) -> None:
    assert haste_of(text).why == ()


def test_urgency_raises_the_priority_and_never_lowers_it() -> None:
    assert raised_priority("low", ()) == "low"
    assert raised_priority("low", ("deadline",)) == "high"
    assert raised_priority("urgent", ("deadline",)) == "urgent"
    assert raised_priority("normal", ("deadline", "safety")) == "urgent"
