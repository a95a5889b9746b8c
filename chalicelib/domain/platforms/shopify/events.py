"""Shopify's Events (API version 2026-10): a delivery has what changed, and the results of the shop's own query.

The headers are those of webhooks without `X-`; the body is `{"topic": "Order", "action": "update", "handle": …,
"fields_changed": {"added", "updated", "removed"}, …}`, in which changed objects are named by Shopify's global ids. We
do not rely on the shop's query: what we need is fetched from the Admin API. (shopify.dev/docs/apps/build/events, and
the changelog of 2026-09-16.)
"""

import re
from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec import Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.orders.platform_order import PlatformOrder
from chalicelib.domain.platforms.events import ChangeNotice
from chalicelib.domain.platforms.payload_reader import RecordId, parse_leniently

MAX_TOPIC_LENGTH = 100


class _Event(Struct):
    topic: str | None = None
    action: str | None = None


def topic_of(body: bytes) -> str:
    """The topic of an event, such as `Order/update`; empty if the body is no event. Invalid: the body is no JSON."""
    event = parse_leniently(body, _Event)
    return f"{event.topic}/{event.action}"[:MAX_TOPIC_LENGTH] if event.topic and event.action else ""


def change_reader(what: Literal["order", "return"]) -> Callable[[bytes], ChangeNotice]:
    """A reader of events after which the order or return that changed must be fetched."""

    def read(body: bytes) -> ChangeNotice:
        return ChangeNotice(what=what, id=_first_id(body, what.capitalize()))

    return read


def read_deleted_order(body: bytes) -> PlatformOrder:
    """`Order/delete`: the order was deleted."""
    return PlatformOrder(external_id=_first_id(body, "Order"), gone=True)


def read_large_order(body: bytes) -> ChangeNotice:
    """An order that was too large to be stored: only its id is left."""
    return ChangeNotice(what="order", id=str(parse_leniently(body, RecordId).id))


def _first_id(body: bytes, kind: str) -> str:
    """The id of the first object of this kind in the body, in whatever field."""
    text = msgspec.json.encode(parse_leniently(body, dict[str, object])).decode()
    match = re.search(rf"gid://shopify/{kind}/([0-9]{{1,20}})", text)
    if match is None:
        raise invalid("fields_changed", f"names no {kind}")
    return match.group(1)
