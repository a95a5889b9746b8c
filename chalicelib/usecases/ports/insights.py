"""The ports of feedback and of what nightly runs find in it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.domain.insights.labelled import Labelled
from chalicelib.domain.insights.model_card import ModelCard
from chalicelib.domain.insights.promotions import Promotion, Promotions
from chalicelib.domain.kernel.timestamps import Day, Instant
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.triage.shop_model import Judged, StoredModel


class FeedbackStore(Protocol):
    """Feedback items by time. The text of an item is encrypted with the key of its person, and blank once they are
    erased."""

    def add(self, item: FeedbackItem) -> None:
        """Store an item, unless it is stored already."""

    def add_reported(self, item: FeedbackItem) -> bool:
        """Store an item that the shop reports, unless it has reported one of this key before; whether it is the first.
        Repeating an interrupted call completes it."""

    def between(self, shop: str, first: Instant, end: Instant) -> Iterator[FeedbackItem]:
        """The items from one instant to before another, in the order of time."""

    def load(self, shop: str, ids: Iterable[str]) -> dict[str, FeedbackItem]:
        """The items with these ids, by id; missing ones are left out."""


class Opinion(Struct, frozen=True):
    """What a person of the staff thinks of an alert."""

    useful: bool
    by: str
    at: Instant


class FindingStore(Protocol):
    """What runs found, one `Findings` a shop and day."""

    def save(self, findings: Findings) -> None:
        """Store the findings of a run in place of earlier ones of the day."""

    def load(self, shop: str, day: Day) -> Findings | None:
        """The findings of this day."""

    def newest(self, shop: str, until: Day) -> Findings | None:
        """The findings of the last run up to this day; None if no run was computed."""

    def between(self, shop: str, first: Day, last: Day, most: int) -> list[Findings]:
        """The findings of the runs from one day to another, the newest first, so many at most."""

    def promotions(self, shop: str) -> tuple[Promotion, ...]:
        """The promotions of a shop."""

    def save_promotions(self, shop: str, promotions: Promotions) -> None:
        """Store the promotions of a shop in place of those before."""

    def opinions(self, shop: str) -> dict[str, Opinion]:
        """What was said of alerts, by the alert's id."""

    def save_opinion(self, shop: str, alert: str, opinion: Opinion) -> None:
        """Store what somebody thinks of an alert, in place of what was thought before."""


class Analyst(Protocol):
    """What computes the findings of a run. It needs libraries that only the nightly function has."""

    def findings(self, inputs: InsightInputs, previous: Findings | None) -> tuple[Findings, InsightInputs]:
        """What is found in these inputs, and the inputs with the topic of each item. Topics keep the ids that they had
        in the previous findings."""

    def judge_by_others(self, rows: Sequence[Labelled]) -> Judged:
        """What models say of each text that were trained without it, and from which confidence on they may answer."""

    def train(self, rows: Sequence[Labelled], threshold: float, model_id: str) -> StoredModel:
        """The model of these texts, which answers from this confidence on."""


class RunStore(Protocol):
    """The requests to understand the feedback of a shop."""

    def request(self, shop: str, run: str, day: Day, now: Instant) -> None:
        """Request it through the queue; a run that is requested twice runs once."""

    def requested(self, shop: str, run: str) -> Day | None:
        """The day of a request that is not done yet."""

    def finish(self, shop: str, run: str) -> None:
        """Save that a run is done."""

    def raise_alert(self, shop: str, day: Day, alert: str) -> None:
        """Have an alert of the findings of a day sent, once."""


class CountedSources(Protocol):
    """Where the nightly job reads the cases and orders of some days."""

    def counted_on(self, shop: str, days: Iterable[Day]) -> Iterator[Case | OrderRecord]:
        """Every case and every order record on the lists of these days, each once."""


ModelTask = Literal["type"]


class ModelStore(Protocol):
    """The models of a shop: the one that answers, and the cards of all that were trained."""

    def live(self, shop: str) -> bytes | None:
        """The model that types texts on arrival; None where there are rules alone."""

    def start(self) -> bytes | None:
        """The model with which every shop starts; None where there is none."""

    def cards(self, shop: str) -> Sequence[ModelCard]:
        """The cards of all models of a shop, the newest first, in the states that follow from which one answers."""

    def save(self, shop: str, card: ModelCard, model: bytes) -> None:
        """Store a model with its card; it goes live if the card says so."""

    def put_live(self, shop: str, model_id: str | None) -> None:
        """Let this model answer, or none. NotFound if the shop has no such model."""
