"""A shop's webhook sources and their secrets."""

import pytest

from chalicelib.domain.kernel.errors import Invalid, InvalidSignature, NotFound
from chalicelib.domain.kernel.timestamps import HOUR_MS
from chalicelib.domain.shops.webhook_sources import SourceIn
from chalicelib.usecases.intake.receive_webhook import receive_webhook
from chalicelib.usecases.shops import change_hooks
from chalicelib.usecases.shops.change_hooks import change_source
from chalicelib.usecases.shops.manage_sources import put_source, read_source, rotate_source
from chalicelib.usecases.shops.record_change import list_changes
from tests.fakes import NOON, FakeServices
from tests.support.platforms.platform_webhooks import shopify, woocommerce


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
    ("source", "fields", "where"),
    [
        ("standard", SourceIn(secret="not-of-the-scheme"), "secret"),
        ("standard", SourceIn(store="a.example"), "store"),
        ("shopify", SourceIn(store="lantern.myshopify.com"), "token"),
        ("shopify", SourceIn(token="a-token-x"), "store"),
    ],
)
def test_a_source_that_cannot_work_is_refused(source: str, fields: SourceIn, where: str) -> None:
    with pytest.raises(Invalid) as refused:
        put_source(FakeServices(), "demo", source, fields)
    assert refused.value.errors[0][0] == where


def test_a_source_nobody_has_is_not_found() -> None:
    with pytest.raises(NotFound):
        read_source(FakeServices(), "demo", "magento")
    with pytest.raises(NotFound):
        receive_webhook(FakeServices(), "demo", "magento", {}, b"{}")


def test_changes_of_a_source_are_recorded_without_its_secrets() -> None:
    services = FakeServices()
    given = SourceIn(secret="hush-hush-hush-hush", store="lantern.myshopify.com", token="a-token-of-it")
    change_source(services, "demo", "shopify", given, "mei")
    services.time += HOUR_MS
    _, secret = change_hooks.rotate_source(services, "demo", "shopify", "lin")
    changes = list_changes(services, "demo", "sources", 10, None).items
    assert sorted((change.by, change.name) for change in changes) == [("lin", "shopify"), ("mei", "shopify")]
    fields = {field.field for change in changes for field in change.fields}
    assert fields == {"store", "secret_renewed_at", "token_renewed_at"}
    assert [word for word in ("hush", "a-token", secret) if word in str(changes)] == []


def test_saving_a_source_unchanged_records_nothing() -> None:
    services = FakeServices()
    change_source(services, "demo", "shopify", SourceIn(secret="hush-hush-hush-hush"), "mei")
    services.time += HOUR_MS
    change_source(services, "demo", "shopify", SourceIn(secret="hush-hush-hush-hush"), "mei")
    assert len(list_changes(services, "demo", "sources", 10, None).items) == 1
