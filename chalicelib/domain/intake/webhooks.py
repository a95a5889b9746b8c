"""What a delivery says, whatever source it comes from."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.email.inbound_email import EmailReceived
from chalicelib.domain.intake.payloads import Webhook, WebhookData, check_payload, parse_webhook
from chalicelib.domain.kernel.enums import Origin
from chalicelib.domain.kernel.errors import IgnoredTopic as IgnoredTopic
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.timestamps import Instant, to_datetime
from chalicelib.domain.kernel.validation import read
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.platforms import shopify, woocommerce
from chalicelib.domain.platforms.events import PlatformDispute, PlatformEvent, PlatformReturn, ReturnShipped
from chalicelib.domain.platforms.payload_reader import DeletedRecord, loosely

Reader: TypeAlias = Callable[[bytes], OrderUpdate | PlatformEvent]
TOPICS: dict[str, Mapping[str, Reader]] = {"shopify": shopify.TOPICS, "woocommerce": woocommerce.TOPICS}
TRIMMED = {"shopify": shopify.TRIMMED, "woocommerce": woocommerce.TRIMMED}
TOO_LARGE = {"shopify": shopify.TOO_LARGE, "woocommerce": woocommerce.TOO_LARGE}


class InboundMessage(Struct, frozen=True):
    """A delivery that was understood."""

    type: str
    data: WebhookData | PlatformEvent | EmailReceived
    case: str | None
    """The external id of the case it is about, if it is about one."""


def parse_message(
    source: Origin, topic: str, body: bytes, now: Instant, sent_at: Instant | None = None
) -> InboundMessage:
    """What a delivery of this source and topic, received at `now`, says. `sent_at` is when the platform says it
    happened, for what does not say so itself.

    Invalid: what is wrong and where. Unheeded: nothing follows from deliveries of this topic.
    """
    if source == "mail":
        return InboundMessage(topic, read(body, EmailReceived), None)
    if source == "standard":
        hook: Webhook = parse_webhook(body, now)
        return InboundMessage(hook.type, hook.data, hook.external_id)
    reader = TOPICS[source].get(topic)
    if reader is None:
        raise IgnoredTopic(f"nothing follows from {topic!r}")
    data = reader(body)
    if isinstance(data, OrderUpdate):
        if data.occurred_at is None and sent_at is not None:
            data = replace(data, occurred_at=to_datetime(sent_at))
        check_payload(data, now)
    return InboundMessage(topic, data, external_case_id(source, data))


def external_case_id(source: str, data: PlatformEvent | OrderUpdate) -> str | None:
    """The external id of the case a platform's news is about: one a return, one a dispute."""
    if isinstance(data, PlatformReturn | ReturnShipped):
        return f"{source}/return/{data.id if isinstance(data, PlatformReturn) else data.returned}"
    return f"{source}/dispute/{data.id}" if isinstance(data, PlatformDispute) else None


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
