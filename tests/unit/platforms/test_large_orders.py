"""Orders that are too large for a receipt are stored in part, or fetched."""

import json

import pytest

from chalicelib.domain.kernel.errors import TooLarge
from chalicelib.domain.orders.platform_order import PlatformOrder
from chalicelib.usecases.intake.receive_webhook import MAX_BYTES, MAX_PLATFORM_BYTES
from tests.fakes import FakeServices
from tests.support.platforms.platform_webhooks import ORDER, body_of, order_record_of, process, shopify, woocommerce


def large(lines: int, pad: int) -> bytes:
    """An order with many lines, each with unread fields of a given size."""
    body = json.loads(body_of("shopify", "orders-create"))
    line = body["line_items"][0] | {"properties": [{"name": "engraving", "value": "x" * pad}]}
    body["line_items"] = [line | {"id": number, "sku": f"SKU-{number}"} for number in range(1, lines + 1)]
    return json.dumps(body).encode()


def test_an_order_of_hundreds_of_lines_is_taken_with_all_that_is_read_of_it() -> None:
    services, body, lines = FakeServices(), large(300, 2_500), 300
    assert MAX_BYTES < len(body) < MAX_PLATFORM_BYTES
    taken = shopify(services, "orders-create", body=body)
    assert len(taken.receipt.body) < MAX_BYTES
    assert process(services, taken).state == "processed"
    assert len(order_record_of(services).order.items) == lines
    assert order_record_of(services).number == "1042"
    assert services.platforms.asked == []


def test_an_order_that_is_too_large_even_so_is_asked_for() -> None:
    services = FakeServices()
    services.platforms.orders[ORDER] = PlatformOrder(external_id=ORDER, number="1042")
    taken = shopify(services, "orders-create", body=large(4_500, 10))
    assert (taken.receipt.type, process(services, taken).state) == ("orders/too_large", "processed")
    assert services.platforms.asked == [f"order {ORDER}"]
    assert order_record_of(services).number == "1042"


def test_a_large_order_of_woocommerce_is_taken_too() -> None:
    body = json.loads(body_of("woocommerce", "order-created"))
    body["line_items"] = [
        body["line_items"][0] | {"id": number, "meta_data": [{"key": "k", "value": "x" * 2_000}]}
        for number in range(300)
    ]
    services = FakeServices()
    assert (
        process(services, woocommerce(services, "order-created", body=json.dumps(body).encode())).state == "processed"
    )
    assert len(order_record_of(services, "727").order.items) == 300


def test_a_large_body_that_nothing_can_be_kept_of_is_taken_and_says_so() -> None:
    services = FakeServices()
    taken = shopify(services, "disputes-create", body=b" " * MAX_BYTES + body_of("shopify", "disputes-create"))
    assert (taken.receipt.state, taken.receipt.body) == ("failed", b"")
    assert "nothing of it could be kept" in (taken.receipt.reason or "")


def test_what_is_larger_than_a_function_is_called_with_is_refused() -> None:
    with pytest.raises(TooLarge):
        shopify(FakeServices(), "orders-create", body=b" " * (MAX_PLATFORM_BYTES + 1))
