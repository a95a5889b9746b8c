"""Deliveries of platforms: Events with their own headers, times that headers tell, and orders too large to be kept."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.kernel.errors import InvalidSignature, TooLarge
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import MINUTE_MS, format_instant, parse_instant
from chalicelib.domain.orders.platform_order import PlatformOrder
from chalicelib.domain.platforms.events import PlatformReturn, ReturnLine
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.intake.receive_webhook import MAX_BYTES, MAX_PLATFORM_BYTES, Accepted, receive_webhook
from tests.fakes import NOON, FakeServices
from tests.support.signatures import platform_signature
from tests.unit.test_platforms import ORDER, body_of, case_of, hear, heard, sale_of, shopify, woocommerce

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
    hear(services, "orders-create", "fulfillments-update")
    services.platforms.orders[ORDER] = PlatformOrder(external_id=ORDER, whole=("parcels",), occurred_at=None)
    taken = event(services, "Order", "update", changed)
    assert (taken.receipt.type, taken.receipt.sent_at, heard(services, taken).state) == (
        "Order/update",
        NOON - MINUTE_MS,
        "processed",
    )
    assert services.platforms.asked == [f"order {ORDER}"]
    assert sale_of(services).parcels == ()


def test_an_event_is_known_again_and_a_wrong_signature_is_refused() -> None:
    services = FakeServices()
    first, again = event(services, "Order", "update", CHANGED), event(services, "Order", "update", CHANGED)
    assert (first.duplicate, again.duplicate) == (False, True)
    assert not event(services, "Order", "update", CHANGED, delivery="e-2").duplicate
    with pytest.raises(InvalidSignature):
        event(services, "Order", "update", CHANGED, secret="another-secret")


def test_an_event_of_a_return_is_heard_as_the_platform_answers() -> None:
    services = FakeServices()
    hear(services, "orders-create")
    services.platforms.whole_returns["9100000000001"] = PlatformReturn(
        id="9100000000001", order=ORDER, state="approved", lines=(ReturnLine("11001", 1, "late"),)
    )
    taken = event(services, "Return", "update", {"added": ["return[id: 'gid://shopify/Return/9100000000001']"]})
    assert heard(services, taken).state == "processed"
    flow = case_of(services).flow
    assert flow is not None
    assert (flow.state, flow.reason, [one.sku for one in flow.items]) == ("approved", "late", ["LAN-BLUE"])


def test_what_cannot_be_asked_of_the_platform_fails_visibly_and_can_be_done_again() -> None:
    services = FakeServices()
    taken = event(services, "Order", "update", CHANGED)
    failed = heard(services, taken)
    assert (failed.state, ORDER in (failed.reason or "")) == ("failed", True)
    services.platforms.orders[ORDER] = PlatformOrder(external_id=ORDER)
    assert heard(services, taken).state == "processed"


def test_an_order_that_is_gone_is_called_off_and_topics_nothing_follows_from_are_ignored() -> None:
    services = FakeServices()
    hear(services, "orders-create")
    gone = {"removed": [f"order[id: 'gid://shopify/Order/{ORDER}']"]}
    assert heard(services, event(services, "Order", "delete", gone)).state == "processed"
    assert sale_of(services).cancelled_at == NOON - MINUTE_MS
    assert event(services, "Product", "update", {}, delivery="e-3").receipt.state == "ignored"


def large(lines: int, pad: int) -> bytes:
    """An order of so many lines, each with so much beside what is read of it."""
    body = json.loads(body_of("shopify", "orders-create"))
    line = body["line_items"][0] | {"properties": [{"name": "engraving", "value": "x" * pad}]}
    body["line_items"] = [line | {"id": number, "sku": f"SKU-{number}"} for number in range(1, lines + 1)]
    return json.dumps(body).encode()


def test_an_order_of_hundreds_of_lines_is_taken_with_all_that_is_read_of_it() -> None:
    services, body, lines = FakeServices(), large(300, 2_500), 300
    assert MAX_BYTES < len(body) < MAX_PLATFORM_BYTES
    taken = shopify(services, "orders-create", body=body)
    assert len(taken.receipt.body) < MAX_BYTES
    assert heard(services, taken).state == "processed"
    assert len(sale_of(services).order.items) == lines
    assert sale_of(services).number == "1042"
    assert services.platforms.asked == []


def test_an_order_that_is_too_large_even_so_is_asked_for() -> None:
    services = FakeServices()
    services.platforms.orders[ORDER] = PlatformOrder(external_id=ORDER, number="1042")
    taken = shopify(services, "orders-create", body=large(4_500, 10))
    assert (taken.receipt.type, heard(services, taken).state) == ("orders/too_large", "processed")
    assert services.platforms.asked == [f"order {ORDER}"]
    assert sale_of(services).number == "1042"


def test_a_large_order_of_woocommerce_is_taken_too() -> None:
    body = json.loads(body_of("woocommerce", "order-created"))
    body["line_items"] = [
        body["line_items"][0] | {"id": number, "meta_data": [{"key": "k", "value": "x" * 2_000}]}
        for number in range(300)
    ]
    services = FakeServices()
    assert heard(services, woocommerce(services, "order-created", body=json.dumps(body).encode())).state == "processed"
    assert len(sale_of(services, "727").order.items) == 300


def test_a_large_body_that_nothing_can_be_kept_of_is_taken_and_says_so() -> None:
    services = FakeServices()
    taken = shopify(services, "disputes-create", body=b" " * MAX_BYTES + body_of("shopify", "disputes-create"))
    assert (taken.receipt.state, taken.receipt.body) == ("failed", b"")
    assert "nothing of it could be kept" in (taken.receipt.reason or "")


def test_what_is_larger_than_a_function_is_called_with_is_refused() -> None:
    with pytest.raises(TooLarge):
        shopify(FakeServices(), "orders-create", body=b" " * (MAX_PLATFORM_BYTES + 1))


@pytest.mark.parametrize("told", ["2026-11-20T03:59:00Z", "2026-11-20T03:59:00.123456789Z"])
def test_what_says_no_time_happened_when_shopify_says_it_was_triggered(told: str) -> None:
    services, body = FakeServices(), body_of("shopify", "orders-delete")
    headers = {
        "X-Shopify-Topic": "orders/delete",
        "X-Shopify-Hmac-Sha256": platform_signature("shopify-secret", body),
        "X-Shopify-Triggered-At": told,
    }
    taken = receive_webhook(services, "demo", "shopify", headers, body)
    assert taken is not None
    process_receipt(services, taken.receipt.id)
    gone = sale_of(services).cancelled_at
    assert gone is not None
    assert gone // 1000 == parse_instant("2026-11-20T03:59:00Z") // 1000


@pytest.mark.parametrize("told", ["2026-11-21T00:00:00Z", "soon", ""])
def test_a_header_is_trusted_with_nothing_but_order(told: str) -> None:
    services, body = FakeServices(), body_of("shopify", "orders-delete")
    headers = {
        "X-Shopify-Topic": "orders/delete",
        "X-Shopify-Hmac-Sha256": platform_signature("shopify-secret", body),
        "X-Shopify-Triggered-At": told,
    }
    taken = receive_webhook(services, "demo", "shopify", headers, body)
    assert taken is not None
    process_receipt(services, taken.receipt.id)
    assert sale_of(services).cancelled_at == NOON


@pytest.mark.parametrize("names", [("disputes-update", "disputes-create"), ("disputes-update", "disputes-update")])
def test_a_dispute_that_was_decided_before_we_heard_of_it_asks_nobody_for_anything(names: tuple[str, ...]) -> None:
    services = FakeServices()
    hear(services, "orders-create")
    for place, name in enumerate(names):
        assert heard(services, shopify(services, name, delivery=str(place))).state == "processed"
    assert services.cases.load(case_key("demo", "shopify/dispute/3100000000001")).case is None
    assert [(one.id, one.state) for one in sale_of(services).disputes] == [("3100000000001", "won")]


@pytest.mark.parametrize(
    ("names", "outcome"), [(("disputes-create", "disputes-update"), "won"), (("disputes-create",), None)]
)
def test_a_disputes_task_is_done_when_the_bank_has_decided(names: tuple[str, ...], outcome: str | None) -> None:
    services = FakeServices()
    hear(services, "orders-create")
    for place, name in enumerate(names):
        heard(services, shopify(services, name, delivery=str(place)))
    case = case_of(services, "shopify/dispute/3100000000001")
    assert [(one.department, one.open, one.outcome) for one in case.tasks] == [("finance", outcome is None, outcome)]


def test_a_redaction_that_stops_half_way_is_begun_again_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices()
    hear(services, "orders-create")
    guest = json.loads(body_of("shopify", "orders-create")) | {"id": 52, "customer": None}
    heard(services, shopify(services, "orders-create", delivery="guest", body=json.dumps(guest).encode()))
    account, other = (key_of_id(str(sale_of(services, order).customer)) for order in (ORDER, "52"))
    taken = shopify(services, "customers-redact")
    erase = services.customers.erase

    def idempotency(shop: str, key: str, now: int) -> None:
        erase(shop, key, now)
        monkeypatch.setattr(services.customers, "erase", lambda *_: 1 / 0)

    monkeypatch.setattr(services.customers, "erase", idempotency)
    with pytest.raises(ZeroDivisionError):
        process_receipt(services, taken.receipt.id)
    key = key_of_id(taken.receipt.id)
    services.receipts.kept[key] = replace(services.receipts.kept[key], body=b"")  # it was sealed with what may be gone
    monkeypatch.setattr(services.customers, "erase", erase)
    assert heard(services, taken).state == "processed"
    assert {services.customers.kept[one].erased_at for one in (account, other)} == {NOON}
