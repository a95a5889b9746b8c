"""Fetch objects from the platforms of shops: Shopify's Admin API and WooCommerce's REST API."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import msgspec
import urllib3
from msgspec.structs import replace
from urllib3.exceptions import HTTPError

from chalicelib.adapters.aws.egress_guard import Forbidden, pool, target
from chalicelib.domain.kernel.enums import Source
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.timestamps import Instant, format_instant
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.platforms import woocommerce
from chalicelib.domain.platforms.events import PlatformReturn, ReturnLine
from chalicelib.domain.platforms.reconciliation import OrderPage
from chalicelib.domain.platforms.shopify.graphql.orders import parse_order_answer, parse_orders_answer
from chalicelib.domain.platforms.shopify.graphql.pages import (
    LINES,
    RETURN_LINES,
    append_page,
    find_incomplete_orders,
    next_cursor,
)
from chalicelib.domain.platforms.shopify.graphql.queries import LINES as MORE_LINES
from chalicelib.domain.platforms.shopify.graphql.queries import ORDER, ORDERS, RETURN, VERSION
from chalicelib.domain.platforms.shopify.graphql.returns import parse_return_answer
from chalicelib.domain.shops.webhook_sources import Access
from chalicelib.usecases.ports import RetryLater, Secrets

T = TypeVar("T")
TIMEOUT = urllib3.Timeout(connect=3, read=8)
MAX_BYTES = 2 * 1024 * 1024
NOT_FOUND, WOO_PAGE_SIZE, MAX_PAGES = 404, 50, 30


class PlatformUnavailable(RetryLater):
    """The platform did not answer, or answered with an error; the request is repeated later."""


class HttpPlatforms:
    """The `Platforms` over HTTP. On the `local` stage plain http and loopback addresses are allowed, too."""

    def __init__(self, secrets: Secrets, stage: str) -> None:
        self.secrets, self.local = secrets, stage == "local"

    def order(self, shop: str, source: Source, order: str) -> OrderUpdate | None:
        """The order as the platform has it now."""
        access = self.secrets.access(shop, source)
        if access is None or not order.isdecimal():
            return None
        if source == "shopify":
            return self._shopify_order(access, order)
        body = self._send(access, "GET", f"/wp-json/wc/v3/orders/{quote(order)}", _basic(access), None)
        return _parse(woocommerce.read_order, body)

    def _shopify_order(self, access: Access, order: str) -> OrderUpdate | None:
        body = self._fetch_pages(access, ORDER, MORE_LINES, _gid("Order", order), LINES)
        return _parse(parse_order_answer, body)

    def orders_since(self, shop: str, source: Source, since: Instant, cursor: str | None) -> OrderPage | None:
        """A page of the orders that the platform has changed since this instant."""
        access = self.secrets.access(shop, source)
        if access is None:
            return None
        if source == "shopify":
            return self._shopify_orders(access, since, cursor)
        page = int(cursor or 1)
        changed = f"modified_after={format_instant(since)[:19]}&dates_are_gmt=true"
        query = f"{changed}&per_page={WOO_PAGE_SIZE}&page={page}&orderby=modified"
        body = self._send(access, "GET", f"/wp-json/wc/v3/orders?{query}&order=asc", _basic(access), None)
        orders = _parse(woocommerce.read_orders, body) or ()
        return OrderPage(orders, str(page + 1) if len(orders) == WOO_PAGE_SIZE else None)

    def _shopify_orders(self, access: Access, since: Instant, cursor: str | None) -> OrderPage | None:
        variables = {"changed": f"updated_at:>='{format_instant(since)}'", "after": cursor}
        answer = self._graphql(access, ORDERS, variables)
        page = _parse(parse_orders_answer, answer)
        incomplete = _parse(find_incomplete_orders, answer)
        return self._complete(access, page, incomplete) if page is not None and incomplete is not None else None

    def _complete(self, access: Access, page: OrderPage, incomplete: frozenset[str]) -> OrderPage:
        """The page with each order that did not fit into it fetched by itself."""
        orders = tuple(
            (self._shopify_order(access, order.external_id) or order) if order.external_id in incomplete else order
            for order in page.orders
        )
        return OrderPage(orders, page.next)

    def return_lines(self, shop: str, source: Source, identifier: str) -> tuple[ReturnLine, ...] | None:
        """The lines of the return as the platform has it now."""
        returned = self.returned(shop, source, identifier)
        return returned.lines if returned is not None else None

    def returned(self, shop: str, source: Source, identifier: str) -> PlatformReturn | None:
        """The return as the platform has it now; None if the platform has no returns."""
        access = self.secrets.access(shop, source)
        if access is None or source != "shopify" or not identifier.isdecimal():
            return None
        variables = _gid("Return", identifier) | {"after": None}
        returned = _parse(parse_return_answer, self._fetch_pages(access, RETURN, RETURN, variables, RETURN_LINES))
        return replace(returned, id=identifier) if returned is not None else None

    def _fetch_pages(
        self, access: Access, first: str, more: str, variables: dict[str, str | None], path: tuple[str, str]
    ) -> bytes | None:
        """The answer to the query `first`, with all pages of the list at this path. `more`: the query for the next
        pages."""
        body = self._graphql(access, first, variables)
        for _ in range(MAX_PAGES):
            after = _parse(lambda answer: next_cursor(answer, path), body)
            if body is None or after is None:
                return body
            page = self._graphql(access, more, variables | {"after": after})
            body = append_page(body, page, path) if page is not None else None
        raise PlatformUnavailable(f"{access.store} sent more than {MAX_PAGES} pages")

    def _graphql(self, access: Access, query: str, variables: dict[str, str | None]) -> bytes | None:
        headers = {"X-Shopify-Access-Token": access.token, "Content-Type": "application/json"}
        body = msgspec.json.encode({"query": query, "variables": variables})
        return self._send(access, "POST", f"/admin/api/{VERSION}/graphql.json", headers, body)

    def _send(
        self, access: Access, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> bytes | None:
        """The body of the answer; None if the platform does not have the object."""
        parts = urlsplit(f"{'http' if self.local else 'https'}://{access.store}")
        try:
            answer: Any = pool(parts, target(parts, self.local), TIMEOUT).urlopen(
                method,
                path,
                body=body,
                headers=headers | {"Host": parts.netloc},
                redirect=False,
                retries=False,
                preload_content=False,
            )
            text: bytes = answer.read(MAX_BYTES + 1)
            answer.close()
        except (Forbidden, HTTPError, OSError, ValueError) as error:
            raise PlatformUnavailable(f"{access.store} did not answer: {type(error).__name__}") from None
        if answer.status == NOT_FOUND:
            return None
        if answer.status != 200 or len(text) > MAX_BYTES:
            raise PlatformUnavailable(f"{access.store} answered {answer.status}")
        return text


def _gid(kind: str, number: str) -> dict[str, str | None]:
    return {"id": f"gid://shopify/{kind}/{number}"}


def _basic(access: Access) -> dict[str, str]:
    return urllib3.util.make_headers(basic_auth=access.token)


def _parse(parse: Callable[[bytes], T], body: bytes | None) -> T | None:
    """The parsed body; None without one. PlatformUnavailable if it cannot be parsed."""
    try:
        return parse(body) if body is not None else None
    except Invalid as wrong:
        raise PlatformUnavailable(f"the platform's answer was not understood: {wrong}") from None
