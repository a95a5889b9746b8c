"""The body of a webhook of the `standard` source: the envelope around it, and what is checked of every type."""

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
    """A type of webhook: the shape of its data, and what else is checked of them."""

    shape: type[Struct]
    check: Callable[[str, Any, Instant], None] | None = None


WebhookTypes = Mapping[str, WebhookType]
"""The types of webhooks by name, as the registry of intake handlers has them."""


class Webhook(Struct, frozen=True):
    """A webhook that was understood."""

    type: str
    data: Struct


def parse_webhook(body: bytes | str, now: Instant, types: WebhookTypes) -> Webhook:
    """Read the body of a `standard` webhook received at `now`. `Invalid` says what is wrong and where."""
    envelope = read(body, Envelope)
    known = types.get(envelope.type)
    if known is None:
        raise invalid("type", f"{envelope.type!r} is not one of {', '.join(types)}")
    try:
        data = msgspec.convert(envelope.data, known.shape, strict=True)
    except (msgspec.ValidationError, RecursionError) as wrong:
        raise to_invalid(wrong, "data") from None
    check_payload(data, now)
    if known.check is not None:
        known.check(envelope.type, data, now)
    return Webhook(envelope.type, data)


def check_payload(data: Struct, now: Instant) -> None:
    """Check what shapes cannot say of any type: lengths in bytes, times that lie ahead, the order."""
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
