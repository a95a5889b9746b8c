"""Builders of findings, from which alerts are made."""

from typing import Any

from chalicelib.domain.insights.findings import Anomaly, Association, Findings, Question, Topic
from tests.support.insights.outcomes import FIRST, SHOP, TODAY

PLACES: dict[type, str] = {
    Topic: "topics",
    Question: "questions",
    Anomaly: "anomalies",
    Association: "associations",
}


def findings(*found: Any, day: str = TODAY) -> Findings:
    """The findings of a day."""
    lists: dict[str, Any] = {name: [each for each in found if type(each) is kind] for kind, name in PLACES.items()}
    return Findings(shop=SHOP, day=day, first=FIRST, items=100, customers=50, **lists)


def topic(identifier: str = "T-1", **more: Any) -> Topic:
    """A topic that grows and blames."""
    values: dict[str, Any] = {
        "words": ["late", "parcel"],
        "count": 30,
        "customers": 20,
        "since": FIRST,
        "counts": {},
        "negative": 0.6,
        "negative_interval": (0.4, 0.8),
        "trend": 2.0,
        "trend_interval": (1.3, 3.0),
        "products": {},
        "types": {},
        "channels": {},
        "money": {},
        "typical": ["item-1"],
        "items": ["item-2", "item-1"],
    }
    return Topic(id=identifier, **(values | more))


def question(identifier: str = "Q-1", **more: Any) -> Question:
    """A question that ten customers ask."""
    values: dict[str, Any] = {
        "words": ["battery", "charge"],
        "count": 12,
        "customers": 10,
        "since": FIRST,
        "last": TODAY,
        "counts": {},
        "money": {},
        "typical": "item-3",
        "items": ["item-3"],
        "article": None,
        "proposal": "article",
        "changed": None,
        "changed_interval": None,
    }
    return Question(id=identifier, **(values | more))


def anomaly(day: str, dimension: Any, value: str, **more: Any) -> Anomaly:
    """A day with more than was expected."""
    values: dict[str, Any] = {"label": value, "count": 9, "expected": 2.0, "score": 4.0}
    return Anomaly(day=day, dimension=dimension, value=value, **(values | more))


def association(left: str, left_value: str, right: str, right_value: str, **more: Any) -> Association:
    """Two things that certainly occur together."""
    values: dict[str, Any] = {"count": 20, "expected": 8.0, "lift": 2.5, "interval": (1.6, 3.9), "q": 0.001}
    return Association(left=left, left_value=left_value, right=right, right_value=right_value, **(values | more))
