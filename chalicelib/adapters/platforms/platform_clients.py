"""Asking shops' platforms: Shopify's Admin API and WooCommerce's REST API."""

from typing import Any
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
from chalicelib.domain.platforms.shopify.graphql.orders import order_answer, orders_answer
from chalicelib.domain.platforms.shopify.graphql.pages import LINES, RETURN_LINES, cursor, cut_off, joined
from chalicelib.domain.platforms.shopify.graphql.queries import LINES as MORE_LINES
from chalicelib.domain.platforms.shopify.graphql.queries import ORDER, ORDERS, RETURN, VERSION
from chalicelib.domain.platforms.shopify.graphql.returns import return_answer
from chalicelib.domain.shops.webhook_sources import Access
from chalicelib.usecases.ports import RetryLater, Secrets

TIMEOUT = urllib3.Timeout(connect=3, read=8)
MOST_BYTES = 2 * 1024 * 1024
UNKNOWN, WOO_PAGE, MOST_PAGES = 404, 50, 30


class PlatformUnavailable(RetryLater):
    """The platform did not answer, or not as it should; it is asked again later."""


class HttpPlatforms:
    """The `Platforms` over HTTP. On the `local` stage plain http and loopback addresses are allowed, too."""

    def __init__(self, secrets: Secrets, stage: str) -> None:
        self.secrets, self.local = secrets, stage == "local"

    def order(self, shop: str, source: Source, order: str) -> OrderUpdate | None:
        """An order as the platform knows it now."""
        access = self.secrets.access(shop, source)
        if access is None or not order.isdecimal():
            return None
        if source == "shopify":
            asked = self._paged(access, ORDER, MORE_LINES, _id("Order", order), LINES)
            known: OrderUpdate | None = _read(order_answer, asked)
            return known
        found = self._send(access, "GET", f"/wp-json/wc/v3/orders/{quote(order)}", _basic(access), None)
        told: OrderUpdate | None = _read(woocommerce.read_order, found)
        return told

    def orders_since(self, shop: str, source: Source, since: Instant, cursor: str | None) -> OrderPage | None:
        """Orders the platform changed since then, a page of them."""
        access = self.secrets.access(shop, source)
        if access is None:
            return None
        if source == "shopify":
            asked = {"changed": f"updated_at:>='{format_instant(since)}'", "after": cursor}
            answer = self._graphql(access, ORDERS, asked)
            told: OrderPage | None = _read(orders_answer, answer)
            return self._completed(shop, told, _read(cut_off, answer)) if told is not None else None
        page = int(cursor or 1)
        changed = f"modified_after={format_instant(since)[:19]}&dates_are_gmt=true"
        query = f"{changed}&per_page={WOO_PAGE}&page={page}&orderby=modified"
        body = self._send(access, "GET", f"/wp-json/wc/v3/orders?{query}&order=asc", _basic(access), None)
        orders: tuple[OrderUpdate, ...] = _read(woocommerce.read_orders, body) or ()
        return OrderPage(orders, str(page + 1) if len(orders) == WOO_PAGE else None)

    def _completed(self, shop: str, page: OrderPage, cut: frozenset[str]) -> OrderPage:
        """The page with each order that did not fit into it asked for by itself."""
        orders = tuple(
            (self.order(shop, "shopify", one.external_id) or one) if one.external_id in cut else one
            for one in page.orders
        )
        return OrderPage(orders, page.next)

    def return_lines(self, shop: str, source: Source, identifier: str) -> tuple[ReturnLine, ...] | None:
        """The lines of a return, where the platform has returns."""
        told = self.returned(shop, source, identifier)
        return told.lines if told is not None else None

    def returned(self, shop: str, source: Source, identifier: str) -> PlatformReturn | None:
        """A return as the platform knows it now, where it has returns."""
        access = self.secrets.access(shop, source)
        if access is None or source != "shopify" or not identifier.isdecimal():
            return None
        found = self._paged(access, RETURN, RETURN, _id("Return", identifier) | {"after": None}, RETURN_LINES)
        told: PlatformReturn | None = _read(return_answer, found)
        return replace(told, id=identifier) if told is not None else None

    def _paged(
        self, access: Access, first: str, more: str, asked: dict[str, str | None], where: tuple[str, str]
    ) -> bytes | None:
        """The answer with all pages of what stands at that place in it."""
        body = self._graphql(access, first, asked)
        for _ in range(MOST_PAGES):
            after = _read(lambda known: cursor(known, where), body)
            if body is None or after is None:
                return body
            page = self._graphql(access, more, asked | {"after": after})
            body = joined(body, page, where) if page is not None else None
        raise PlatformUnavailable(f"{access.store} has no end of pages")

    def _graphql(self, access: Access, query: str, variables: dict[str, str | None]) -> bytes | None:
        headers = {"X-Shopify-Access-Token": access.token, "Content-Type": "application/json"}
        asked = msgspec.json.encode({"query": query, "variables": variables})
        return self._send(access, "POST", f"/admin/api/{VERSION}/graphql.json", headers, asked)

    def _send(
        self, access: Access, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> bytes | None:
        """The body of the answer; None when the platform does not know what was asked for."""
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
            text: bytes = answer.read(MOST_BYTES + 1)
            answer.close()
        except (Forbidden, HTTPError, OSError, ValueError) as error:
            raise PlatformUnavailable(f"{access.store} was asked: {type(error).__name__}") from None
        if answer.status == UNKNOWN:
            return None
        if answer.status != 200 or len(text) > MOST_BYTES:
            raise PlatformUnavailable(f"{access.store} answered {answer.status}")
        return text


def _id(kind: str, number: str) -> dict[str, str | None]:
    return {"id": f"gid://shopify/{kind}/{number}"}


def _basic(access: Access) -> dict[str, str]:
    return urllib3.util.make_headers(basic_auth=access.token)


def _read(read: Any, body: bytes | None) -> Any:
    try:
        return read(body) if body is not None else None
    except Invalid as wrong:
        raise PlatformUnavailable(f"the platform's answer was not understood: {wrong}") from None
