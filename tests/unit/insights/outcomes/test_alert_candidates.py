"""What may become an alert."""

from typing import Any

from chalicelib.domain.insights.outcomes.alert_candidates import candidates
from chalicelib.domain.insights.outcomes.reach import HAS, items_with, reach_of
from tests.support.insights.findings_of_outcomes import anomaly, association, findings, question, topic
from tests.support.insights.outcomes import case, inputs, refund, said

CALM = inputs(said=tuple(said(f"item-{place}", sentiment="neutral") for place in range(9)))


def values(*found: object) -> list[str]:
    return [each.value for each in candidates(findings(*found), CALM)]


def test_a_topic_must_certainly_grow_and_certainly_blame_more_than_the_rest() -> None:
    grows, blames = {"trend_interval": (1.1, 3.0)}, {"negative_interval": (0.2, 0.6)}
    assert values(topic("T-1", **grows, **blames)) == ["T-1"]
    assert values(topic("T-1", trend_interval=(0.9, 3.0), **blames), topic("T-2", trend_interval=None)) == []
    angry = inputs(said=tuple(said(f"item-{place}", sentiment="negative") for place in range(9)))
    assert list(candidates(findings(topic("T-1", **grows, **blames)), angry)) == []


def test_unusual_days_of_the_last_week_that_nothing_explains_are_one_candidate_a_value() -> None:
    found = [
        anomaly("2026-11-18", "product", "A", count=9),
        anomaly("2026-11-19", "product", "A", count=12),
        anomaly("2026-11-13", "product", "B"),
        anomaly("2026-11-14", "product", "C"),
        anomaly("2026-11-19", "type", "return", event="Black Friday"),
        anomaly("2026-11-19", "channel", "chat", score=-4.0),
    ]
    assert values(*found) == ["product:A", "product:C"]
    first = next(iter(candidates(findings(*found), CALM)))
    assert first.facts == {"days": 2, "count": 21, "expected": 4, "score": 4}


def test_questions_of_ten_customers_and_strong_associations_of_products_are_candidates() -> None:
    assert values(question("Q-1", customers=10), question("Q-2", customers=9)) == ["Q-1"]
    strong = association("product", "A", "topic", "T-1")
    assert values(strong) == ["product:A+topic:T-1"]
    assert values(association("week", "2026-W45", "topic", "T-1")) == []
    assert values(association("topic", "T-1", "product", "A", q=0.02)) == []
    assert values(association("topic", "T-1", "product", "A", interval=(1.4, 3.0))) == []


def test_the_reach_is_different_customers_and_the_money_of_their_cases_once() -> None:
    words = (
        said("a", customer="C-1", case="case-1", products=("A",)),
        said("b", customer="C-1", case="case-1", products=("A",), topic="T-1"),
        said("c", customer="C-2", products=("A",)),
        said("d", products=("A",)),
        said("e", products=("B",)),
    )
    money = (refund("10.00"), refund("5.00", state="failed"), refund("700", "JPY"))
    read = inputs(said=words, cases=(case("case-1", money=money),))
    reach = reach_of(items_with(read, {"product": "A"}), read.cases)
    assert (reach.customers, reach.money) == (3, {"EUR": "10.00", "JPY": "700"})
    assert reach.evidence == ["d", "c", "b", "a"]
    assert [each.item.id for each in items_with(read, {"product": "A", "topic": "T-1"})] == ["b"]
    assert items_with(read, {"weather": "rain"}) == []


def test_each_dimension_says_who_has_a_value() -> None:
    understood: dict[str, Any] = {"topic": "x", "week": "x", "carrier": "x", "sentiment": "x"}
    has = said("a", products=("x",), type="question", channel="chat", source="review", **understood)
    values = {"type": "question", "channel": "chat", "source": "review"}
    for dimension, has_value in HAS.items():
        assert has_value(has, values.get(dimension, "x"))
        assert dimension == "all" or not has_value(has, "other")
