"""One piece of feedback: a message, an answer, a review, or what was said about the shop elsewhere."""

from typing import Literal

from msgspec import Struct

from chalicelib.domain.feedback.language import Language
from chalicelib.domain.kernel.enums import CaseType, Channel
from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.timestamps import Instant

ReportedSource = Literal["social", "forum", "outlet", "consumer_body", "reviewer", "phone", "other"]
"""Where something was told that the shop reports by `feedback.told`."""
FeedbackSource = Literal[
    "message",
    "chat",
    "review",
    "survey",
    "claim",
    "call",
    "social",
    "forum",
    "outlet",
    "consumer_body",
    "reviewer",
    "phone",
    "other",
]
"""Where feedback comes from. `claim`: what a customer wrote with a return, an exchange, a repair or a refund; `call`:
an agent's note of a call; the rest is what the shop told us, and messages, chats, reviews and surveys."""


class FeedbackItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one person said at one time, with what it is about.

    `id` sorts by time. `products` are SKUs; `order` is the shop's id of the order; `case`, its `number` and `type` are
    those of the case it was said on, `customer` the id of who said it. `score`: stars of a review, 1 to 5. The text is
    blank once the person is erased.
    """

    id: str
    shop: str
    source: FeedbackSource
    at: Instant
    language: Language
    text: Private = ""
    channel: Channel | None = None
    products: tuple[str, ...] = ()
    order: str | None = None
    case: str | None = None
    number: str | None = None
    type: CaseType | None = None
    customer: str | None = None
    csat: int | None = None
    nps: int | None = None
    ces: int | None = None
    score: float | None = None
    url: Private = ""

    @property
    def speaker(self) -> str:
        """Who said it: the customer, or somebody of the case. All whom a source does not name count as one person,
        because nobody knows whether they are several: one who writes often must not look like many."""
        return self.customer or self.case or f"unknown/{self.source}"
