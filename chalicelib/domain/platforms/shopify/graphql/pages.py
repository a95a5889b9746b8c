"""Answers of Shopify's Admin API that come by the page, put together before they are read."""

from typing import Any

import msgspec
from msgspec import Struct, field

from chalicelib.domain.platforms.payload_reader import loosely
from chalicelib.domain.platforms.shopify.graphql.queries import FULFILLMENTS, REFUNDS

LINES, RETURN_LINES = ("order", "lineItems"), ("return", "returnLineItems")
"""Where in an answer the things are that come by the page."""


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
    def cut_off(self) -> bool:
        """There may be more of it than came."""
        more = self.line_items.page_info.has_next_page or self.shipping_lines.page_info.has_next_page
        return more or len(self.fulfillments) >= FULFILLMENTS["some"] or len(self.refunds) >= REFUNDS["some"]


class _Orders(Struct):
    nodes: list[_Order] = []


class _Data(Struct):
    orders: _Orders = field(default_factory=_Orders)


class _Answer(Struct):
    data: _Data = field(default_factory=_Data)


def cut_off(body: bytes) -> frozenset[str]:
    """The numbers of the orders of a page that may have more than came with it: each is to be asked for alone."""
    found = loosely(body, _Answer).data.orders.nodes
    return frozenset(one.id.rpartition("/")[2] for one in found if one.cut_off)


def cursor(body: bytes, where: tuple[str, str]) -> str | None:
    """Where the things at that place go on; None when all of them came."""
    found = _at(loosely(body, dict[str, Any]), where)
    info = loosely(msgspec.json.encode(found), _Connection).page_info
    return info.end_cursor if info.has_next_page else None


def joined(body: bytes, page: bytes, where: tuple[str, str]) -> bytes:
    """An answer with the things of the next page behind its own."""
    whole, more = loosely(body, dict[str, Any]), _at(loosely(page, dict[str, Any]), where)
    known = _at(whole, where)
    known["nodes"] = [*(known.get("nodes") or []), *(more.get("nodes") or [])]
    known["pageInfo"] = more.get("pageInfo")
    return msgspec.json.encode(whole)


def _at(answer: dict[str, Any], where: tuple[str, str]) -> dict[str, Any]:
    place: Any = answer.get("data")
    for name in where:
        place = place.get(name) if isinstance(place, dict) else None
    return place if isinstance(place, dict) else {}
