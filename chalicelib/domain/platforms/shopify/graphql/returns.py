"""Read a return from an answer of Shopify's Admin API."""

import re

from msgspec import Struct, field

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.platforms.events import PlatformReturn, ReturnLine
from chalicelib.domain.platforms.payload_reader import clean_name, parse_leniently
from chalicelib.domain.platforms.shopify.reasons import reason_in_words, reason_of
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


class ApiReturn(Struct, rename="camel"):
    """A return."""

    id: str | None = None
    name: str | None = None
    status: str | None = None
    order: _Id | None = None
    exchange_line_items: _Ids = field(default_factory=_Ids)
    return_line_items: _Lines = field(default_factory=_Lines)


class _Data(Struct):
    returned: ApiReturn | None = field(default=None, name="return")


class _Answer(Struct):
    data: _Data | None = None
    errors: list[dict[str, object]] = []


def parse_return_answer(body: bytes) -> PlatformReturn | None:
    """The requested return; None if the platform does not have it."""
    answer = parse_leniently(body, _Answer)
    if answer.data is None:
        raise invalid("errors", str(answer.errors[:1])[:200])
    returned = answer.data.returned
    if returned is None:
        return None
    return PlatformReturn(
        id=_number(returned.id) or "",
        order=_number(returned.order.id if returned.order else None),
        name=clean_name(returned.name),
        state=state_of(returned.status) or "changed",
        exchange=bool(returned.exchange_line_items.nodes),
        lines=tuple(_line(line) for line in returned.return_line_items.nodes if line.id or line.fulfillment_line_item),
    )


def _line(line: _Line) -> ReturnLine:
    """A line of a return. An item that the platform could not verify has no order line: it is named by its own id."""
    order_line = line.fulfillment_line_item.line_item if line.fulfillment_line_item else None
    definition = line.return_reason_definition or _Definition()
    words = (reason_in_words(definition.handle, definition.name), line.customer_note)
    return ReturnLine(
        _number(order_line.id if order_line else None) or f"unverified-{_number(line.id) or 0}",
        max(line.quantity, 1),
        reason_of(definition.handle or line.return_reason),
        "\n".join(text for text in words if text),
        line.return_reason_note or "",
    )


def _number(gid: str | None) -> str | None:
    match = re.search(r"/([0-9]{1,20})(?:\?|$)", gid or "")
    return match.group(1) if match else None
