"""Platforms' signatures, and deliveries that arrive twice."""

import pytest

from chalicelib.domain.kernel.errors import InvalidSignature
from chalicelib.usecases.intake.receive_webhook import receive_webhook
from tests.fakes import FakeServices
from tests.support.platforms.platform_webhooks import body_of, shopify, woocommerce
from tests.support.platforms.signatures import platform_signature


def test_the_same_delivery_has_one_receipt() -> None:
    services = FakeServices()
    first, second = shopify(services, "orders-create"), shopify(services, "orders-create")
    assert (first.duplicate, second.duplicate, second.receipt.id) == (False, True, first.receipt.id)


@pytest.mark.parametrize("name", ["customers-redact", "customers-data_request", "shop-redact", "orders-create"])
def test_a_wrong_signature_is_refused_whatever_the_topic(name: str) -> None:
    with pytest.raises(InvalidSignature):
        shopify(FakeServices(), name, secret="another-secret")
    with pytest.raises(InvalidSignature):
        woocommerce(FakeServices(), "order-created", secret="another-secret")


def test_a_changed_byte_is_a_wrong_signature() -> None:
    services, body = FakeServices(), body_of("shopify", "orders-create")
    headers = {"X-Shopify-Topic": "orders/create", "X-Shopify-Hmac-Sha256": platform_signature("shopify-secret", body)}
    with pytest.raises(InvalidSignature):
        receive_webhook(services, "demo", "shopify", headers, body.replace(b"102.80", b"002.80", 1))
