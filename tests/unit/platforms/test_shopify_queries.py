"""Queries to Shopify's Admin API cost less than its limit, by both readings of its rule."""

import math
import re
from collections.abc import Callable
from typing import Any, get_args

import msgspec
import pytest

from chalicelib.domain.orders.platform_order import PlatformOrder
from chalicelib.domain.platforms.shopify.graphql.order_payload import ApiOrder
from chalicelib.domain.platforms.shopify.graphql.orders import parse_order_answer, parse_orders_answer
from chalicelib.domain.platforms.shopify.graphql.pages import LINES, append_page, find_incomplete_orders, next_cursor
from chalicelib.domain.platforms.shopify.graphql.queries import LINES as MORE_LINES
from chalicelib.domain.platforms.shopify.graphql.queries import MAX_POINTS, ORDER, ORDERS, RETURN
from chalicelib.domain.platforms.shopify.graphql.returns import ApiReturn
from tests.support.paths import ROOT
from tests.support.platforms.platform_webhooks import FIXTURES

TOKEN = re.compile(r"\.\.\.|\w+|[{}]|\([^)]*\)")
FREE = ("nodes", "pageInfo")
"""Parts of a connection that its own 2 points include; their fields count."""


def by_staff(first: int) -> int:
    """community.shopify.dev/t/how-to-calculate-graphql-cost-estimates/24364: the children's cost is multiplied so."""
    return math.floor(2 * math.log(max(2, first)))


def by_the_page(first: int) -> int:
    """shopify.dev, GraphQL Admin API rate limits: a connection is sized by its `first` and `last`."""
    return first


def cost(query: str, factor: Callable[[int], int]) -> int:
    """The cost of a query: objects 1, scalars 0, connections and lists 2 plus their content, multiplied by `first`."""
    tokens = TOKEN.findall(query[query.index("{") :])
    total, _ = _selection(tokens, 1, factor)
    return total


def _selection(tokens: list[str], at: int, factor: Callable[[int], int]) -> tuple[int, int]:
    total = 0
    while tokens[at] != "}":
        name, many, at = tokens[at], 0, at + 1
        if name == "...":
            name, at = "...", at + 2  # `on`, and the type
        if tokens[at].startswith("("):
            first = re.search(r"first: (\d+)", tokens[at])
            many, at = int(first[1]) if first else 0, at + 1
        if tokens[at] != "{":
            continue
        inside, at = _selection(tokens, at + 1, factor)
        at += 1
        own = 0 if name in ("...", "pageInfo") else 1
        total += 2 + factor(many) * max(inside, 1) if many else own + inside
    return total, at


QUERIES = {"an order": ORDER, "more of its lines": MORE_LINES, "a page of orders": ORDERS, "a return": RETURN}


@pytest.mark.parametrize("factor", [by_staff, by_the_page])
@pytest.mark.parametrize("name", QUERIES)
def test_a_query_costs_less_than_a_query_may(name: str, factor: Callable[[int], int]) -> None:
    assert 0 < cost(QUERIES[name], factor) < MAX_POINTS


def test_the_documented_costs_are_those_of_the_queries() -> None:
    page = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")
    costs = [f"{cost(query, by_staff)}, {cost(query, by_the_page)} |" for query in QUERIES.values()]
    assert [one for one in costs if one not in page] == []


def names_of(shape: type[msgspec.Struct]) -> set[str]:
    """The names of all fields that are read of an answer, however deep."""
    found = set()
    for field in msgspec.structs.fields(shape):
        found.add(field.encode_name)
        for kind in structs_in(field.type):
            found |= names_of(kind)
    return found


def structs_in(kind: Any) -> list[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return [kind]
    return [one for part in get_args(kind) for one in structs_in(part)]


@pytest.mark.parametrize(("shape", "query"), [(ApiOrder, ORDER), (ApiOrder, ORDERS), (ApiReturn, RETURN)])
def test_all_that_is_read_of_an_answer_is_asked_for(shape: type[msgspec.Struct], query: str) -> None:
    """But `returnReason`, which answers of older versions have: it is deprecated, and may be gone."""
    assert names_of(shape) - set(re.findall(r"\w+", query)) <= {"returnReason"}


@pytest.mark.parametrize(("first", "seen"), [(3, 23), (10, 43)])
def test_the_factor_explains_what_was_measured(first: int, seen: int) -> None:
    """microsoft/BCApps#8545 measured one query with three and with ten lines: 10 points a line, 3 beside."""
    assert cost(f"query {{ order {{ lines(first: {first}) {{ nodes {{ {'a { b } ' * 9} }} }} }} }}", by_staff) == seen


def body_of(name: str) -> bytes:
    return (FIXTURES / "shopify_answers" / f"{name}.json").read_bytes()


def paged(nodes: list[str], after: str | None) -> bytes:
    lines = [{"id": f"gid://shopify/LineItem/{one}", "sku": one, "currentQuantity": 1} for one in nodes]
    info = {"hasNextPage": after is not None, "endCursor": after}
    order = {"id": "gid://shopify/Order/51", "lineItems": {"nodes": lines, "pageInfo": info}}
    return msgspec.json.encode({"data": {"order": order}})


def test_the_lines_of_an_order_are_put_together_from_their_pages() -> None:
    first, second = paged(["1", "2"], "abc"), paged(["3"], None)
    assert (next_cursor(first, LINES), next_cursor(second, LINES)) == ("abc", None)
    whole = append_page(first, second, LINES)
    order = parse_order_answer(whole)
    assert order is not None
    assert [one.sku for one in order.items] == ["1", "2", "3"]
    assert next_cursor(whole, LINES) is None


def test_an_order_that_did_not_fit_into_a_page_is_named() -> None:
    assert find_incomplete_orders(body_of("orders")) == frozenset()
    answer = msgspec.json.decode(body_of("orders"))
    answer["data"]["orders"]["nodes"][0]["lineItems"]["pageInfo"] = {"hasNextPage": True, "endCursor": "x"}
    body = msgspec.json.encode(answer)
    assert find_incomplete_orders(body) == {one.external_id for one in parse_orders_answer(body).orders}


def test_an_answer_tells_the_whole_order() -> None:
    order = parse_order_answer(body_of("order"))
    assert order is not None
    assert isinstance(order, PlatformOrder)
    assert set(order.whole) == {"cancelled_at", "delivered", "items", "parcels"}
