"""Read the message in a delivery, from any source."""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.email.inbound_email import EmailReceived
from chalicelib.domain.intake.payloads import WebhookTypes, check_payload, parse_webhook
from chalicelib.domain.kernel.enums import Origin
from chalicelib.domain.kernel.errors import AftercareError, Invalid
from chalicelib.domain.kernel.errors import IgnoredTopic as IgnoredTopic
from chalicelib.domain.kernel.timestamps import Instant, to_datetime
from chalicelib.domain.kernel.validation import read
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.platforms import shopify, woocommerce
from chalicelib.domain.platforms.events import PlatformEvent
from chalicelib.domain.platforms.payload_reader import RecordId, parse_leniently

Reader: TypeAlias = Callable[[bytes], OrderUpdate | PlatformEvent]
TOPICS: dict[str, Mapping[str, Reader]] = {"shopify": shopify.TOPICS, "woocommerce": woocommerce.TOPICS}
TRIMMED = {"shopify": shopify.TRIMMED, "woocommerce": woocommerce.TRIMMED}
TOO_LARGE = {"shopify": shopify.TOO_LARGE, "woocommerce": woocommerce.TOO_LARGE}


class InboundMessage(Struct, frozen=True):
    """The content of a delivery: its type or topic, and its data."""

    type: str
    data: Struct


def parse_message(
    source: Origin, topic: str, body: bytes, now: Instant, sent_at: Instant | None = None, *, types: WebhookTypes
) -> InboundMessage:
    """Read a delivery of this source and topic, received at `now`. `sent_at`: when the event happened according to the
    platform, used if the body has no time of its own. `types`: the types of the `standard` source.

    Invalid: what is wrong and where. IgnoredTopic: deliveries of this topic have no effect.
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
    """Read a platform's delivery of this topic; raises the same errors as `parse_message`."""
    reader = TOPICS[source].get(topic)
    if reader is None:
        raise IgnoredTopic(f"nothing follows from {topic!r}")
    data = reader(body)
    if isinstance(data, OrderUpdate):
        if data.occurred_at is None and sent_at is not None:
            data = replace(data, occurred_at=to_datetime(sent_at))
        check_payload(data, now)
    return data


def trim_body(source: Origin, topic: str, body: bytes, limit: int) -> tuple[str, bytes]:
    """The topic and body of a platform's delivery, with no more than `limit` bytes. From a larger body the fields that
    are not read are removed. An order that is still too large becomes a notice with its id, so that it is fetched
    later. The body is empty if neither is possible."""
    if len(body) <= limit or source not in TRIMMED:
        return topic, body
    trim = TRIMMED[source].get(topic)
    try:
        smaller = trim(body) if trim is not None else b""
        if len(smaller) <= limit:
            return topic, smaller
        return TOO_LARGE[source], msgspec.json.encode(parse_leniently(body, RecordId))
    except Invalid:
        return topic, b""


_QUOTED = re.compile(r"(?<=Invalid enum value )'.*?'(?=$|;)")
_PERSONAL = re.compile(r"[^\s'\"`:;]+@[^\s'\"`:;]+|\+\d[\d -]{6,}\d")


def reason_of(error: AftercareError) -> str:
    """Why a message was not processed, as it is stored in clear with its receipt: without the values that the message
    has where others are expected, and without email addresses and international phone numbers."""
    return _PERSONAL.sub("…", _QUOTED.sub("…", str(error)))
