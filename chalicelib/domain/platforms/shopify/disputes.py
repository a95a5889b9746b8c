"""Shopify's `disputes/*`: chargebacks and inquiries of customers' banks."""

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.errors import invalid
from chalicelib.domain.instants import of_datetime
from chalicelib.domain.platforms.reading import loosely, money
from chalicelib.domain.platforms.told import DisputeTold
from chalicelib.domain.shapes import MoneyIn


class _Dispute(Struct):
    id: int
    amount: str
    currency: str
    order_id: int | None = None
    type: str = "chargeback"
    reason: str = "general"
    evidence_due_by: datetime | None = None


def dispute_told(body: bytes) -> DisputeTold:
    """`disputes/create`: a chargeback or an inquiry of the customer's bank."""
    told = loosely(body, _Dispute)
    amount = money(told.amount, told.currency)
    if amount is None:
        raise invalid("amount", "is a decimal amount with its currency")
    return DisputeTold(
        id=str(told.id), order=str(told.order_id) if told.order_id else None, kind=told.type, reason=told.reason,
        amount=MoneyIn(amount.amount, amount.currency),
        due_by=of_datetime(told.evidence_due_by) if told.evidence_due_by else None,
    )  # fmt: skip
