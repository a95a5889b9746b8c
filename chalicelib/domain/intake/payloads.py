"""The body of a `standard` webhook: its envelope, and the checks that apply to every type."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.money import check_coin
from chalicelib.domain.kernel.timestamps import FAR, MAX_AHEAD, Instant, from_datetime
from chalicelib.domain.kernel.validation import Input, MoneyIn, Time, check_bytes, read, to_invalid
from chalicelib.domain.orders.order_payload import OrderIn, OrderUpdate

MOST_LINES = 1_000
"""The most lines of an order from a platform; the largest platforms allow 500. Orders that a shop sends itself have
the limits of their types."""


class Envelope(Input, frozen=True):
    """The outer shape of a Standard Webhooks body."""

    type: Annotated[str, Meta(max_length=100)]
    timestamp: Time
    data: dict[str, Any]


class WebhookType(Struct, frozen=True):
    """A type of webhook: the shape of its data, and a further check if the shape is not enough."""

    shape: type[Struct]
    check: Callable[[str, Any, Instant], None] | None = None


WebhookTypes = Mapping[str, WebhookType]
"""The types of webhooks by name, as the intake handlers register them."""


class Webhook(Struct, frozen=True):
    """The type and the data of a webhook."""

    type: str
    data: Struct


def parse_webhook(body: bytes | str, now: Instant, types: WebhookTypes) -> Webhook:
    """Read the body of a `standard` webhook received at `now`. Invalid: what is wrong and where."""
    envelope = read(body, Envelope)
    webhook_type = types.get(envelope.type)
    if webhook_type is None:
        raise invalid("type", f"{envelope.type!r} is not one of {', '.join(types)}")
    try:
        data = msgspec.convert(envelope.data, webhook_type.shape, strict=True)
    except (msgspec.ValidationError, RecursionError) as wrong:
        raise to_invalid(wrong, "data") from None
    check_payload(data, now)
    if webhook_type.check is not None:
        webhook_type.check(envelope.type, data, now)
    return Webhook(envelope.type, data)


def check_payload(data: Struct, now: Instant) -> None:
    """Check what the shape of no type can express: lengths in bytes, times in the future, the order."""
    text = getattr(data, "message", None) or getattr(data, "text", None) or ""
    check_bytes("message", text)
    occurred_at = getattr(data, "occurred_at", None)
    if occurred_at is not None and not 0 <= from_datetime(occurred_at) <= now + MAX_AHEAD:
        raise invalid("occurred_at", "lies before 1970 or more than a day in the future")
    order = data if isinstance(data, OrderUpdate) else getattr(data, "order", None)
    if isinstance(order, OrderIn):  # what was said elsewhere names an order by its id alone
        path = "" if order is data else "order."
        _check_times(order, path)
        _check_amounts(order, path)


def _check_amounts(order: OrderIn, path: str = "") -> None:
    """Raise `Invalid`, with the path of the value, for an amount that cannot be paid in coins or is negative, a
    discount in another currency than its price, and an order with too many lines."""
    for name in ("items", "parcels", "refunds", "disputes"):
        if len(getattr(order, name, ())) > MOST_LINES:
            raise invalid(f"{path}{name}", f"are more than {MOST_LINES}")
    for place, given in _amounts(order):
        amount = given.money()
        check_coin(f"{path}{place}", amount)
        if amount.value < 0 and place != "total":
            raise invalid(f"{path}{place}", "is negative")
    _check_currencies(order, path)


def _check_currencies(order: OrderIn, path: str) -> None:
    for index, item in enumerate(order.items):
        for name in ("discount", "tax"):
            amount: MoneyIn | None = getattr(item, name)
            if amount is not None and amount.currency != (item.price and item.price.currency):
                raise invalid(f"{path}items[{index}].{name}", "needs a price in its currency")


def _check_times(order: OrderIn, path: str = "") -> None:
    """Raise `Invalid`, with the path of the value, for a time of an order or its parts before 1970 or after 2100."""
    for name, moment in _times_of(order, path):
        if not 0 <= from_datetime(moment) <= FAR:
            raise invalid(name, "is before 1970 or after 2100")


def _times_of(order: OrderIn, path: str) -> Iterator[tuple[str, datetime]]:
    yield from _times_of_part(order, path)
    if isinstance(order, OrderUpdate):
        for name in ("parcels", "refunds", "disputes"):
            for index, part in enumerate(getattr(order, name)):
                yield from _times_of_part(part, f"{path}{name}[{index}].")


def _times_of_part(part: Struct, path: str) -> Iterator[tuple[str, datetime]]:
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if name != "occurred_at" and isinstance(value, datetime):
            yield path + name, value


def _amounts(order: OrderIn) -> Iterator[tuple[str, MoneyIn]]:
    """All amounts that are given, each with its path."""
    return ((path, amount) for path, amount in _optional_amounts(order) if amount is not None)


def _optional_amounts(order: OrderIn) -> Iterator[tuple[str, MoneyIn | None]]:
    yield from ((name, getattr(order, name)) for name in ("total", "shipping", "presented"))
    for index, item in enumerate(order.items):
        yield from ((f"items[{index}].{name}", getattr(item, name)) for name in ("discount", "tax", "paid"))
    if isinstance(order, OrderUpdate):
        yield from _amounts_given_back(order)


def _amounts_given_back(order: OrderUpdate) -> Iterator[tuple[str, MoneyIn | None]]:
    for index, refund in enumerate(order.refunds):
        yield f"refunds[{index}].amount", refund.amount
        yield f"refunds[{index}].shipping", refund.shipping
        for line_index, line in enumerate(refund.lines):
            yield f"refunds[{index}].lines[{line_index}].amount", MoneyIn(line.amount, refund.amount.currency)
    yield from ((f"disputes[{index}].amount", dispute.amount) for index, dispute in enumerate(order.disputes))
