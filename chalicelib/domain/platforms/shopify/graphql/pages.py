"""Join the pages of an answer of Shopify's Admin API before it is read."""

from typing import Any

import msgspec
from msgspec import Struct, field

from chalicelib.domain.platforms.payload_reader import parse_leniently
from chalicelib.domain.platforms.shopify.graphql.queries import FULFILLMENTS, REFUNDS

LINES, RETURN_LINES = ("order", "lineItems"), ("return", "returnLineItems")
"""The paths in an answer to the lists that have pages."""


class _PageInfo(Struct, rename="camel"):
    has_next_page: bool = False
    end_cursor: str | None = None


class _Connection(Struct, rename="camel"):
    page_info: _PageInfo = field(default_factory=_PageInfo)


class _Order(Struct, rename="camel"):
    id: str
    line_items: _Connection = field(default_factory=_Connection)
    shipping_lines: _Connection = field(default_factory=_Connection)
    fulfillments: list[object] = []
    refunds: list[object] = []

    @property
    def is_incomplete(self) -> bool:
        """The order may have more lines, shipping lines, fulfillments or refunds than the answer has."""
        more = self.line_items.page_info.has_next_page or self.shipping_lines.page_info.has_next_page
        return more or len(self.fulfillments) >= FULFILLMENTS["some"] or len(self.refunds) >= REFUNDS["some"]


class _Orders(Struct):
    nodes: list[_Order] = []


class _Data(Struct):
    orders: _Orders = field(default_factory=_Orders)


class _Answer(Struct):
    data: _Data = field(default_factory=_Data)


def find_incomplete_orders(body: bytes) -> frozenset[str]:
    """The numbers of the orders in a page that may be incomplete: each must be fetched by itself."""
    orders = parse_leniently(body, _Answer).data.orders.nodes
    return frozenset(order.id.rpartition("/")[2] for order in orders if order.is_incomplete)


def next_cursor(body: bytes, path: tuple[str, str]) -> str | None:
    """The cursor of the next page of the list at this path; None after the last page."""
    connection = _connection(parse_leniently(body, dict[str, Any]), path)
    info = parse_leniently(msgspec.json.encode(connection), _Connection).page_info
    return info.end_cursor if info.has_next_page else None


def append_page(body: bytes, page: bytes, path: tuple[str, str]) -> bytes:
    """The answer with the items of the next page appended to the list at this path."""
    answer = parse_leniently(body, dict[str, Any])
    added = _connection(parse_leniently(page, dict[str, Any]), path)
    connection = _connection(answer, path)
    connection["nodes"] = [*(connection.get("nodes") or []), *(added.get("nodes") or [])]
    connection["pageInfo"] = added.get("pageInfo")
    return msgspec.json.encode(answer)


def _connection(answer: dict[str, Any], path: tuple[str, str]) -> dict[str, Any]:
    value: Any = answer.get("data")
    for field_name in path:
        value = value.get(field_name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
