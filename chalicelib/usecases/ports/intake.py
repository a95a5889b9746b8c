"""What is needed of what comes in: webhooks and mails, before anything is done about them."""

from collections.abc import Iterable
from typing import Literal, Protocol

from msgspec import Struct

from chalicelib.domain.kernel.enums import Origin
from chalicelib.domain.kernel.timestamps import Instant

ReceiptState = Literal["stored", "processed", "ignored", "failed"]


NOBODY = "nobody-"
"""Before the day whose deliveries of unknown people are sealed with one key, which ends with the receipts."""


class Receipt(Struct, frozen=True, kw_only=True):
    """A delivery of a webhook, kept before anything is done about it."""

    id: str
    shop: str
    source: Origin
    delivery: str
    type: str
    received_at: Instant
    body: bytes
    state: ReceiptState = "stored"
    case: str | None = None
    attempts: int = 0
    reason: str | None = None
    sent_at: Instant | None = None
    """When the platform says that it happened; never later than it was received."""
    whose: str = ""
    """The key of the person it tells of. The body is empty once that is destroyed."""


class ReceiptStore(Protocol):
    """Receipts by id."""

    def add(self, receipt: Receipt) -> Receipt | None:
        """Store it; the receipt of the same delivery when there is one already."""

    def load(self, identifier: str) -> Receipt | None: ...
    def load_many(self, keys: Iterable[str]) -> list[Receipt]: ...
    def settle(self, identifier: str, state: ReceiptState, case: str | None, reason: str | None) -> None: ...
