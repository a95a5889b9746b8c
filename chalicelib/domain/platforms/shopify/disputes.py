"""Shopify's `disputes/*`: chargebacks and inquiries of customers' banks (shopify.dev, REST Admin API, Dispute)."""

import re
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import Instant, from_datetime
from chalicelib.domain.orders.order import DisputeState
from chalicelib.domain.platforms.events import PlatformDispute
from chalicelib.domain.platforms.payload_reader import parse_amount, parse_leniently


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
"""The bank's decision by Shopify's status; with any other status the bank has not decided yet. A shop that accepts a
chargeback has lost it."""


def read_dispute(body: bytes) -> PlatformDispute:
    """`disputes/create`, `disputes/update`: a chargeback or an inquiry of the customer's bank, and its decision."""
    payload = parse_leniently(body, _Dispute)
    amount = parse_amount(payload.amount, payload.currency)
    state = STATES.get((payload.status or "").strip().lower(), "open")
    if amount is None or amount.money().value < 0:
        raise invalid("amount", "is a decimal amount")
    decided_at = _decided_at(payload.finalized_on)
    opened_at = from_datetime(payload.initiated_at) if payload.initiated_at and state == "open" else None
    return PlatformDispute(
        id=str(payload.id),
        order=str(payload.order_id) if payload.order_id else None,
        kind=(payload.type or "chargeback").strip().lower(),
        reason=payload.reason or "general",
        amount=amount,
        state=state,
        due_by=from_datetime(payload.evidence_due_by) if payload.evidence_due_by else None,
        at=decided_at if decided_at is not None else opened_at,
    )


def _decided_at(finalized_on: str | None) -> Instant | None:
    """When the bank decided. A date counts as the end of that day, because the decision follows the other events of
    that day."""
    if not finalized_on:
        return None
    is_date = re.fullmatch(r"\d{4}-\d\d-\d\d", finalized_on)
    try:
        time = msgspec.convert(f"{finalized_on}T23:59:59.999" if is_date else finalized_on, datetime)
        return from_datetime(time if time.tzinfo else time.replace(tzinfo=UTC))
    except (msgspec.ValidationError, OverflowError):
        raise invalid("finalized_on", "is a time or a date") from None
