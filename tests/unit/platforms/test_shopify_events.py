"""Shopify's Events, with their own headers: the object is fetched and stored as a whole."""

import json
from typing import Any

import pytest

from chalicelib.domain.kernel.errors import InvalidSignature
from chalicelib.domain.kernel.timestamps import MINUTE_MS, format_instant
from chalicelib.domain.orders.platform_order import PlatformOrder
from chalicelib.domain.platforms.events import PlatformReturn, ReturnLine
from chalicelib.usecases.intake.receive_webhook import Accepted, receive_webhook
from tests.fakes import NOON, FakeServices
from tests.support.platforms.platform_webhooks import ORDER, case_of, order_record_of, process, process_shopify
from tests.support.platforms.signatures import platform_signature

CHANGED = {"added": [], "updated": [f"order[id: 'gid://shopify/Order/{ORDER}'].totalPriceSet"], "removed": []}


def event(
    services: FakeServices, topic: str, action: str, changed: Any, delivery: str = "e-1", secret: str = "shopify-secret"
) -> Accepted:
    """An event as Shopify signs and sends it."""
    body = json.dumps({"topic": topic, "action": action, "handle": "ours", "fields_changed": changed}).encode()
    headers = {
        "Shopify-Hmac-Sha256": platform_signature(secret, body),
        "Shopify-Webhook-Id": delivery,
        "Shopify-Topic": topic,
        "Shopify-Shop-Domain": "lantern.example",
        "Shopify-API-Version": "2026-10",
        "Shopify-Triggered-At": format_instant(NOON - MINUTE_MS),
    }
    taken = receive_webhook(services, "demo", "shopify", headers, body)
    assert taken is not None
    return taken


@pytest.mark.parametrize("changed", [CHANGED, CHANGED["updated"]], ids=["since September 2026", "before"])
def test_an_event_has_its_order_asked_for_and_kept_as_a_whole(changed: Any) -> None:
    services = FakeServices()
    process_shopify(services, "orders-create", "fulfillments-update")
    services.platforms.orders[ORDER] = PlatformOrder(external_id=ORDER, whole=("parcels",), occurred_at=None)
    taken = event(services, "Order", "update", changed)
    assert (taken.receipt.type, taken.receipt.sent_at, process(services, taken).state) == (
        "Order/update",
        NOON - MINUTE_MS,
        "processed",
    )
    assert services.platforms.asked == [f"order {ORDER}"]
    assert order_record_of(services).parcels == ()


def test_an_event_is_known_again_and_a_wrong_signature_is_refused() -> None:
    services = FakeServices()
    first, again = event(services, "Order", "update", CHANGED), event(services, "Order", "update", CHANGED)
    assert (first.duplicate, again.duplicate) == (False, True)
    assert not event(services, "Order", "update", CHANGED, delivery="e-2").duplicate
    with pytest.raises(InvalidSignature):
        event(services, "Order", "update", CHANGED, secret="another-secret")


def test_an_event_of_a_return_is_handled_as_the_platform_answers() -> None:
    services = FakeServices()
    process_shopify(services, "orders-create")
    services.platforms.whole_returns["9100000000001"] = PlatformReturn(
        id="9100000000001", order=ORDER, state="approved", lines=(ReturnLine("11001", 1, "late"),)
    )
    taken = event(services, "Return", "update", {"added": ["return[id: 'gid://shopify/Return/9100000000001']"]})
    assert process(services, taken).state == "processed"
    flow = case_of(services).flow
    assert flow is not None
    assert (flow.state, flow.reason, [one.sku for one in flow.items]) == ("approved", "late", ["LAN-BLUE"])


def test_what_cannot_be_asked_of_the_platform_fails_visibly_and_can_be_done_again() -> None:
    services = FakeServices()
    taken = event(services, "Order", "update", CHANGED)
    failed = process(services, taken)
    assert (failed.state, ORDER in (failed.reason or "")) == ("failed", True)
    services.platforms.orders[ORDER] = PlatformOrder(external_id=ORDER)
    assert process(services, taken).state == "processed"


def test_an_order_that_is_gone_is_called_off_and_topics_nothing_follows_from_are_ignored() -> None:
    services = FakeServices()
    process_shopify(services, "orders-create")
    gone = {"removed": [f"order[id: 'gid://shopify/Order/{ORDER}']"]}
    assert process(services, event(services, "Order", "delete", gone)).state == "processed"
    assert order_record_of(services).cancelled_at == NOON - MINUTE_MS
    assert event(services, "Product", "update", {}, delivery="e-3").receipt.state == "ignored"
