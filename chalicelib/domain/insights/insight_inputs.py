"""What the nightly job reads: what people said, and the cases and orders it was about."""

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.domain.orders.order_record import OrderRecord


class Said(Struct, frozen=True, kw_only=True):
    """A feedback item with what is understood of it. `day`: in the shop's time zone; `mood`: -1 to 1; `week`: the week
    in which the order was bought (`2026-W45`), which stands for the batch, because no shop reports batches; `carrier`:
    of the order's first parcel."""

    item: FeedbackItem
    day: Day
    sentiment: str
    mood: float
    week: str | None = None
    carrier: str | None = None
    topic: str | None = None


class InsightInputs(Struct, frozen=True, kw_only=True):
    """Everything that the nightly job of `day` reads, from the day `first` on. `said` is in the order of time."""

    shop: str
    time_zone: str
    first: Day
    day: Day
    said: list[Said]
    cases: dict[str, Case]
    """By id."""
    orders: dict[str, OrderRecord]
    """By the shop's id of the order."""
    events: dict[Day, str] = {}
    """Holidays and promotions, by day."""
    names: frozenset[str] = frozenset()
    """The names of the shop's agents, in parts: customers greet them, which says nothing of a topic."""
