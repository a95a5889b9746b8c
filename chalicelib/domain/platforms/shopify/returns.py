"""Shopify's `returns/*` and `reverse_deliveries/attach_deliverable`."""

import re
from collections.abc import Callable

from msgspec import Struct, field

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.platforms.events import PlatformReturn, ReturnLine, ReturnShipped, ReturnState
from chalicelib.domain.platforms.payload_reader import loosely, name
from chalicelib.domain.platforms.shopify.reasons import in_words, reason_of


class _Ref(Struct):
    id: int | None = None


class _LineRef(Struct):
    line_item: _Ref | None = None


class _Definition(Struct):
    handle: str | None = None
    name: str | None = None


class _ReturnLine(Struct):
    id: int | None = None
    fulfillment_line_item: _LineRef | None = None
    quantity: int = 1
    return_reason: str | None = None
    return_reason_definition: _Definition | None = None
    return_reason_note: str | None = None
    customer_note: str | None = None


class _Decline(Struct):
    reason: str | None = None
    note: str | None = None


class _Return(Struct):
    id: int | None = None
    admin_graphql_api_id: str | None = None
    order: _Ref | None = None
    order_id: int | None = None
    status: str | None = None
    name: str | None = None
    total_return_line_items: int | None = None
    return_line_items: list[_ReturnLine] = []
    exchange_line_items: list[_Ref] = []
    total_exchange_line_items: int = 0
    decline: _Decline | None = None


class _Change(Struct):
    """`returns/update` tells what was taken away, by ids we do not keep, and nothing of what is left."""

    id: int | None = None
    admin_graphql_api_id: str | None = None


class _Tracking(Struct):
    carrier_name: str | None = None
    tracking_number: str | None = None


class _Deliverable(Struct):
    tracking: _Tracking | None = None


class _ReverseDelivery(Struct):
    id: int
    returned: _Change | None = field(default=None, name="return")
    shipping_deliverable: _Deliverable | None = None


STATES: dict[str, ReturnState] = {
    "requested": "requested",
    "open": "approved",
    "declined": "declined",
    "canceled": "cancelled",
    "cancelled": "cancelled",
    "closed": "closed",
}


def state_of(status: str | None) -> ReturnState | None:
    """What Shopify's status of a return is to us; None for one it does not have."""
    return STATES.get((status or "").lower())


def telling(state: ReturnState) -> Callable[[bytes], PlatformReturn]:
    """A reader of `returns/*` of a topic that means this state, where the return itself does not say its status."""

    def return_told(body: bytes) -> PlatformReturn:
        told = loosely(body, _Return)
        order = (told.order.id if told.order else None) or told.order_id
        declined = told.decline and (told.decline.note or told.decline.reason)
        return PlatformReturn(
            id=_id(told.id, told.admin_graphql_api_id),
            order=str(order) if order else None,
            state=state_of(told.status) or state,
            name=name(told.name),
            total=told.total_return_line_items,
            lines=tuple(_line(one) for one in told.return_line_items),
            reason=declined or None,
            exchange=bool(told.exchange_line_items) or told.total_exchange_line_items > 0,
        )

    return return_told


def only(state: ReturnState) -> Callable[[bytes], PlatformReturn]:
    """A reader of what says that this happened to a return, and nothing else that is sure: what else is asked for."""

    def changed(body: bytes) -> PlatformReturn:
        told = loosely(body, _Change)
        return PlatformReturn(id=_id(told.id, told.admin_graphql_api_id), order=None, state=state)

    return changed


def sent_back(body: bytes) -> ReturnShipped:
    """`reverse_deliveries/attach_deliverable`: a label or a number for the customer's parcel."""
    told = loosely(body, _ReverseDelivery)
    about, deliverable = told.returned or _Change(), told.shipping_deliverable or _Deliverable()
    tracking = deliverable.tracking or _Tracking()
    return ReturnShipped(
        id=str(told.id),
        returned=_id(about.id, about.admin_graphql_api_id),
        carrier=name(tracking.carrier_name),
        tracking=name(tracking.tracking_number),
    )


def _line(told: _ReturnLine) -> ReturnLine:
    """A line whose thing the platform could not verify has no line of the order; it is called by its own id."""
    sent = told.fulfillment_line_item.line_item if told.fulfillment_line_item else None
    defined = told.return_reason_definition or _Definition()
    words = (in_words(defined.handle, defined.name), told.customer_note)
    return ReturnLine(
        str(sent.id) if sent and sent.id else f"unverified-{told.id or 0}",
        max(told.quantity, 1),
        reason_of(defined.handle or told.return_reason),
        "\n".join(one for one in words if one),
        told.return_reason_note or "",
    )


def _id(number: int | None, gid: str | None) -> str:
    known = re.fullmatch(r"gid://shopify/Return/([0-9]{1,20})", gid or "")
    if number is None and known is None:
        raise invalid("id", "is needed: the return it is about")
    return str(number) if number is not None else str(known and known.group(1))
