"""Shopify's webhooks about orders become order records."""

import pytest

from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import parse_instant
from chalicelib.domain.platforms.shopify.graphql.orders import parse_order_answer
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.intake.receive_webhook import receive_webhook
from tests.fakes import NOON, FakeServices
from tests.support.platforms.platform_webhooks import (
    FIXTURES,
    body_of,
    order_record_of,
    process,
    process_shopify,
    shopify,
    woocommerce,
)
from tests.support.platforms.signatures import platform_signature


def test_a_refund_in_two_transactions_is_the_same_by_webhook_and_when_asked_for() -> None:
    services = FakeServices()
    body = body_of("shopify", "refunds-create").replace(b'"status": "failure"', b'"status": "success"')
    process(services, shopify(services, "refunds-create", body=body))
    assert [(one.id, one.amount.amount) for one in order_record_of(services).refunds] == [("8100000000001", "99.80")]
    order = parse_order_answer((FIXTURES / "shopify_answers" / "order.json").read_bytes())
    assert order is not None
    assert [one.id for one in order.refunds] == ["8100000000001"]


def test_two_changes_in_one_second_are_two_deliveries() -> None:
    services = FakeServices()
    woocommerce(services, "order-created")
    changed = body_of("woocommerce", "order-created").replace(b'"processing"', b'"cancelled"')
    assert not woocommerce(services, "order-created", body=changed).duplicate
    assert woocommerce(services, "order-created", body=changed).duplicate


@pytest.mark.parametrize("triggered_at", ["2026-11-20T03:59:00Z", "2026-11-20T03:59:00.123456789Z"])
def test_what_says_no_time_happened_when_shopify_says_it_was_triggered(triggered_at: str) -> None:
    services, body = FakeServices(), body_of("shopify", "orders-delete")
    headers = {
        "X-Shopify-Topic": "orders/delete",
        "X-Shopify-Hmac-Sha256": platform_signature("shopify-secret", body),
        "X-Shopify-Triggered-At": triggered_at,
    }
    taken = receive_webhook(services, "demo", "shopify", headers, body)
    assert taken is not None
    process_receipt(services, taken.receipt.id)
    gone = order_record_of(services).cancelled_at
    assert gone is not None
    assert gone // 1000 == parse_instant("2026-11-20T03:59:00Z") // 1000


@pytest.mark.parametrize("triggered_at", ["2026-11-21T00:00:00Z", "soon", ""])
def test_a_header_is_trusted_with_nothing_but_order(triggered_at: str) -> None:
    services, body = FakeServices(), body_of("shopify", "orders-delete")
    headers = {
        "X-Shopify-Topic": "orders/delete",
        "X-Shopify-Hmac-Sha256": platform_signature("shopify-secret", body),
        "X-Shopify-Triggered-At": triggered_at,
    }
    taken = receive_webhook(services, "demo", "shopify", headers, body)
    assert taken is not None
    process_receipt(services, taken.receipt.id)
    assert order_record_of(services).cancelled_at == NOON


def test_an_order_is_kept_with_its_buyer_lines_and_number() -> None:
    services = FakeServices()
    assert [one.state for one in process_shopify(services, "orders-create")] == ["processed"]
    order, order_record = order_record_of(services).order, order_record_of(services)
    assert (order.number, order.total and order.total.amount) == ("1042", "102.80")
    assert [(one.sku, one.quantity, one.price and one.price.amount, one.line) for one in order.items] == [
        ("LAN-BLUE", 2, "49.90", "11001"),
        ("variant-602", 1, "3.00", "11002"),
    ]
    buyer = services.customers.stored[key_of_id(str(order_record.customer))]
    assert (buyer.external_id, buyer.name, buyer.email) == ("shopify/7000000000001", "Inês Duarte", "ines@example.org")
    assert buyer.language == "pt-PT"


def test_parcels_refunds_and_calling_off_are_handled_in_any_order() -> None:
    services = FakeServices()
    process_shopify(
        services, "refunds-create", "fulfillments-update", "orders-cancelled", "orders-fulfilled", "orders-create"
    )
    order_record = order_record_of(services)
    assert order_record.delivered_at == parse_instant("2026-11-14T15:20:00+01:00")
    assert [(one.carrier, one.tracking) for one in order_record.parcels] == [("CTT", "PT0042")]
    assert [(one.amount.amount, one.amount.currency) for one in order_record.refunds] == [("49.90", "EUR")]
    assert order_record.cancelled_at == parse_instant("2026-11-10T13:00:00+01:00")
