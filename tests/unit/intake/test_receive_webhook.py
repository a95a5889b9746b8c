"""Receiving a webhook: its signature, its size, its idempotency key."""

import json
from typing import Any

import pytest

from chalicelib.domain.kernel.errors import Invalid, InvalidSignature, NotFound, TooLarge
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.usecases.intake.receive_webhook import receive_webhook
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.webhooks import KEY, SECRET, minutes_after_noon, request
from tests.support.platforms.signatures import signature


def test_the_same_delivery_is_one_receipt(services: FakeServices) -> None:
    first = services.deliver("case.requested", request(), "d-1")
    services.time += MINUTE_MS
    assert services.deliver("case.requested", request(), "d-1").id == first.id


def test_what_is_not_understood_is_refused_with_a_receipt_that_says_why(services: FakeServices) -> None:
    with pytest.raises(Invalid) as refused:
        services.deliver("case.requested", request(colour="blue"), "d-1")
    receipt = services.receipts.load(str(refused.value.receipt))
    assert receipt is not None
    assert receipt.state == "failed"
    assert "colour" in (receipt.reason or "")


@pytest.mark.parametrize(
    "data",
    [
        request(message="x" * 65_537),
        request(message="好" * 22_000),
        request(external_id=""),
        request(external_id="a\u0000b"),
        request(subject="a\u0000"),
        request(type="gift"),
        request(occurred_at="yesterday"),
        request(occurred_at="2026-11-20T12:00:00"),
        request(occurred_at="2099-01-01T00:00:00Z"),
        request(customer={"external_id": "c", "email": "not an address"}),
        request(order={"external_id": "o", "items": [{"sku": "s", "quantity": 10**30}]}),
        request(order={"external_id": "o", "total": {"amount": "1e9", "currency": "CNY"}}),
    ],
)
def test_bad_data_is_refused(services: FakeServices, data: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        services.deliver("case.requested", data)
    assert services.cases.stored == {}


def test_text_is_kept_as_given(services: FakeServices) -> None:
    message = "<script>alert(1)</script> \u202e 𝒳 é e\u0301 " + "好" * 20_000
    services.hook("case.requested", request(message=message))
    assert services.cases.opening([KEY])[KEY].message == message


def _send(services: FakeServices, body: bytes, **changes: str) -> None:
    headers = signature(SECRET, "d-1", NOON // 1000, body) | changes
    receive_webhook(services, SHOP.id, "standard", headers, body)


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "nonsense"},
        {"webhook-signature": ""},
        {"webhook-id": "d-2"},
        {"webhook-timestamp": str(NOON // 1000 - 301)},
        {"webhook-timestamp": "soon"},
    ],
)
def test_a_wrong_or_old_signature_is_not_authentic_and_leaves_no_trace(
    services: FakeServices, changes: dict[str, str]
) -> None:
    with pytest.raises(InvalidSignature):
        _send(services, b"{}", **changes)
    assert services.receipts.stored == {}


def test_one_good_signature_among_several_is_enough(services: FakeServices) -> None:
    body = json.dumps({"type": "case.requested", "timestamp": minutes_after_noon(0), "data": request()}).encode()
    good = signature(SECRET, "d-1", NOON // 1000, body)["webhook-signature"]
    _send(services, body, **{"webhook-signature": f"v1a,xyz v1,AAAA {good}"})
    assert len(services.receipts.stored) == 1


def test_a_body_that_is_no_text_at_all_is_refused_not_crashed_on(services: FakeServices) -> None:
    with pytest.raises((InvalidSignature, Invalid)):
        _send(services, b"\xff\xfe\x00")


def test_unknown_shops_sources_and_large_bodies_are_refused_before_anything_else(services: FakeServices) -> None:
    with pytest.raises(NotFound):
        receive_webhook(services, "nobody", "standard", {}, b"{}")
    with pytest.raises(NotFound):
        receive_webhook(services, SHOP.id, "telegram", {}, b"{}")
    with pytest.raises(TooLarge):
        receive_webhook(services, SHOP.id, "standard", {}, b" " * (256 * 1024 + 1))
