"""The desk on services in memory, and findings as a shop's night leaves them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from chalicelib.adapters.desk.desk_pages import DeskPages
from chalicelib.domain.desk.session import Session
from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.insights.findings import (
    Alert,
    Anomaly,
    Association,
    Driver,
    EarlyWarning,
    EventEffect,
    Findings,
    Keyword,
    Question,
    Segment,
    Topic,
)
from chalicelib.domain.insights.model_card import Calibration, ModelCard
from chalicelib.domain.insights.outcomes.risk_summary import RiskSummary, measured
from chalicelib.domain.kernel.timestamps import DAY_MS, next_day
from chalicelib.usecases.ports.cases import Page
from tests.fakes import NOON, SHOP, FakeCases, FakeServices
from tests.support.desk.visitor import API, DESK

NEWEST, FIRST = "2026-11-19", "2026-09-11"
LAMP, KETTLE = "LAMP-1", "KETTLE-2"
MONEY = {"CNY": "1234.50", "USD": "80.00"}


class Sessions:
    """Sessions of staff in memory."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], Session] = {}

    def start(self, session: Session) -> None:
        self.stored[session.user, session.id] = session

    def load(self, user: str, session: str) -> Session | None:
        return self.stored.get((user, session))


class Records:
    """Records of the daily metrics."""

    def __init__(self) -> None:
        self.stored: list[dict[str, Any]] = []

    def records_between(self, shop: str, dimension: str, first: str, last: str) -> list[dict[str, Any]]:
        return [each for each in self.stored if each["dimension"] == dimension and first <= each["day"] <= last]


class ListedCases(FakeCases):
    """Cases in memory, with the list of those that are open."""

    def open_cases(self, shop: str, limit: int, after: str | None) -> Page:
        listed = {f"{each.case.opened_at:013d}#{key}": each for key, each in self.stored.items() if each.case}
        names = sorted((name for name in listed if after is None or name < after), reverse=True)
        return Page([listed[name] for name in names[:limit]], names[limit - 1] if len(names) > limit else None)


