"""Shopify's `disputes/*`: chargebacks and inquiries of customers' banks (shopify.dev, REST Admin API, Dispute)."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.errors import invalid
from chalicelib.domain.instants import of_datetime
from chalicelib.domain.orders import DisputeState
from chalicelib.domain.platforms.reading import loosely, money
from chalicelib.domain.platforms.told import DisputeTold


class _Dispute(Struct):
    id: int
    amount: str | float
    currency: str
    order_id: int | None = None
    type: str | None = None
    status: str | None = None
    reason: str | None = None
    evidence_due_by: datetime | None = None
    initiated_at: datetime | None = None
    finalized_on: datetime | None = None


STATES: dict[str | None, DisputeState] = {
    "won": "won", "lost": "lost", "accepted": "lost", "charge_refunded": "refunded",
}  # fmt: skip
"""How the bank decided; whatever else Shopify says, it did not yet. Who accepts a chargeback has lost it."""


def dispute_told(body: bytes) -> DisputeTold:
    """`disputes/create`, `disputes/update`: a chargeback or an inquiry of the customer's bank, and how it ended."""
    told = loosely(body, _Dispute)
    amount = money(told.amount, told.currency)
    if amount is None or amount.money().value < 0:
        raise invalid("amount", "is a decimal amount with its currency")
    at = told.finalized_on or told.initiated_at
    return DisputeTold(
        id=str(told.id), order=str(told.order_id) if told.order_id else None, kind=told.type or "chargeback",
        reason=told.reason or "general", amount=amount, state=STATES.get(told.status, "open"),
        due_by=of_datetime(told.evidence_due_by) if told.evidence_due_by else None,
        at=of_datetime(at) if at else None,
    )  # fmt: skip
