"""Shopify's Events (API version 2026-10): a delivery says what changed, and what else the shop's own query asked for.

The headers are those of webhooks without `X-`; the body is `{"topic": "Order", "action": "update", "handle": …,
"fields_changed": {"added", "updated", "removed"}, …}`, where what changed is named by Shopify's global ids. We rely on
no query of the shop's: what we need is asked of the Admin API. (shopify.dev/docs/apps/build/events, and the changelog
of 2026-09-16.)
"""

import re
from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec import Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.orders.platform_order import PlatformOrder
from chalicelib.domain.platforms.events import ChangeNotice
from chalicelib.domain.platforms.payload_reader import DeletedRecord, loosely

LONGEST_TOPIC = 100


class _Event(Struct):
    topic: str | None = None
    action: str | None = None


def topic_of(body: bytes) -> str:
    """What an event is called here: `Order/update`; nothing for what is none. `Invalid` for what is no JSON."""
    told = loosely(body, _Event)
    return f"{told.topic}/{told.action}"[:LONGEST_TOPIC] if told.topic and told.action else ""


def changed(what: Literal["order", "return"]) -> Callable[[bytes], ChangeNotice]:
    """A reader of events from which it follows that this order or return is to be asked for."""

    def read(body: bytes) -> ChangeNotice:
        return ChangeNotice(what=what, id=_named(body, what.capitalize()))

    return read


def read_deleted_order(body: bytes) -> PlatformOrder:
    """The platform has this order no more."""
    return PlatformOrder(external_id=_named(body, "Order"), gone=True)


def read_large_order(body: bytes) -> ChangeNotice:
    """An order that was too large to be kept as it came: its id was."""
    return ChangeNotice(what="order", id=str(loosely(body, DeletedRecord).id))


def _named(body: bytes, kind: str) -> str:
    """The first of that kind which the body names, wherever it does."""
    told = msgspec.json.encode(loosely(body, dict[str, object])).decode()
    found = re.search(rf"gid://shopify/{kind}/([0-9]{{1,20}})", told)
    if found is None:
        raise invalid("fields_changed", f"names no {kind}")
    return found.group(1)
