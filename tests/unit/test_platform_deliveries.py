"""Deliveries of platforms: Events with their own headers, times that headers tell, and orders too large to be kept."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.errors import TooLarge, Unauthentic
from chalicelib.domain.ids import key_in
from chalicelib.domain.instants import MINUTE, parse, show
from chalicelib.domain.platforms.orders import PlatformOrder
from chalicelib.domain.platforms.told import ReturnLine, ReturnTold
from chalicelib.usecases.open_case import case_key
from chalicelib.usecases.process_receipt import process_receipt
from chalicelib.usecases.receive_hook import MAX_BYTES, MAX_PLATFORM_BYTES, Taken, receive_hook
from tests.fakes import NOON, FakeDesk
from tests.support.signatures import platform_signature
from tests.unit.test_platforms import ORDER, body_of, case_of, hear, heard, sale_of, shopify, woocommerce

CHANGED = {"added": [], "updated": [f"order[id: 'gid://shopify/Order/{ORDER}'].totalPriceSet"], "removed": []}


def event(
    desk: FakeDesk, topic: str, action: str, changed: Any, delivery: str = "e-1", secret: str = "shopify-secret"
) -> Taken:
    """An event as Shopify signs and sends it."""
    body = json.dumps({"topic": topic, "action": action, "handle": "ours", "fields_changed": changed}).encode()
    headers = {
        "Shopify-Hmac-Sha256": platform_signature(secret, body), "Shopify-Webhook-Id": delivery,
        "Shopify-Topic": topic, "Shopify-Shop-Domain": "lantern.example", "Shopify-API-Version": "2026-10",
        "Shopify-Triggered-At": show(NOON - MINUTE),
    }  # fmt: skip
    taken = receive_hook(desk, "demo", "shopify", headers, body)
    assert taken is not None
    return taken


@pytest.mark.parametrize("changed", [CHANGED, CHANGED["updated"]], ids=["since September 2026", "before"])
def test_an_event_has_its_order_asked_for_and_kept_as_a_whole(changed: Any) -> None:
    desk = FakeDesk()
    hear(desk, "orders-create", "fulfillments-update")
    desk.platforms.orders[ORDER] = PlatformOrder(external_id=ORDER, whole=("parcels",), occurred_at=None)
    taken = event(desk, "Order", "update", changed)
    assert (taken.receipt.type, taken.receipt.sent_at, heard(desk, taken).state) == (
        "Order/update", NOON - MINUTE, "processed",
    )  # fmt: skip
    assert desk.platforms.asked == [f"order {ORDER}"]
    assert sale_of(desk).parcels == ()


def test_an_event_is_known_again_and_a_wrong_signature_is_refused() -> None:
    desk = FakeDesk()
    first, again = event(desk, "Order", "update", CHANGED), event(desk, "Order", "update", CHANGED)
    assert (first.duplicate, again.duplicate) == (False, True)
    assert not event(desk, "Order", "update", CHANGED, delivery="e-2").duplicate
    with pytest.raises(Unauthentic):
        event(desk, "Order", "update", CHANGED, secret="another-secret")


def test_an_event_of_a_return_is_heard_as_the_platform_answers() -> None:
    desk = FakeDesk()
    hear(desk, "orders-create")
    desk.platforms.whole_returns["9100000000001"] = ReturnTold(
        id="9100000000001", order=ORDER, state="approved", lines=(ReturnLine("11001", 1, "late"),)
    )
    taken = event(desk, "Return", "update", {"added": ["return[id: 'gid://shopify/Return/9100000000001']"]})
    assert heard(desk, taken).state == "processed"
    flow = case_of(desk).flow
    assert flow is not None
    assert (flow.state, flow.reason, [one.sku for one in flow.items]) == ("approved", "late", ["LAN-BLUE"])


def test_what_cannot_be_asked_of_the_platform_fails_visibly_and_can_be_done_again() -> None:
    desk = FakeDesk()
    taken = event(desk, "Order", "update", CHANGED)
    failed = heard(desk, taken)
    assert (failed.state, ORDER in (failed.reason or "")) == ("failed", True)
    desk.platforms.orders[ORDER] = PlatformOrder(external_id=ORDER)
    assert heard(desk, taken).state == "processed"


def test_an_order_that_is_gone_is_called_off_and_topics_nothing_follows_from_are_ignored() -> None:
    desk = FakeDesk()
    hear(desk, "orders-create")
    gone = {"removed": [f"order[id: 'gid://shopify/Order/{ORDER}']"]}
    assert heard(desk, event(desk, "Order", "delete", gone)).state == "processed"
    assert sale_of(desk).cancelled_at == NOON - MINUTE
    assert event(desk, "Product", "update", {}, delivery="e-3").receipt.state == "ignored"


def large(lines: int, pad: int) -> bytes:
    """An order of so many lines, each with so much beside what is read of it."""
    body = json.loads(body_of("shopify", "orders-create"))
    line = body["line_items"][0] | {"properties": [{"name": "engraving", "value": "x" * pad}]}
    body["line_items"] = [line | {"id": number, "sku": f"SKU-{number}"} for number in range(1, lines + 1)]
    return json.dumps(body).encode()


def test_an_order_of_hundreds_of_lines_is_taken_with_all_that_is_read_of_it() -> None:
    desk, body, lines = FakeDesk(), large(300, 2_500), 300
    assert MAX_BYTES < len(body) < MAX_PLATFORM_BYTES
    taken = shopify(desk, "orders-create", body=body)
    assert len(taken.receipt.body) < MAX_BYTES
    assert heard(desk, taken).state == "processed"
    assert len(sale_of(desk).order.items) == lines
    assert sale_of(desk).number == "1042"
    assert desk.platforms.asked == []


def test_an_order_that_is_too_large_even_so_is_asked_for() -> None:
    desk = FakeDesk()
    desk.platforms.orders[ORDER] = PlatformOrder(external_id=ORDER, number="1042")
    taken = shopify(desk, "orders-create", body=large(4_500, 10))
    assert (taken.receipt.type, heard(desk, taken).state) == ("orders/too_large", "processed")
    assert desk.platforms.asked == [f"order {ORDER}"]
    assert sale_of(desk).number == "1042"


def test_a_large_order_of_woocommerce_is_taken_too() -> None:
    body = json.loads(body_of("woocommerce", "order-created"))
    body["line_items"] = [
        body["line_items"][0] | {"id": number, "meta_data": [{"key": "k", "value": "x" * 2_000}]}
        for number in range(300)
    ]
    desk = FakeDesk()
    assert heard(desk, woocommerce(desk, "order-created", body=json.dumps(body).encode())).state == "processed"
    assert len(sale_of(desk, "727").order.items) == 300


def test_a_large_body_that_nothing_can_be_kept_of_is_taken_and_says_so() -> None:
    desk = FakeDesk()
    taken = shopify(desk, "disputes-create", body=b" " * MAX_BYTES + body_of("shopify", "disputes-create"))
    assert (taken.receipt.state, taken.receipt.body) == ("failed", b"")
    assert "nothing of it could be kept" in (taken.receipt.reason or "")


def test_what_is_larger_than_a_function_is_called_with_is_refused() -> None:
    with pytest.raises(TooLarge):
        shopify(FakeDesk(), "orders-create", body=b" " * (MAX_PLATFORM_BYTES + 1))


@pytest.mark.parametrize("told", ["2026-11-20T03:59:00Z", "2026-11-20T03:59:00.123456789Z"])
def test_what_says_no_time_happened_when_shopify_says_it_was_triggered(told: str) -> None:
    desk, body = FakeDesk(), body_of("shopify", "orders-delete")
    headers = {
        "X-Shopify-Topic": "orders/delete", "X-Shopify-Hmac-Sha256": platform_signature("shopify-secret", body),
        "X-Shopify-Triggered-At": told,
    }  # fmt: skip
    taken = receive_hook(desk, "demo", "shopify", headers, body)
    assert taken is not None
    process_receipt(desk, taken.receipt.id)
    gone = sale_of(desk).cancelled_at
    assert gone is not None
    assert gone // 1000 == parse("2026-11-20T03:59:00Z") // 1000


@pytest.mark.parametrize("told", ["2026-11-21T00:00:00Z", "soon", ""])
def test_a_header_is_trusted_with_nothing_but_order(told: str) -> None:
    desk, body = FakeDesk(), body_of("shopify", "orders-delete")
    headers = {
        "X-Shopify-Topic": "orders/delete", "X-Shopify-Hmac-Sha256": platform_signature("shopify-secret", body),
        "X-Shopify-Triggered-At": told,
    }  # fmt: skip
    taken = receive_hook(desk, "demo", "shopify", headers, body)
    assert taken is not None
    process_receipt(desk, taken.receipt.id)
    assert sale_of(desk).cancelled_at == NOON


@pytest.mark.parametrize("names", [("disputes-update", "disputes-create"), ("disputes-update", "disputes-update")])
def test_a_dispute_that_was_decided_before_we_heard_of_it_asks_nobody_for_anything(names: tuple[str, ...]) -> None:
    desk = FakeDesk()
    hear(desk, "orders-create")
    for place, name in enumerate(names):
        assert heard(desk, shopify(desk, name, delivery=str(place))).state == "processed"
    assert desk.cases.load(case_key("demo", "shopify/dispute/3100000000001")).case is None
    assert [(one.id, one.state) for one in sale_of(desk).disputes] == [("3100000000001", "won")]


@pytest.mark.parametrize(
    ("names", "outcome"), [(("disputes-create", "disputes-update"), "won"), (("disputes-create",), None)]
)
def test_a_disputes_task_is_done_when_the_bank_has_decided(names: tuple[str, ...], outcome: str | None) -> None:
    desk = FakeDesk()
    hear(desk, "orders-create")
    for place, name in enumerate(names):
        heard(desk, shopify(desk, name, delivery=str(place)))
    case = case_of(desk, "shopify/dispute/3100000000001")
    assert [(one.department, one.open, one.outcome) for one in case.tasks] == [("finance", outcome is None, outcome)]


def test_a_redaction_that_stops_half_way_is_begun_again_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = FakeDesk()
    hear(desk, "orders-create")
    guest = json.loads(body_of("shopify", "orders-create")) | {"id": 52, "customer": None}
    heard(desk, shopify(desk, "orders-create", delivery="guest", body=json.dumps(guest).encode()))
    account, other = (key_in(str(sale_of(desk, order).customer)) for order in (ORDER, "52"))
    taken = shopify(desk, "customers-redact")
    erase = desk.customers.erase

    def once(shop: str, key: str, now: int) -> None:
        erase(shop, key, now)
        monkeypatch.setattr(desk.customers, "erase", lambda *_: 1 / 0)

    monkeypatch.setattr(desk.customers, "erase", once)
    with pytest.raises(ZeroDivisionError):
        process_receipt(desk, taken.receipt.id)
    key = key_in(taken.receipt.id)
    desk.receipts.kept[key] = replace(desk.receipts.kept[key], body=b"")  # it was sealed with what may be gone
    monkeypatch.setattr(desk.customers, "erase", erase)
    assert heard(desk, taken).state == "processed"
    assert {desk.customers.kept[one].erased_at for one in (account, other)} == {NOON}
