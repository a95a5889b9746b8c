"""Webhooks of Shopify and WooCommerce, signed as the platforms sign them, from recorded bodies."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.intake.receive_webhook import Accepted, receive_webhook
from chalicelib.usecases.ports import Receipt
from tests.fakes import FakeServices
from tests.support.paths import ROOT
from tests.support.platforms.signatures import platform_signature

FIXTURES = ROOT / "tests" / "fixtures"
ORDER, RETURN = "5100000000001", "shopify/return/9100000000001"
SECRETS = {"shopify": "shopify-secret", "woocommerce": "woo-secret"}
WOO_NAMES = {"order-cancelled": "order.updated", "order-of-a-guest": "order.created"}


def body_of(source: str, name: str) -> bytes:
    """A recorded body of a webhook."""
    return (FIXTURES / source / f"{name}.json").read_bytes()


def shopify(
    services: FakeServices,
    name: str,
    delivery: str | None = None,
    secret: str = "shopify-secret",
    body: bytes | None = None,
) -> Accepted:
    """A fixture, signed and sent as Shopify does it."""
    body = body or body_of("shopify", name)
    topic = name.removesuffix("-without-lines").replace("-", "/", 1)
    headers = {
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": platform_signature(secret, body),
        "X-Shopify-API-Version": "2025-04",
        "X-Shopify-Webhook-Id": delivery or f"d-{name}",
        "X-Shopify-Shop-Domain": "lantern.example",
    }
    accepted = receive_webhook(services, "demo", "shopify", headers, body)
    assert accepted is not None
    return accepted


def woocommerce(
    services: FakeServices,
    name: str,
    webhook: str = "5",
    delivery: str = "1",
    secret: str = "woo-secret",
    body: bytes | None = None,
) -> Accepted:
    """A fixture, signed and sent as WooCommerce does it."""
    body = body or body_of("woocommerce", name)
    headers = {
        "X-WC-Webhook-Topic": WOO_NAMES.get(name, name.replace("-", ".", 1)),
        "X-WC-Webhook-ID": webhook,
        "X-WC-Webhook-Delivery-ID": delivery,
        "X-WC-Webhook-Signature": platform_signature(secret, body),
    }
    accepted = receive_webhook(services, "demo", "woocommerce", headers, body)
    assert accepted is not None
    return accepted


def process(services: FakeServices, accepted: Accepted) -> Receipt:
    """Process a received webhook; its receipt afterwards."""
    process_receipt(services, accepted.receipt.id)
    receipt = services.receipts.load(accepted.receipt.id)
    assert receipt is not None
    return receipt


def process_shopify(services: FakeServices, *names: str) -> list[Receipt]:
    """Send and process recorded webhooks of Shopify; their receipts."""
    return [process(services, shopify(services, name)) for name in names]


def order_record_of(services: FakeServices, order: str = ORDER) -> OrderRecord:
    """The stored record of an order."""
    stored = services.order_records.load("demo", order)
    assert stored is not None
    return stored


def case_of(services: FakeServices, external_id: str = RETURN) -> Case:
    """The case of a return, or of another platform object."""
    case = services.cases.load(case_key("demo", external_id)).case
    assert case is not None
    return case


LINES = [
    {"id": 1, "sku": "LAMP", "quantity": 2, "price": "40.00"},
    {"id": 2, "sku": "SHADE", "quantity": 1, "price": "20"},
]
ORDER_BODY = {
    "id": 51,
    "currency": "EUR",
    "total_price": "100.00",
    "created_at": "2026-11-10T09:00:00Z",
    "line_items": LINES,
}
