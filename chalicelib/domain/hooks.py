"""What a delivery says, whatever source it comes from."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec import Struct

from chalicelib.domain.errors import Unheeded as Unheeded
from chalicelib.domain.inputs import AnyHook, Hook, check_hook, read_hook
from chalicelib.domain.instants import Instant
from chalicelib.domain.letters import LetterTold
from chalicelib.domain.order_inputs import OrderTold
from chalicelib.domain.platforms import shopify, woocommerce
from chalicelib.domain.platforms.told import DisputeTold, PlatformTold, ReturnTold
from chalicelib.domain.shapes import read
from chalicelib.domain.vocabulary import Origin

Reader: TypeAlias = Callable[[bytes], OrderTold | PlatformTold]
TOPICS: dict[str, Mapping[str, Reader]] = {"shopify": shopify.TOPICS, "woocommerce": woocommerce.TOPICS}


class News(Struct, frozen=True):
    """A delivery that was understood."""

    type: str
    data: AnyHook | PlatformTold | LetterTold
    case: str | None
    """The external id of the case it is about, if it is about one."""


def understand(source: Origin, topic: str, body: bytes, now: Instant) -> News:
    """What a delivery of this source and topic, received at `now`, says.

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
        check_hook(data, now)
    return News(topic, data, case_of(source, data))


def case_of(source: str, data: PlatformTold | OrderTold) -> str | None:
    """The external id of the case a platform's news is about: one a return, one a dispute."""
    if isinstance(data, ReturnTold):
        return f"{source}/return/{data.id}"
    return f"{source}/dispute/{data.id}" if isinstance(data, DisputeTold) else None
