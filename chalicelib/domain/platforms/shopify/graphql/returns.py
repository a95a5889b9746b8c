"""A return, as Shopify's Admin API answers."""

import re

from msgspec import Struct, field

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.platforms.events import PlatformReturn, ReturnLine
from chalicelib.domain.platforms.payload_reader import loosely, name
from chalicelib.domain.platforms.shopify.reasons import in_words, reason_of
from chalicelib.domain.platforms.shopify.returns import state_of


class _Id(Struct):
    id: str


class _LineItem(Struct, rename="camel"):
    line_item: _Id | None = None


class _Definition(Struct):
    handle: str | None = None
    name: str | None = None


class _Line(Struct, rename="camel"):
    id: str | None = None
    fulfillment_line_item: _LineItem | None = None
    quantity: int = 1
    return_reason: str | None = None
    return_reason_definition: _Definition | None = None
    return_reason_note: str | None = None
    customer_note: str | None = None


class _Lines(Struct):
    nodes: list[_Line] = []


class _Ids(Struct):
    nodes: list[_Id] = []


class _Return(Struct, rename="camel"):
    id: str | None = None
    name: str | None = None
    status: str | None = None
    order: _Id | None = None
    exchange_line_items: _Ids = field(default_factory=_Ids)
    return_line_items: _Lines = field(default_factory=_Lines)


class _Data(Struct):
    returned: _Return | None = field(default=None, name="return")


class _Answer(Struct):
    data: _Data | None = None
    errors: list[dict[str, object]] = []


def return_answer(body: bytes) -> PlatformReturn | None:
    """The return that was asked for; None when the platform does not know it."""
    told = loosely(body, _Answer)
    if told.data is None:
        raise invalid("errors", str(told.errors[:1])[:200])
    found = told.data.returned
    if found is None:
        return None
    return PlatformReturn(
        id=_number(found.id) or "",
        order=_number(found.order.id if found.order else None),
        name=name(found.name),
        state=state_of(found.status) or "changed",
        exchange=bool(found.exchange_line_items.nodes),
        lines=tuple(_line(one) for one in found.return_line_items.nodes if one.id or one.fulfillment_line_item),
    )


def _line(told: _Line) -> ReturnLine:
    """A line whose thing the platform could not verify is called by its own id."""
    sent = told.fulfillment_line_item.line_item if told.fulfillment_line_item else None
    defined = told.return_reason_definition or _Definition()
    words = (in_words(defined.handle, defined.name), told.customer_note)
    return ReturnLine(
        _number(sent.id if sent else None) or f"unverified-{_number(told.id) or 0}",
        max(told.quantity, 1),
        reason_of(defined.handle or told.return_reason),
        "\n".join(one for one in words if one),
        told.return_reason_note or "",
    )


def _number(gid: str | None) -> str | None:
    known = re.search(r"/([0-9]{1,20})(?:\?|$)", gid or "")
    return known.group(1) if known else None
