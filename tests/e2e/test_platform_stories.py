"""A shop on Shopify: its webhooks are incomplete or missed, and the platform is asked."""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chalicelib.domain.kernel.timestamps import DAY_MS
from tests.support.cloud.stories import FIXTURES, shopify
from tests.support.cloud.world import World

ANSWERS = FIXTURES / "shopify_answers"


@contextmanager
def admin_api(asked: list[str]) -> Iterator[str]:
    """A platform on the loopback address with recorded answers; its host."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["query"]
            name = "return" if "return(" in query else "orders" if "orders(" in query else "order"
            asked.append(name)
            body = (ANSWERS / f"{name}.json").read_bytes().replace(b'"hasNextPage": true', b'"hasNextPage": false')
            self.send_response(200 if self.headers["X-Shopify-Access-Token"] == "a-token-for-tests" else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def connected(world: World, host: str) -> None:
    body = {"store": host, "token": "a-token-for-tests"}
    made = world.stack.request("PUT", f"/v1/shops/{world.shop}/sources/shopify", body, world.admin)
    assert (made.status, made.body["store"]) == (200, host), made


def test_a_return_without_lines_of_an_unknown_order_is_asked_for_before_it_is_opened(world: World) -> None:
    asked: list[str] = []
    with admin_api(asked) as host:
        connected(world, host)
        shopify(world, "returns-request-without-lines", {})
        case = world.case_of("shopify/return/9100000000001")
    assert asked == ["order", "return"]
    assert case["customer"]["email"] == "ines@example.org"
    assert [(item["sku"], item["quantity"]) for item in case["flow"]["items"]] == [
        ("LAN-BLUE", 2),
        ("line-unverified-2", 1),
    ]
    assert (case["order"]["number"], case["flow"]["reason"]) == ("1042", "size_too_small")


def test_what_a_webhook_missed_is_found_at_night_counted_and_fetched(world: World) -> None:
    asked: list[str] = []
    with admin_api(asked) as host:
        connected(world, host)
        _as_nightfall_does(world)
        path = f"/v1/shops/{world.shop}/sources/shopify"

        def reconciled() -> Any:
            result = world.stack.request("GET", path, token=world.admin).body["reconciled"]
            return result if result and result["checked"] else None

        assert world.eventually(reconciled, "the nightly reconciliation") == {
            "day": "2026-11-19",
            "checked": 1,
            "unknown": 1,
            "changed": 0,
            "refunds": 1,
        }
    buyer = world.get(f"/v1/customers?shop={world.shop}&email=ines%40example.org").body["items"]
    (order,) = world.get(f"/v1/customers/{buyer[0]['id']}/orders").body["items"]
    assert (order["number"], len(order["parcels"]), order["refunds"][0]["amount"]["amount"]) == ("1042", 1, "49.90")


def _as_nightfall_does(world: World) -> None:
    """Write the item that starts the nightly reconciliation, so that the test need not wait for the schedule."""
    since = 1_795_000_000_000 - DAY_MS
    page = {"shop": world.shop, "source": "shopify", "day": "2026-11-19", "since": since}
    item = {
        "pk": {"S": f"RECON#{world.shop}"},
        "sk": {"S": "shopify#2026-11-19#000000"},
        "relay": {"S": "intake"},
        "page": {"S": json.dumps(page)},
        "nonce": {"S": uuid.uuid4().hex},
    }
    world.stack.client("dynamodb").put_item(TableName=world.stack.outputs["TableName"], Item=item)