@dataclass
class PageServices(FakeServices):
    """Services in memory, with those that only pages of the desk need."""

    cases: FakeCases = field(default_factory=ListedCases)
    desk_pages: DeskPages = field(default_factory=DeskPages)
    sessions: Sessions = field(default_factory=Sessions)
    metrics: Records = field(default_factory=Records)
    identity_provider: Any = field(
        default_factory=lambda: SimpleNamespace(
            desk_url=DESK, api_url=API, sign_out_url=lambda: "https://login.example.com/logout"
        )
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self.uploads.origins = ""  # type: ignore[attr-defined]

    def begin(self) -> None:
        """Nothing is left of earlier requests."""


def counts(start: str, *values: int) -> dict[str, int]:
    """Counts of days from this one on."""
    return {next_day(start, place): value for place, value in enumerate(values) if value}


def topic(name: str = "battery", words: Sequence[str] = ("battery", "charge", "充电"), **changes: Any) -> Topic:
    """A topic of forty texts."""
    values: dict[str, Any] = {
        "id": name,
        "words": list(words),
        "count": 40,
        "customers": 31,
        "since": "2026-09-14",
        "counts": counts("2026-09-14", 1, 0, 2, 1, 0, 3)
        | counts("2026-10-20", 2, 1, 3, 1, 4, 2, 9, 3, 2)
        | {NEWEST: 6},
        "negative": 0.62,
        "negative_interval": (0.46, 0.75),
        "trend": 1.8,
        "trend_interval": (1.1, 2.9),
        "products": {LAMP: 25, KETTLE: 4},
        "types": {"repair": 30, "return": 10},
        "channels": {"email": 28, "chat": 12},
        "money": MONEY,
        "typical": [f"{name}-0"],
        "items": [f"{name}-1", f"{name}-2"],
    }
    return Topic(**values | changes)


def item(identifier: str, text: str = "The battery died after a week.", **changes: Any) -> FeedbackItem:
    """A message about the lamp."""
    values: dict[str, Any] = {
        "source": "message",
        "at": NOON - DAY_MS,
        "language": "en",
        "channel": "email",
        "products": (LAMP,),
        "case": "01CASE0000000000000000000A",
        "number": "A-17",
        "type": "repair",
        "customer": f"01CUSTOMER{identifier}"[:26],
    }
    return FeedbackItem(id=identifier, shop=SHOP.id, text=text, **values | changes)


def alert(identifier: str = "alert-1", weight: float = 500.0, **changes: Any) -> Alert:
    """An alert about a topic."""
    values: dict[str, Any] = {
        "day": NEWEST,
        "kind": "topic",
        "value": "battery",
        "label": "battery, charge",
        "customers": 31,
        "money": MONEY,
        "evidence": ["battery-0", "battery-1"],
        "link": "insights/topics/battery",
        "facts": {"trend": 1.8, "mean": 0.3},
    }
    return Alert(id=identifier, weight=weight, **values | changes)


def question(**changes: Any) -> Question:
    """A question that many ask."""
    values: dict[str, Any] = {
        "id": "q-invoice",
        "words": ["invoice", "发票"],
        "count": 18,
        "customers": 17,
        "since": "2026-10-01",
        "last": NEWEST,
        "counts": {NEWEST: 3},
        "money": {},
        "typical": "battery-0",
        "items": ["battery-1"],
        "article": None,
        "proposal": "article",
        "changed": 2.2,
        "changed_interval": (1.2, 4.1),
    }
    return Question(**values | changes)


def warning(order: str, risk: float = 0.4, **changes: Any) -> EarlyWarning:
    """An order that may go wrong."""
    values: dict[str, Any] = {
        "day": NEWEST,
        "stage": "hand_over",
        "reasons": ["not handed over to the carrier by the promised day", "items: 3"],
        "group": "treated",
    }
    return EarlyWarning(order=order, risk=risk, **values | changes)


def risk() -> RiskSummary:
    """Risks at hand-over that were measured on 120 orders, and that can be believed."""
    risks = [0.8] * 60 + [0.2] * 60
    wrong = [place % 5 != 0 for place in range(60)] + [place % 5 == 0 for place in range(60)]
    return RiskSummary(orders=900, base_rate=0.2, stages=[measured("hand_over", (900, 200), risks, wrong)])


def findings(**changes: Any) -> Findings:
    """Everything that may be found, once or more."""
    values: dict[str, Any] = {
        "items": 412,
        "customers": 290,
        "topics": [
            topic(),
            topic("size", ("尺码", "偏小"), count=22, products={KETTLE: 20}, types={"exchange": 22}, trend=None),
            topic("late", ("late", "parcel"), count=15, products={}, types={"order_issue": 15}, channels={"chat": 15}),
        ],
        "totals": counts(FIRST, *[(place * 7) % 11 for place in range(70)]),
        "keywords": [
            Keyword(word="smoke", by="tfidf", count=9, before=1, weight=4.2, rose=True),
            Keyword(word="steady", by="rule", count=9, before=9, weight=1.0),
            Keyword(word="swollen", by="model", count=5, before=0, weight=3.0, rose=True, product=LAMP),
        ],
        "questions": [question()],
        "anomalies": [
            Anomaly(day="2026-11-11", dimension="all", value="all", label="", count=40, expected=11.2, score=5.0),
            Anomaly(
                day="2026-10-26", dimension="topic", value="battery", label="battery", count=9, expected=2.0, score=4.1
            ),
            Anomaly(day="2026-11-02", dimension="product", value=LAMP, label=LAMP, count=7, expected=1.5, score=3.9),
        ],
        "events": [
            EventEffect(
                event="双十一",
                first="2026-11-11",
                last="2026-11-13",
                count=90,
                expected=33.0,
                effect=2.7,
                interval=(2, 3),
            )
        ],
        "associations": [
            Association(
                left="product",
                left_value=LAMP,
                right="week",
                right_value="2026-W41",
                count=11,
                expected=3.1,
                lift=3.5,
                interval=(1.9, 6.0),
                q=0.002,
            )
        ],
        "drivers": [
            Driver(driver="first_reply", target="csat", effect=-0.21, low=-0.33, high=-0.09, count=140),
            Driver(driver=f"product:{LAMP}", target="nps", effect=-1.4, low=-2.2, high=-0.6, count=90),
        ],
        "warnings": [warning("O-77", 0.61), warning("O-78", 0.35, group="held_out", stage="order")],
        "risk": risk(),
        "segments": [
            Segment(kind="value", name="champions", customers=40, share=0.14, share_interval=(0.1, 0.18), csat=4.4),
            Segment(
                kind="need", name="dimmer:must_be", customers=12, share=0.6, share_interval=(0.39, 0.78), answers=20
            ),
        ],
        "alerts": [alert("alert-0", 10.0, label="size"), alert()],
    }
    return Findings(shop=SHOP.id, day=NEWEST, first=FIRST, **values | changes)


def model(identifier: str = "2026-11-19", **changes: Any) -> ModelCard:
    """A model that answers."""
    values: dict[str, Any] = {
        "task": "type",
        "day": NEWEST,
        "trained_at": NOON - DAY_MS,
        "texts": 2140,
        "corrections": 83,
        "classes": {"repair": 400, "return": 700},
        "bytes": 61_440,
        "accuracy": 0.84,
        "accuracy_interval": (0.81, 0.87),
        "precision": 0.93,
        "precision_interval": (0.9, 0.95),
        "coverage": 0.71,
        "threshold": 0.62,
        "before": 0.8,
        "calibration": [Calibration(30, 0.4, 0.37), Calibration(60, 0.7, 0.75), Calibration(200, 0.95, 0.94)],
        "state": "live",
        "why": "right in 84% of 210 new texts, 80% before",
        "drift": 0.12,
        "unseen": 210,
    }
    return ModelCard(id=identifier, **values | changes)


def fill(services: FakeServices, **changes: Any) -> Findings:
    """Store findings, the texts they rest on, and two models; the findings."""
    found = findings(**changes)
    services.findings.save(found)
    for identifier in ("battery-0", "battery-1", "battery-2"):
        services.feedback.add(item(identifier, f"Text of {identifier}"))
    services.models.save(SHOP.id, model("2026-11-12", day="2026-11-12", state="replaced"), b"old")
    services.models.save(SHOP.id, model(), b"new")
    return found
