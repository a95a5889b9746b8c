"""Shopify's `returns/*`."""

from msgspec import Struct

from chalicelib.domain.errors import invalid
from chalicelib.domain.flows.words import Reason
from chalicelib.domain.platforms.reading import loosely
from chalicelib.domain.platforms.told import ReturnLine, ReturnState, ReturnTold


class _OrderRef(Struct):
    id: int


class _LineRef(Struct):
    line_item: _OrderRef


class _ReturnLine(Struct):
    fulfillment_line_item: _LineRef
    quantity: int = 1
    return_reason: str | None = None
    return_reason_note: str | None = None
    customer_note: str | None = None


class _Decline(Struct):
    reason: str | None = None
    note: str | None = None


class _Return(Struct):
    id: int
    order: _OrderRef | None = None
    order_id: int | None = None
    status: str | None = None
    name: str | None = None
    total_return_line_items: int | None = None
    return_line_items: list[_ReturnLine] = []
    decline: _Decline | None = None


REASONS: dict[str, Reason] = {
    "defective": "defective", "not_as_described": "not_as_described", "wrong_item": "wrong_item",
    "size_too_small": "size_too_small", "size_too_large": "size_too_large", "unwanted": "unwanted",
    "style": "unwanted", "color": "unwanted",
}  # fmt: skip
STATES: dict[str, ReturnState] = {
    "requested": "requested", "open": "approved", "declined": "declined", "canceled": "cancelled",
    "cancelled": "cancelled", "closed": "closed",
}  # fmt: skip


def return_told(body: bytes) -> ReturnTold:
    """`returns/*`: a return, as far as the platform tells of it."""
    told = loosely(body, _Return)
    order = told.order.id if told.order else told.order_id
    state = STATES.get((told.status or "").lower())
    if order is None or state is None:
        raise invalid("order" if order is None else "status", "is needed, and one of Shopify's")
    lines = tuple(
        ReturnLine(
            str(one.fulfillment_line_item.line_item.id), max(one.quantity, 1),
            REASONS.get((one.return_reason or "").lower(), "other"), one.customer_note or "",
            one.return_reason_note or "",
        )
        for one in told.return_line_items
    )  # fmt: skip
    declined = told.decline and (told.decline.note or told.decline.reason)
    return ReturnTold(
        id=str(told.id), order=str(order), state=state, name=told.name, total=told.total_return_line_items, lines=lines,
        reason=declined or None,
    )  # fmt: skip
