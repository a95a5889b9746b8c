"""The ports of feedback and of what nights find in it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.insights.model_card import ModelCard
from chalicelib.domain.kernel.timestamps import Day, Instant


class FeedbackStore(Protocol):
    """Feedback items by time. The text of an item is encrypted with the key of its person, and blank once they are
    erased."""

    def add(self, item: FeedbackItem) -> None:
        """Store an item; one that is stored already is replaced by the same."""

    def add_told(self, item: FeedbackItem) -> bool:
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
    """What nights found, one `Findings` a shop and day."""

    def save(self, findings: Findings) -> None:
        """Store the findings of a night in place of earlier ones of the day."""

    def load(self, shop: str, day: Day) -> Findings | None:
        """The findings of the night of this day."""

    def newest(self, shop: str, until: Day) -> Findings | None:
        """The findings of the last night up to this day; None if no night was computed."""

    def opinions(self, shop: str) -> dict[str, Opinion]:
        """What was said of alerts, by the alert's id."""

    def save_opinion(self, shop: str, alert: str, opinion: Opinion) -> None:
        """Store what somebody thinks of an alert, in place of what was thought before."""


ModelTask = Literal["type"]


class ModelStore(Protocol):
    """The models of a shop: the one that answers, and the cards of all that were trained."""

    def live(self, shop: str) -> bytes | None:
        """The model that types texts on arrival; None where there are rules alone."""

    def cards(self, shop: str) -> Sequence[ModelCard]:
        """The cards of all models of a shop, the newest first."""

    def save(self, shop: str, card: ModelCard, model: bytes) -> None:
        """Store a model with its card; it goes live if the card says so."""

    def put_live(self, shop: str, model_id: str | None) -> None:
        """Let this model answer, or none. NotFound if the shop has no such model."""
