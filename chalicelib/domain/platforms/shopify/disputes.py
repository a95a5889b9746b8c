"""Shopify's `disputes/*`: chargebacks and inquiries of customers' banks (shopify.dev, REST Admin API, Dispute)."""

import re
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import Instant, from_datetime
from chalicelib.domain.orders.order import DisputeState
from chalicelib.domain.platforms.events import PlatformDispute
from chalicelib.domain.platforms.payload_reader import gone, loosely


class _Dispute(Struct):
    id: int
    amount: str | float
    currency: str | None = None
    order_id: int | None = None
    type: str | None = None
    status: str | None = None
    reason: str | None = None
    evidence_due_by: datetime | None = None
    initiated_at: datetime | None = None
    finalized_on: str | None = None
    """A time, or a date only."""


STATES: dict[str | None, DisputeState] = {
    "won": "won",
    "lost": "lost",
    "accepted": "lost",
    "charge_refunded": "refunded",
}
"""How the bank decided; whatever else Shopify says, it did not yet. Who accepts a chargeback has lost it."""


def read_dispute(body: bytes) -> PlatformDispute:
    """`disputes/create`, `disputes/update`: a chargeback or an inquiry of the customer's bank, and how it ended."""
    told = loosely(body, _Dispute)
    amount, state = gone(told.amount, told.currency), STATES.get((told.status or "").strip().lower(), "open")
    if amount is None or amount.money().value < 0:
        raise invalid("amount", "is a decimal amount")
    ended = _ended(told.finalized_on)
    begun = from_datetime(told.initiated_at) if told.initiated_at and state == "open" else None
    return PlatformDispute(
        id=str(told.id),
        order=str(told.order_id) if told.order_id else None,
        kind=(told.type or "chargeback").strip().lower(),
        reason=told.reason or "general",
        amount=amount,
        state=state,
        due_by=from_datetime(told.evidence_due_by) if told.evidence_due_by else None,
        at=ended if ended is not None else begun,
    )


def _ended(told: str | None) -> Instant | None:
    """When the bank decided; of a date the end of it, for it decided after what else was said that day."""
    if not told:
        return None
    text = f"{told}T23:59:59.999" if re.fullmatch(r"\d{4}-\d\d-\d\d", told) else told
    try:
        at = msgspec.convert(text, datetime)
        return from_datetime(at if at.tzinfo else at.replace(tzinfo=UTC))
    except (msgspec.ValidationError, OverflowError):
        raise invalid("finalized_on", "is a time or a date") from None
