"""Webhooks of Shopify and WooCommerce, as they sign and write them, become orders, cases and moves of their flows."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.cases.case import Case
from chalicelib.domain.intake.webhooks import TOPICS, IgnoredTopic, parse_platform_body
from chalicelib.domain.kernel.errors import Invalid, InvalidSignature, NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import HOUR_MS, parse_instant
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.platforms.events import ReturnLine
from chalicelib.domain.shops.webhook_sources import SourceIn
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.intake.receive_webhook import Accepted, receive_webhook
from chalicelib.usecases.ports import Receipt, RetryLater
from chalicelib.usecases.shops.manage_sources import put_source, read_source, rotate_source
from tests.fakes import NOON, FakeServices
from tests.support.signatures import platform_signature
from tests.unit.test_hooks import request

FIXTURES = Path(__file__).parents[1] / "fixtures"
ORDER, RETURN = "5100000000001", "shopify/return/9100000000001"
SECRETS = {"shopify": "shopify-secret", "woocommerce": "woo-secret"}
WOO_NAMES = {"order-cancelled": "order.updated", "order-of-a-guest": "order.created"}


def body_of(source: str, name: str) -> bytes:
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
    taken = receive_webhook(services, "demo", "shopify", headers, body)
    assert taken is not None
    return taken


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
    taken = receive_webhook(services, "demo", "woocommerce", headers, body)
    assert taken is not None
    return taken


def heard(services: FakeServices, taken: Accepted) -> Receipt:
    process_receipt(services, taken.receipt.id)
    found = services.receipts.load(taken.receipt.id)
    assert found is not None
    return found


def hear(services: FakeServices, *names: str) -> list[Receipt]:
    return [heard(services, shopify(services, name)) for name in names]


def sale_of(services: FakeServices, order: str = ORDER) -> OrderRecord:
    sale = services.order_records.load("demo", order)
    assert sale is not None
    return sale


def case_of(services: FakeServices, external_id: str = RETURN) -> Case:
    case = services.cases.load(case_key("demo", external_id)).case
    assert case is not None
    return case


def test_an_order_is_kept_with_its_buyer_lines_and_number() -> None:
    services = FakeServices()
    assert [one.state for one in hear(services, "orders-create")] == ["processed"]
    order, sale = sale_of(services).order, sale_of(services)
    assert (order.number, order.total and order.total.amount) == ("1042", "102.80")
    assert [(one.sku, one.quantity, one.price and one.price.amount, one.line) for one in order.items] == [
        ("LAN-BLUE", 2, "49.90", "11001"),
        ("variant-602", 1, "3.00", "11002"),
    ]
    buyer = services.customers.kept[key_of_id(str(sale.customer))]
    assert (buyer.external_id, buyer.name, buyer.email) == ("shopify/7000000000001", "Inês Duarte", "ines@example.org")
    assert buyer.language == "pt-PT"


def test_parcels_refunds_and_calling_off_are_heard_in_any_order() -> None:
    services = FakeServices()
    hear(services, "refunds-create", "fulfillments-update", "orders-cancelled", "orders-fulfilled", "orders-create")
    sale = sale_of(services)
    assert sale.delivered_at == parse_instant("2026-11-14T15:20:00+01:00")
    assert [(one.carrier, one.tracking) for one in sale.parcels] == [("CTT", "PT0042")]
    assert [(one.amount.amount, one.amount.currency) for one in sale.refunds] == [("49.90", "EUR")]
    assert sale.cancelled_at == parse_instant("2026-11-10T13:00:00+01:00")


def test_a_return_asked_for_on_the_platform_becomes_a_case_of_its_buyer_with_its_claim() -> None:
    services = FakeServices()
    hear(services, "orders-create", "fulfillments-update")
    (receipt,) = hear(services, "returns-request")
    case = case_of(services)
    assert (receipt.case, case.type, case.channel, case.language) == (case.id, "return", "third_party", "pt-PT")
    assert case.flow is not None
    assert (case.flow.state, case.flow.reason) == ("requested", "defective")
    assert [(one.sku, one.quantity) for one in case.flow.items] == [("LAN-BLUE", 1)]
    opening = services.cases.opening([case_key("demo", RETURN)])[case_key("demo", RETURN)]
    assert (opening.message, opening.subject) == ("A lâmpada faz fumo", "Shopify #1042-R1")
    assert [one.name for one in case.flow.rulings] == ["fault"]


def test_more_on_the_reason_is_a_note_for_staff_and_not_the_customers_word() -> None:
    services = FakeServices()
    hear(services, "orders-create")
    body = body_of("shopify", "returns-request").replace(b'"return_reason_note": ""', b'"return_reason_note": "again"')
    heard(services, shopify(services, "returns-request", body=body))
    heard(services, shopify(services, "returns-request", body=body, delivery="d-2"))
    key = case_key("demo", RETURN)
    said = [(one.type, one.fact.message) for one in services.cases.events(key) if hasattr(one.fact, "message")]
    assert sorted(said) == [("case_opened", "A lâmpada faz fumo"), ("note_added", "again")]


@pytest.mark.parametrize(
    ("later", "state", "status"),
    [
        ("returns-approve", "approved", "waiting_customer"),
        ("returns-decline", "rejected", "open"),
        ("returns-cancel", "withdrawn", "resolved"),
    ],
)
def test_what_the_shop_decides_on_the_platform_moves_the_flow_once(later: str, state: str, status: str) -> None:
    services = FakeServices()
    hear(services, "orders-create", "returns-request", later)
    heard(services, shopify(services, later, delivery="again, under another id"))
    case = case_of(services)
    assert case.flow is not None
    assert case.flow.state == state
    moves = [one for one in services.cases.events(case_key("demo", RETURN)) if one.type == "flow_moved"]
    assert len(moves) == 1


def test_a_return_the_shop_made_itself_opens_approved_though_nobody_requested_it() -> None:
    services = FakeServices()
    hear(services, "orders-create", "returns-approve")
    flow = case_of(services).flow
    assert flow is not None
    assert flow.state == "approved"


def test_lines_that_were_not_told_are_asked_of_the_platform_before_anything_is_decided() -> None:
    services = FakeServices()
    services.platforms.returns["9100000000001"] = (ReturnLine("11001", 2, "size_too_small"), ReturnLine("11002", 1))
    hear(services, "orders-create", "returns-request-without-lines")
    flow = case_of(services).flow
    assert flow is not None
    assert [(one.sku, one.quantity) for one in flow.items] == [("LAN-BLUE", 2), ("variant-602", 1)]
    assert services.platforms.asked == ["return 9100000000001"]


def test_an_order_nobody_told_of_is_asked_of_the_platform() -> None:
    services = FakeServices()
    known = parse_platform_body("shopify", "orders/create", body_of("shopify", "orders-create"), NOON)
    assert isinstance(known, OrderUpdate)
    services.platforms.orders[ORDER] = known
    hear(services, "returns-request")
    assert services.platforms.asked == [f"order {ORDER}"]
    assert services.customers.kept[key_of_id(case_of(services).customer)].external_id == "shopify/7000000000001"


def test_a_platform_that_does_not_answer_is_asked_again_and_nothing_is_opened_meanwhile() -> None:
    services = FakeServices()
    services.platforms.trouble = RetryLater("no answer")
    taken = shopify(services, "returns-request")
    with pytest.raises(RetryLater):
        process_receipt(services, taken.receipt.id)
    assert services.cases.load(case_key("demo", RETURN)).case is None
    services.platforms.trouble = None
    assert heard(services, taken).state == "processed"
    assert case_of(services).customer


def test_a_dispute_is_an_urgent_complaint_with_a_task_for_finance_by_the_banks_own_time() -> None:
    services = FakeServices()
    hear(services, "orders-create")
    receipt = heard(services, shopify(services, "disputes-create"))
    heard(services, shopify(services, "disputes-create", delivery="again"))
    case = case_of(services, "shopify/dispute/3100000000001")
    assert (receipt.case, case.type, case.priority) == (case.id, "complaint", "urgent")
    assert [(one.department, one.due_at) for one in case.tasks] == [
        ("finance", parse_instant("2026-12-02T00:00:00+01:00"))
    ]


def test_all_cases_of_an_order_stand_in_one_list_whatever_they_call_it() -> None:
    services = FakeServices()
    hear(services, "orders-create", "returns-request")
    services.hook("case.requested", request(type="refund", order={"external_id": "1042"}))
    assert len(services.cases.of_order("demo", ORDER)) == 2
    opening = services.cases.opening([case_key("demo", "web-1")])[case_key("demo", "web-1")]
    assert opening.order is not None
    assert (opening.order.external_id, opening.order.spoken) == (ORDER, "1042")


def test_the_same_delivery_has_one_receipt() -> None:
    services = FakeServices()
    first, second = shopify(services, "orders-create"), shopify(services, "orders-create")
    assert (first.duplicate, second.duplicate, second.receipt.id) == (False, True, first.receipt.id)


def test_woocommerces_delivery_ids_are_not_trusted_but_what_changed_and_when_is() -> None:
    services = FakeServices()
    assert not woocommerce(services, "order-created", delivery="1").duplicate
    assert woocommerce(services, "order-created", delivery="2").duplicate
    assert not woocommerce(services, "order-updated", delivery="1").duplicate
    assert not woocommerce(services, "order-created", webhook="6").duplicate


def test_woocommerces_orders_refunds_and_customers_are_heard() -> None:
    services = FakeServices()
    for name in ("refund-created", "order-updated", "order-created", "customer-updated", "order-deleted"):
        assert heard(services, woocommerce(services, name)).state == "processed"
    sale = sale_of(services, "727")
    assert [(one.sku, one.price and one.price.amount) for one in sale.order.items] == [
        ("LOOM-1", "100.0"),
        ("product-23", "29.0"),
    ]
    assert (sale.number, [one.amount.amount for one in sale.refunds], sale.delivered_at) == (None, ["10.00"], None)
    buyer = services.customers.kept[key_of_id(str(sale.customer))]
    assert (buyer.external_id, buyer.email) == ("woocommerce/26", "fang.wang@example.net")


def test_a_guest_is_known_by_their_address_and_the_order_by_its_number() -> None:
    services = FakeServices()
    heard(services, woocommerce(services, "order-of-a-guest"))
    sale = sale_of(services, "S-728")
    assert sale.external_id == "728"
    assert services.customers.kept[key_of_id(str(sale.customer))].external_id.startswith("mail/")


def test_an_order_called_off_on_woocommerce_is_called_off() -> None:
    services = FakeServices()
    heard(services, woocommerce(services, "order-cancelled"))
    assert sale_of(services, "727").cancelled_at == parse_instant("2026-11-10T10:00:00Z")


@pytest.mark.parametrize("body", [b"webhook_id=12", b"webhook_id=12\n"])
def test_woocommerces_unsigned_ping_leaves_nothing_behind(body: bytes) -> None:
    services = FakeServices()
    assert receive_webhook(services, "demo", "woocommerce", {}, body) is None
    assert services.receipts.kept == {}


@pytest.mark.parametrize("body", [b"webhook_id=12&x=1", b"webhook_id=", b'{"id": 1}'])
def test_anything_else_unsigned_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidSignature):
        receive_webhook(FakeServices(), "demo", "woocommerce", {}, body)


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


def test_for_an_hour_after_a_rotation_both_secrets_are_taken() -> None:
    services = FakeServices()
    put_source(services, "demo", "shopify", SourceIn(secret="a-new-secret-of-shopify"))
    assert shopify(services, "orders-create").receipt.state == "stored"
    assert shopify(services, "orders-updated", secret="a-new-secret-of-shopify").receipt.state == "stored"
    assert read_source(services, "demo", "shopify").old_until == NOON + HOUR_MS
    services.time += HOUR_MS
    assert read_source(services, "demo", "shopify").old_until is None
    with pytest.raises(InvalidSignature):
        shopify(services, "orders-fulfilled")


def test_a_secret_can_be_made_anew_and_is_told_once() -> None:
    services = FakeServices()
    _, secret = rotate_source(services, "demo", "woocommerce")
    assert woocommerce(services, "order-created", secret=secret).receipt.state == "stored"


@pytest.mark.parametrize(
    ("source", "told", "where"),
    [
        ("standard", SourceIn(secret="not-of-the-scheme"), "secret"),
        ("standard", SourceIn(store="a.example"), "store"),
        ("shopify", SourceIn(store="lantern.myshopify.com"), "token"),
        ("shopify", SourceIn(token="a-token-x"), "store"),
    ],
)
def test_a_source_that_cannot_work_is_refused(source: str, told: SourceIn, where: str) -> None:
    with pytest.raises(Invalid) as refused:
        put_source(FakeServices(), "demo", source, told)
    assert refused.value.errors[0][0] == where


def test_a_source_nobody_has_is_not_found() -> None:
    with pytest.raises(NotFound):
        read_source(FakeServices(), "demo", "magento")
    with pytest.raises(NotFound):
        receive_webhook(FakeServices(), "demo", "magento", {}, b"{}")


def test_a_topic_nothing_follows_from_is_kept_and_ignored() -> None:
    services = FakeServices()
    taken = shopify(services, "products-create", body=b'{"id": 1}')
    assert (taken.receipt.state, taken.receipt.reason) == ("ignored", "nothing follows from 'products/create'")


def test_a_platforms_body_that_is_not_understood_is_taken_and_its_receipt_says_what_was_wrong() -> None:
    services = FakeServices()
    taken = shopify(services, "orders-create", body=b'{"id": "not a number"}')
    assert taken.receipt.state == "failed"
    assert "id: " in (taken.receipt.reason or "")


EVERY = [(source, path.stem) for source in SECRETS for path in sorted((FIXTURES / source).glob("*.json"))]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(EVERY), st.data())
def test_a_body_with_anything_in_any_place_is_understood_or_refused_and_never_a_fault(
    fixture: tuple[str, str], data: st.DataObject
) -> None:
    source, name = fixture
    body: dict[str, Any] = json.loads(body_of(source, name))
    place: Any = body
    while True:
        key = data.draw(
            st.sampled_from(sorted(place)) if isinstance(place, dict) else st.sampled_from(range(len(place)))
        )
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        place[key] = data.draw(JSON)
        break
    for topic in TOPICS[source]:
        try:
            parse_platform_body(source, topic, json.dumps(body).encode(), NOON)  # type: ignore[arg-type]
        except (Invalid, IgnoredTopic):
            continue


def dispute(services: FakeServices, **said: Any) -> Receipt:
    body = json.loads(body_of("shopify", "disputes-create")) | said
    services.time += HOUR_MS
    taken = shopify(services, "disputes-update", body=json.dumps(body).encode(), delivery=f"d-{services.time}")
    return heard(services, taken)


def test_what_the_bank_takes_up_again_is_another_task_for_finance_and_done_by_itself() -> None:
    services = FakeServices()
    hear(services, "orders-create", "disputes-create")
    won = {"status": "won", "finalized_on": "2026-11-19"}
    again = {"status": "needs_response", "initiated_at": "2026-11-20T00:00:00Z", "finalized_on": None}
    seen = []
    for said in (won, won, again, again, won | {"finalized_on": "2026-11-20T04:30:00Z"}):
        assert dispute(services, **said).state == "processed"
        seen.append([one.outcome for one in case_of(services, "shopify/dispute/3100000000001").tasks])
    assert seen == [["won"], ["won"], ["won", None], ["won", None], ["won", "won"]]


def test_a_return_that_is_closed_twice_without_a_time_is_closed_and_each_delivery_counts_once() -> None:
    services = FakeServices()
    hear(services, "orders-create", "returns-request")
    states, taken = [], []
    for place, name in enumerate(("returns-approve", "returns-close", "returns-reopen", "returns-close")):
        services.time += HOUR_MS
        taken.append(shopify(services, name, delivery=f"d-{place}"))
        heard(services, taken[-1])
        flow = case_of(services).flow
        states.append(flow and flow.state)
    closed = states[1]
    assert states == ["approved", closed, "approved", closed] != ["approved"] * 4
    for one in taken:
        process_receipt(services, one.receipt.id)
    flow = case_of(services).flow
    assert flow is not None
    assert flow.state == closed
