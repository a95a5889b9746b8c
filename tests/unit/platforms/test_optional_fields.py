"""Any documented field that is read may be null or missing: the order is kept, unless what is missing is its own id."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.intake.webhooks import parse_platform_body
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.orders.order_payload import OrderUpdate
from tests.fakes import NOON
from tests.support.platforms.platform_webhooks import FIXTURES, WOO_NAMES, body_of

Path = tuple[str | int, ...]
NEEDED = {
    "orders": {("id",)},
    "fulfillments": {("id",), ("order_id",)},
    "refunds": {("order_id",)},
    "fulfillment_events": {("fulfillment_id",), ("order_id",)},
    "order": {("id",)},
    "refund": {("id",), ("parent_id",)},
}
"""The topic of a delivery, by its resource."""
ORDERS = [
    (source, path.stem)
    for source in ("shopify", "woocommerce")
    for path in sorted((FIXTURES / source).glob("*.json"))
    if path.stem.partition("-")[0] in NEEDED
]


def topic_of(source: str, name: str) -> str:
    return name.replace("-", "/", 1) if source == "shopify" else WOO_NAMES.get(name, name.replace("-", ".", 1))


def places(value: Any, at: Path = ()) -> Iterator[Path]:
    """Every field of a body, however deep."""
    for name in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*at, name)
        yield from places(value[name], (*at, name))


def without(body: Any, path: Path, null: bool) -> bytes:
    changed = copy.deepcopy(body)
    place = changed
    for name in path[:-1]:
        place = place[name]
    if null:
        place[path[-1]] = None
    else:
        del place[path[-1]]
    return json.dumps(changed).encode()


@pytest.mark.parametrize("null", [True, False], ids=["null", "missing"])
@pytest.mark.parametrize(("source", "name"), ORDERS)
def test_an_order_is_kept_whatever_field_is_null_or_missing(source: str, name: str, null: bool) -> None:
    body, lost = json.loads(body_of(source, name)), set()
    for path in places(body):
        try:
            update = parse_platform_body(source, topic_of(source, name), without(body, path, null), NOON)  # type: ignore[arg-type]
        except Invalid:
            lost.add(path)
        else:
            assert isinstance(update, OrderUpdate)
    assert lost == NEEDED[name.partition("-")[0]] & {(key,) for key in body}


def test_one_of_many_that_lacks_what_it_is_known_by_is_left_out_and_the_others_stay() -> None:
    body = json.loads(body_of("shopify", "orders-fulfilled"))
    body["fulfillments"].append(body["fulfillments"][0] | {"id": None})
    del body["line_items"][0]["id"]
    update = parse_platform_body("shopify", "orders/fulfilled", json.dumps(body).encode(), NOON)
    assert isinstance(update, OrderUpdate)
    assert [one.id for one in update.parcels] == ["6100000000001"]
    assert [one.line for one in update.items] == [None, "11002"], "a line was bought, whatever it is called"


def test_a_line_that_is_nonsense_is_refused_and_says_where() -> None:
    body = json.loads(body_of("shopify", "orders-create"))
    body["line_items"][1]["id"] = "not a number"
    with pytest.raises(Invalid, match=r"line_items\[1\]\.id"):
        parse_platform_body("shopify", "orders/create", json.dumps(body).encode(), NOON)
