"""Shopify's `returns/*` and `reverse_deliveries/attach_deliverable`."""

import re
from collections.abc import Callable

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.platforms.events import PlatformReturn, ReturnLine, ReturnShipped, ReturnState
from chalicelib.domain.platforms.payload_reader import clean_name, parse_leniently
from chalicelib.domain.platforms.shopify.payloads.returns import (
    Deliverable,
    ReasonDefinition,
    Return,
    ReturnedLine,
    ReturnRef,
    ReverseDelivery,
    Tracking,
)
from chalicelib.domain.platforms.shopify.reasons import reason_in_words, reason_of

STATES: dict[str, ReturnState] = {
    "requested": "requested",
    "open": "approved",
    "declined": "declined",
    "canceled": "cancelled",
    "cancelled": "cancelled",
    "closed": "closed",
}


def state_of(status: str | None) -> ReturnState | None:
    """Our state for Shopify's status of a return; None for a status Shopify does not have."""
    return STATES.get((status or "").lower())


def return_reader(state: ReturnState) -> Callable[[bytes], PlatformReturn]:
    """A reader of a `returns/*` topic. If the return has no status, it is in this state."""

    def read_return(body: bytes) -> PlatformReturn:
        payload = parse_leniently(body, Return)
        order = (payload.order.id if payload.order else None) or payload.order_id
        declined = payload.decline and (payload.decline.note or payload.decline.reason)
        return PlatformReturn(
            id=_return_id(payload.id, payload.admin_graphql_api_id),
            order=str(order) if order else None,
            state=state_of(payload.status) or state,
            name=clean_name(payload.name),
            total=payload.total_return_line_items,
            lines=tuple(_line(line) for line in payload.return_line_items),
            reason=declined or None,
            exchange=bool(payload.exchange_line_items) or payload.total_exchange_line_items > 0,
        )

    return read_return


def return_change_reader(state: ReturnState) -> Callable[[bytes], PlatformReturn]:
    """A reader of a topic that only says reliably that this happened to a return; the rest must be fetched."""

    def read_change(body: bytes) -> PlatformReturn:
        payload = parse_leniently(body, ReturnRef)
        return PlatformReturn(id=_return_id(payload.id, payload.admin_graphql_api_id), order=None, state=state)

    return read_change


def read_return_shipped(body: bytes) -> ReturnShipped:
    """`reverse_deliveries/attach_deliverable`: a label or a tracking number for the customer's parcel."""
    payload = parse_leniently(body, ReverseDelivery)
    returned = payload.returned or ReturnRef()
    deliverable = payload.shipping_deliverable or Deliverable()
    tracking = deliverable.tracking or Tracking()
    return ReturnShipped(
        id=str(payload.id),
        returned=_return_id(returned.id, returned.admin_graphql_api_id),
        carrier=clean_name(tracking.carrier_name),
        tracking=clean_name(tracking.tracking_number),
    )


def _line(line: ReturnedLine) -> ReturnLine:
    """A line of a return. An item that the platform could not verify has no order line: it is named by its own id."""
    order_line = line.fulfillment_line_item.line_item if line.fulfillment_line_item else None
    definition = line.return_reason_definition or ReasonDefinition()
    words = (reason_in_words(definition.handle, definition.name), line.customer_note)
    return ReturnLine(
        str(order_line.id) if order_line and order_line.id else f"unverified-{line.id or 0}",
        max(line.quantity, 1),
        reason_of(definition.handle or line.return_reason),
        "\n".join(text for text in words if text),
        line.return_reason_note or "",
    )


def _return_id(number: int | None, gid: str | None) -> str:
    if number is not None:
        return str(number)
    match = re.fullmatch(r"gid://shopify/Return/([0-9]{1,20})", gid or "")
    if match is None:
        raise invalid("id", "is needed: the return it is about")
    return match.group(1)
