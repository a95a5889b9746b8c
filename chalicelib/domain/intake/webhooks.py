"""What a delivery says, whatever source it comes from."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.email.inbound_email import EmailReceived
from chalicelib.domain.intake.payloads import WebhookTypes, check_payload, parse_webhook
from chalicelib.domain.kernel.enums import Origin
from chalicelib.domain.kernel.errors import IgnoredTopic as IgnoredTopic
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.timestamps import Instant, to_datetime
from chalicelib.domain.kernel.validation import read
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.platforms import shopify, woocommerce
from chalicelib.domain.platforms.events import PlatformEvent
from chalicelib.domain.platforms.payload_reader import DeletedRecord, loosely

Reader: TypeAlias = Callable[[bytes], OrderUpdate | PlatformEvent]
TOPICS: dict[str, Mapping[str, Reader]] = {"shopify": shopify.TOPICS, "woocommerce": woocommerce.TOPICS}
TRIMMED = {"shopify": shopify.TRIMMED, "woocommerce": woocommerce.TRIMMED}
TOO_LARGE = {"shopify": shopify.TOO_LARGE, "woocommerce": woocommerce.TOO_LARGE}


class InboundMessage(Struct, frozen=True):
    """A delivery that was understood: its type or topic, and what it says."""

    type: str
    data: Struct


def parse_message(
    source: Origin, topic: str, body: bytes, now: Instant, sent_at: Instant | None = None, *, types: WebhookTypes
) -> InboundMessage:
    """What a delivery of this source and topic, received at `now`, says. `sent_at` is when the platform says it
    happened, for what does not say so itself. `types` are the types of the `standard` source.

    Invalid: what is wrong and where. IgnoredTopic: nothing follows from deliveries of this topic.
    """
    if source == "mail":
        return InboundMessage(topic, read(body, EmailReceived))
    if source == "standard":
        webhook = parse_webhook(body, now, types)
        return InboundMessage(webhook.type, webhook.data)
    return InboundMessage(topic, parse_platform_body(source, topic, body, now, sent_at))


def parse_platform_body(
    source: Origin, topic: str, body: bytes, now: Instant, sent_at: Instant | None = None
) -> OrderUpdate | PlatformEvent:
    """What a platform's delivery of this topic says; errors as of `parse_message`."""
    reader = TOPICS[source].get(topic)
    if reader is None:
        raise IgnoredTopic(f"nothing follows from {topic!r}")
    data = reader(body)
    if isinstance(data, OrderUpdate):
        if data.occurred_at is None and sent_at is not None:
            data = replace(data, occurred_at=to_datetime(sent_at))
        check_payload(data, now)
    return data


def trim_body(source: Origin, topic: str, body: bytes, most: int) -> tuple[str, bytes]:
    """A platform's delivery with a body of so many bytes at most, and its topic: what is not read is left out; an order
    that is too large even so is asked for, later. What can be neither is empty."""
    if len(body) <= most or source not in TRIMMED:
        return topic, body
    trim = TRIMMED[source].get(topic)
    try:
        smaller = trim(body) if trim is not None else b""
        if len(smaller) <= most:
            return topic, smaller
        return TOO_LARGE[source], msgspec.json.encode(loosely(body, DeletedRecord))
    except Invalid:
        return topic, b""
