"""What a delivery says, whatever source it comes from."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.email.inbound_email import LetterTold
from chalicelib.domain.intake.payloads import AnyHook, Hook, check_hook, read_hook
from chalicelib.domain.kernel.enums import Origin
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.errors import Unheeded as Unheeded
from chalicelib.domain.kernel.timestamps import Instant, to_datetime
from chalicelib.domain.kernel.validation import read
from chalicelib.domain.orders.order_payload import OrderTold
from chalicelib.domain.platforms import shopify, woocommerce
from chalicelib.domain.platforms.events import DisputeTold, PlatformTold, ReturnTold, SentBack
from chalicelib.domain.platforms.payload_reader import Gone, loosely

Reader: TypeAlias = Callable[[bytes], OrderTold | PlatformTold]
TOPICS: dict[str, Mapping[str, Reader]] = {"shopify": shopify.TOPICS, "woocommerce": woocommerce.TOPICS}
TRIMMED = {"shopify": shopify.TRIMMED, "woocommerce": woocommerce.TRIMMED}
TOO_LARGE = {"shopify": shopify.TOO_LARGE, "woocommerce": woocommerce.TOO_LARGE}


class News(Struct, frozen=True):
    """A delivery that was understood."""

    type: str
    data: AnyHook | PlatformTold | LetterTold
    case: str | None
    """The external id of the case it is about, if it is about one."""


def understand(source: Origin, topic: str, body: bytes, now: Instant, sent_at: Instant | None = None) -> News:
    """What a delivery of this source and topic, received at `now`, says. `sent_at` is when the platform says it
    happened, for what does not say so itself.

    Invalid: what is wrong and where. Unheeded: nothing follows from deliveries of this topic.
    """
    if source == "mail":
        return News(topic, read(body, LetterTold), None)
    if source == "standard":
        hook: Hook = read_hook(body, now)
        return News(hook.type, hook.data, hook.external_id)
    reader = TOPICS[source].get(topic)
    if reader is None:
        raise Unheeded(f"nothing follows from {topic!r}")
    data = reader(body)
    if isinstance(data, OrderTold):
        if data.occurred_at is None and sent_at is not None:
            data = replace(data, occurred_at=to_datetime(sent_at))
        check_hook(data, now)
    return News(topic, data, case_of(source, data))


def case_of(source: str, data: PlatformTold | OrderTold) -> str | None:
    """The external id of the case a platform's news is about: one a return, one a dispute."""
    if isinstance(data, ReturnTold | SentBack):
        return f"{source}/return/{data.id if isinstance(data, ReturnTold) else data.returned}"
    return f"{source}/dispute/{data.id}" if isinstance(data, DisputeTold) else None


def fitting(source: Origin, topic: str, body: bytes, most: int) -> tuple[str, bytes]:
    """A platform's delivery with a body of so many bytes at most, and its topic: what is not read is left out; an order
    that is too large even so is asked for, later. What can be neither is empty."""
    if len(body) <= most or source not in TRIMMED:
        return topic, body
    trim = TRIMMED[source].get(topic)
    try:
        smaller = trim(body) if trim is not None else b""
        if len(smaller) <= most:
            return topic, smaller
        return TOO_LARGE[source], msgspec.json.encode(loosely(body, Gone))
    except Invalid:
        return topic, b""
