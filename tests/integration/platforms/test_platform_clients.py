"""Asking platforms over HTTP on the loopback address, against answers in the shapes they have."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chalicelib.adapters.platforms.platform_clients import HttpPlatforms, PlatformUnavailable
from chalicelib.domain.shops.webhook_sources import Access
from tests.fakes import NOON, FakeServices
from tests.fakes.shops import FakeSecrets
from tests.support.platforms.platform_webhooks import FIXTURES, ORDER, body_of, order_record_of, process_shopify


class Platform:
    """Gives recorded answers, and stores the requests."""

    def __init__(self) -> None:
        self.status, self.body = 200, b"{}"
        self.bodies: list[bytes] = []
        """Answers that are given first, one after the other."""
        self.asked: list[tuple[str, dict[str, str], bytes]] = []

    def answers(self, name: str, status: int = 200) -> None:
        self.status, self.body = status, (FIXTURES / "shopify_answers" / f"{name}.json").read_bytes()


@contextmanager
def serving(platform: Platform) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            platform.asked.append((self.path, dict(self.headers), body))
            answer = platform.bodies.pop(0) if platform.bodies else platform.body
            self.send_response(platform.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def asking(platform: Platform) -> Iterator[HttpPlatforms]:
    secrets = FakeSecrets()
    with serving(platform) as port:
        for source in ("shopify", "woocommerce"):
            secrets.accesses[source] = Access(f"127.0.0.1:{port}", "key:secret")
        yield HttpPlatforms(secrets, "local")


def test_shopify_is_asked_for_an_order_with_its_token_and_version(asking: HttpPlatforms, platform: Platform) -> None:
    platform.answers("order")
    order = asking.order("demo", "shopify", ORDER)
    assert order is not None
    ((path, headers, body),) = platform.asked
    assert (path, headers["X-Shopify-Access-Token"]) == ("/admin/api/2026-10/graphql.json", "key:secret")
    assert json.loads(body)["variables"] == {"id": f"gid://shopify/Order/{ORDER}"}
    assert (order.external_id, order.number, order.total and order.total.amount) == (ORDER, "1042", "102.80")
    assert [(one.sku, one.quantity, one.line) for one in order.items] == [
        ("LAN-BLUE", 2, "11001"),
        ("variant-602", 1, "11002"),
    ]
    assert order.customer is not None
    assert (order.customer.external_id, order.customer.email) == ("shopify/7000000000001", "ines@example.org")
    assert [(one.id, one.delivered_at is not None) for one in order.parcels] == [("6100000000001", True)]
    assert [one.amount.amount for one in order.refunds] == ["49.90"]


def test_an_order_sent_by_webhook_and_the_same_order_asked_for_are_one_order_record(
    asking: HttpPlatforms, platform: Platform
) -> None:
    services = FakeServices()
    process_shopify(services, "orders-create", "orders-fulfilled", "fulfillments-update", "refunds-create")
    before = order_record_of(services)
    platform.answers("order")
    order = asking.order("demo", "shopify", ORDER)
    assert order is not None
    assert order.order().items == before.order.items
    assert (order.order().total, order.order().shipping) == (before.order.total, before.order.shipping)
    assert [one.id for one in order.parcels] == [one.id for one in before.parcels]
    assert [one.id for one in order.refunds] == [one.id for one in before.refunds]


def test_the_lines_of_a_return_are_read_also_those_whose_thing_was_not_verified(
    asking: HttpPlatforms, platform: Platform
) -> None:
    platform.answers("return")
    lines = asking.return_lines("demo", "shopify", "9100000000001")
    assert lines is not None
    assert [(one.line, one.quantity, one.reason, one.note) for one in lines] == [
        ("11001", 2, "size_too_small", "aperta"),
        ("unverified-2", 1, "other", ""),
    ]
    answer = asking.returned("demo", "shopify", "9100000000001")
    assert answer is not None
    assert (answer.id, answer.order, answer.state, answer.exchange) == ("9100000000001", ORDER, "approved", False)


def test_more_lines_than_a_page_has_are_asked_for_page_by_page(asking: HttpPlatforms, platform: Platform) -> None:
    whole = json.loads((FIXTURES / "shopify_answers" / "order.json").read_bytes())
    lines = whole["data"]["order"]["lineItems"]
    pages = [
        lines
        | {
            "nodes": [lines["nodes"][0] | {"id": f"gid://shopify/LineItem/{page}{one}"} for one in range(40)],
            "pageInfo": {"hasNextPage": page < 7, "endCursor": f"after-{page}"},
        }
        for page in range(1, 8)
    ]
    platform.bodies = [
        json.dumps({"data": {"order": whole["data"]["order"] | {"lineItems": page}}}).encode() for page in pages
    ]
    order = asking.order("demo", "shopify", ORDER)
    assert order is not None
    assert len({one.line for one in order.items}) == 280
    asked = [json.loads(body)["variables"].get("after") for _, _, body in platform.asked]
    assert asked == [None, *(f"after-{page}" for page in range(1, 7))]


def test_an_order_that_does_not_fit_into_a_page_of_the_nightly_job_is_asked_for_alone(
    asking: HttpPlatforms, platform: Platform
) -> None:
    page = json.loads((FIXTURES / "shopify_answers" / "orders.json").read_bytes())
    page["data"]["orders"]["nodes"][0]["lineItems"]["pageInfo"] = {"hasNextPage": True, "endCursor": "x"}
    platform.bodies = [json.dumps(page).encode(), (FIXTURES / "shopify_answers" / "order.json").read_bytes()]
    found = asking.orders_since("demo", "shopify", NOON, None)
    assert found is not None
    assert [len(one.items) for one in found.orders] == [2]
    assert len(platform.asked) == 2


def test_what_the_platform_does_not_know_is_none(asking: HttpPlatforms, platform: Platform) -> None:
    platform.answers("order-unknown")
    assert asking.order("demo", "shopify", ORDER) is None
    platform.status = 404
    assert asking.order("demo", "woocommerce", "727") is None
    assert asking.order("demo", "shopify", "not-a-number") is None
    assert asking.return_lines("demo", "woocommerce", "1") is None


@pytest.mark.parametrize(("name", "status"), [("throttled", 200), ("order", 500), ("order", 302), ("order", 401)])
def test_an_answer_that_is_none_is_asked_for_again_later(
    asking: HttpPlatforms, platform: Platform, name: str, status: int
) -> None:
    platform.answers(name, status)
    with pytest.raises(PlatformUnavailable):
        asking.order("demo", "shopify", ORDER)


def test_a_platform_that_is_away_is_asked_again_later_and_the_words_name_no_token() -> None:
    secrets = FakeSecrets()
    secrets.accesses["shopify"] = Access("127.0.0.1:9", "key:secret")
    with pytest.raises(PlatformUnavailable) as away:
        HttpPlatforms(secrets, "local").order("demo", "shopify", ORDER)
    assert "secret" not in str(away.value)
    assert away.value.__suppress_context__


def test_in_deployed_stages_only_https_and_public_hosts_are_asked() -> None:
    secrets = FakeSecrets()
    secrets.accesses["shopify"] = Access("localhost", "key:secret")
    with pytest.raises(PlatformUnavailable, match="Forbidden"):
        HttpPlatforms(secrets, "prod").order("demo", "shopify", ORDER)


def test_orders_that_changed_come_by_the_page_from_both_platforms(asking: HttpPlatforms, platform: Platform) -> None:
    platform.answers("orders")
    page = asking.orders_since("demo", "shopify", NOON, None)
    assert page is not None
    assert ([one.external_id for one in page.orders], page.next) == ([ORDER], "eyJsYXN0X2lkIjo1fQ==")
    assert json.loads(platform.asked[-1][2])["variables"] == {
        "changed": "updated_at:>='2026-11-20T04:00:00.000Z'",
        "after": None,
    }
    whole = json.loads(body_of("woocommerce", "order-created"))
    platform.body = json.dumps([whole] * 50).encode()
    page = asking.orders_since("demo", "woocommerce", NOON, "2")
    assert page is not None
    assert (len(page.orders), page.next) == (50, "3")
    path, headers, _ = platform.asked[-1]
    assert "modified_after=2026-11-20T04:00:00&dates_are_gmt=true" in path
    assert headers["authorization"].startswith("Basic ")
