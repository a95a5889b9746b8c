"""WooCommerce's webhooks about orders, refunds and customers."""

import pytest

from chalicelib.domain.kernel.errors import InvalidSignature
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import parse_instant
from chalicelib.usecases.intake.receive_webhook import receive_webhook
from tests.fakes import FakeServices
from tests.support.platforms.platform_webhooks import order_record_of, process, woocommerce


def test_woocommerces_delivery_ids_are_not_trusted_but_what_changed_and_when_is() -> None:
    services = FakeServices()
    assert not woocommerce(services, "order-created", delivery="1").duplicate
    assert woocommerce(services, "order-created", delivery="2").duplicate
    assert not woocommerce(services, "order-updated", delivery="1").duplicate
    assert not woocommerce(services, "order-created", webhook="6").duplicate


def test_woocommerces_orders_refunds_and_customers_are_handled() -> None:
    services = FakeServices()
    for name in ("refund-created", "order-updated", "order-created", "customer-updated", "order-deleted"):
        assert process(services, woocommerce(services, name)).state == "processed"
    order_record = order_record_of(services, "727")
    assert [(one.sku, one.price and one.price.amount) for one in order_record.order.items] == [
        ("LOOM-1", "100.0"),
        ("product-23", "29.0"),
    ]
    assert (order_record.number, [one.amount.amount for one in order_record.refunds], order_record.delivered_at) == (
        None,
        ["10.00"],
        None,
    )
    buyer = services.customers.stored[key_of_id(str(order_record.customer))]
    assert (buyer.external_id, buyer.email) == ("woocommerce/26", "fang.wang@example.net")


def test_a_guest_is_known_by_their_address_and_the_order_by_its_number() -> None:
    services = FakeServices()
    process(services, woocommerce(services, "order-of-a-guest"))
    order_record = order_record_of(services, "S-728")
    assert order_record.external_id == "728"
    assert services.customers.stored[key_of_id(str(order_record.customer))].external_id.startswith("mail/")


def test_an_order_called_off_on_woocommerce_is_called_off() -> None:
    services = FakeServices()
    process(services, woocommerce(services, "order-cancelled"))
    assert order_record_of(services, "727").cancelled_at == parse_instant("2026-11-10T10:00:00Z")


@pytest.mark.parametrize("body", [b"webhook_id=12", b"webhook_id=12\n"])
def test_woocommerces_unsigned_ping_leaves_nothing_behind(body: bytes) -> None:
    services = FakeServices()
    assert receive_webhook(services, "demo", "woocommerce", {}, body) is None
    assert services.receipts.stored == {}


@pytest.mark.parametrize("body", [b"webhook_id=12&x=1", b"webhook_id=", b'{"id": 1}'])
def test_anything_else_unsigned_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidSignature):
        receive_webhook(FakeServices(), "demo", "woocommerce", {}, body)
