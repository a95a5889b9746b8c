"""The body of a `standard` webhook: its envelope, and the checks that apply to every type."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import MAX_AHEAD, Instant, from_datetime
from chalicelib.domain.kernel.validation import Input, Time, check_bytes, read, to_invalid
from chalicelib.domain.orders.order_checks import check_amounts, check_times
from chalicelib.domain.orders.order_payload import OrderUpdate


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
    if order is not None:
        path = "" if order is data else "order."
        check_times(order, path)
        check_amounts(order, path)
