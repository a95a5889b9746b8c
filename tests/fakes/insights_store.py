"""Feedback, findings and models in memory."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.insights.model_card import ModelCard, with_states
from chalicelib.domain.insights.promotions import Promotion, Promotions
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.ports.insights import Opinion


class FakeFeedback:
    """Items by shop and id. `erased`: the customers whose texts are blank."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], FeedbackItem] = {}
        self.reported: dict[tuple[str, str], str] = {}
        self.erased: set[str] = set()

    def add(self, item: FeedbackItem) -> None:
        self.stored.setdefault((item.shop, item.id), item)

    def add_reported(self, item: FeedbackItem) -> bool:
        if self.reported.setdefault((item.shop, key_of_id(item.id)), item.id) != item.id:
            return False
        self.add(item)
        return True

    def between(self, shop: str, first: int, end: int) -> Iterator[FeedbackItem]:
        items = sorted(self.stored.values(), key=lambda item: item.id)
        return (self._read(item) for item in items if item.shop == shop and first <= item.at < end)

    def load(self, shop: str, ids: Iterable[str]) -> dict[str, FeedbackItem]:
        return {each: self._read(self.stored[shop, each]) for each in ids if (shop, each) in self.stored}

    def _read(self, item: FeedbackItem) -> FeedbackItem:
        return replace(item, text="", url="") if item.customer in self.erased else item


class FakeFindings:
    """Findings by shop and day, and opinions of alerts."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], Findings] = {}
        self.said: dict[tuple[str, str], Opinion] = {}
        self.promoted: dict[str, Promotions] = {}

    def save(self, findings: Findings) -> None:
        self.stored[findings.shop, findings.day] = findings

    def load(self, shop: str, day: str) -> Findings | None:
        return self.stored.get((shop, day))

    def newest(self, shop: str, until: str) -> Findings | None:
        days = [day for owner, day in self.stored if owner == shop and day <= until]
        return self.stored[shop, max(days)] if days else None

    def between(self, shop: str, first: str, last: str, most: int) -> list[Findings]:
        days = sorted((day for owner, day in self.stored if owner == shop and first <= day <= last), reverse=True)
        return [self.stored[shop, day] for day in days[:most]]

    def promotions(self, shop: str) -> tuple[Promotion, ...]:
        return self.promoted.get(shop, Promotions(promotions=())).promotions

    def save_promotions(self, shop: str, promotions: Promotions) -> None:
        self.promoted[shop] = promotions

    def opinions(self, shop: str) -> dict[str, Opinion]:
        return {alert: opinion for (owner, alert), opinion in self.said.items() if owner == shop}

    def save_opinion(self, shop: str, alert: str, opinion: Opinion) -> None:
        self.said[shop, alert] = opinion


class FakeModels:
    """Models by shop and id, and which of them answers."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], tuple[ModelCard, bytes]] = {}
        self.answering: dict[str, str | None] = {}

    def live(self, shop: str) -> bytes | None:
        model_id = self.answering.get(shop)
        return self.stored[shop, model_id][1] if model_id is not None else None

    def cards(self, shop: str) -> list[ModelCard]:
        cards = [card for (owner, _), (card, _) in sorted(self.stored.items(), reverse=True) if owner == shop]
        return with_states(cards, self.answering.get(shop))

    def start(self) -> bytes | None:
        return None

    def save(self, shop: str, card: ModelCard, model: bytes) -> None:
        self.stored[shop, card.id] = card, model
        if card.state == "live":
            self.put_live(shop, card.id)

    def put_live(self, shop: str, model_id: str | None) -> None:
        if model_id is not None and (shop, model_id) not in self.stored:
            raise NotFound(f"There is no model {model_id!r}.")
        self.answering[shop] = model_id
