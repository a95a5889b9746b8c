"""Whatever a platform leaves out of an order or a refund, the rest is understood."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.intake.webhooks import parse_platform_body
from chalicelib.domain.orders.order_payload import OrderUpdate
from tests.fakes import NOON
from tests.support.platforms.platform_webhooks import WOO_NAMES, body_of

BODIES = {
    "shopify": ("orders-create", "orders-updated", "orders-cancelled", "refunds-create"),
    "woocommerce": ("order-created", "order-updated", "order-cancelled", "order-of-a-guest"),
}
NEEDED = {("id",), ("order_id",)}
"""Fields without which a body has no subject: its own id, or its order's."""


def paths(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in inner:
        yield (*at, name)
        yield from paths(value, (*at, name))


def without(body: dict[str, Any], path: tuple[Any, ...], *, missing: bool) -> bytes:
    changed = copy.deepcopy(body)
    inner: Any = changed
    for name in path[:-1]:
        inner = inner[name]
    if missing:
        del inner[path[-1]]
    else:
        inner[path[-1]] = None
    return json.dumps(changed).encode()


@pytest.mark.parametrize(("source", "name"), [(source, name) for source, names in BODIES.items() for name in names])
def test_one_field_that_is_null_or_missing_loses_no_order(source: str, name: str) -> None:
    body = json.loads(body_of(source, name))
    topic = name.replace("-", "/", 1) if source == "shopify" else WOO_NAMES.get(name, name.replace("-", ".", 1))
    for path in (one for one in paths(body) if one not in NEEDED):
        for missing in (True, False):
            update = parse_platform_body(source, topic, without(body, path, missing=missing), NOON)  # type: ignore[arg-type]
            assert isinstance(update, OrderUpdate)
            assert update.external_id == str(body.get("order_id") or body["id"])
