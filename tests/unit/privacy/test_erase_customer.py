"""Erasing a customer deletes everything of theirs, also after an interruption."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, Held
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.privacy.erasure import ErasureTarget
from chalicelib.usecases.customers.linked_records import main_record
from chalicelib.usecases.customers.merge_customers import identify, merge
from chalicelib.usecases.customers.read_customer import search_customers
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.privacy.erase_customer import erase_customer, erase_named, resume_erasure
from chalicelib.usecases.privacy.legal_hold import end_legal_hold, place_legal_hold
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import MEI
from tests.support.cases.webhooks import request
from tests.support.customers.customers import FANG_ADDRESS, add_customer, reload
from tests.support.platforms.platform_webhooks import (
    ORDER,
    body_of,
    case_of,
    order_record_of,
    process,
    process_shopify,
    shopify,
)


def test_erasing_a_person_destroys_the_keys_of_all_their_records_and_cases_and_removes_their_files() -> None:
    services = FakeServices()
    own, other = (
        add_customer(services, "fang", email=FANG_ADDRESS, phone="13800138000"),
        add_customer(services, "shopify/7", email=FANG_ADDRESS),
    )
    services.hook("case.requested", request())
    (stored,) = services.cases.find("demo", None, None, key_of_id(own.id), 9, None).items
    services.uploads.files = {f"evidence/demo/{stored.case.id}/1.jpg": b"x", "evidence/demo/another/1.jpg": b"y"}
    made = erase_customer(services, reload(services, other), Actor("agent", "admin"))
    assert (made.customer, made.records, made.cases, made.files) == (own.id, 2, 1, 1)
    assert set(services.vault.destroyed) == {
        f"demo#{key}" for key in (key_of_id(own.id), key_of_id(other.id), stored.key)
    }
    assert list(services.uploads.files) == ["evidence/demo/another/1.jpg"]
    assert search_customers(services, "demo", FANG_ADDRESS, None, None) == []
    assert services.identities.history[key_of_id(own.id)][-1].type == "erased"


def test_erasing_twice_is_as_once_and_nobody_can_be_merged_with_who_was_erased() -> None:
    services = FakeServices()
    own, other = add_customer(services, "fang", email=FANG_ADDRESS), add_customer(services, "lei")
    first = erase_customer(services, own, MEI)
    assert erase_customer(services, reload(services, own), MEI).records == first.records
    with pytest.raises(Conflict, match="erased"):
        merge(services, reload(services, other), reload(services, own), MEI, "")
    assert identify(services, key_of_id(own.id)) == []


STEPS = ("remove_identifier", "destroy", "erase", "remove_below", "find", "link", "add_event", "save_erasure")


@given(st.sampled_from(STEPS), st.integers(1, 12), st.booleans())
def test_an_erasure_that_was_interrupted_anywhere_ends_as_if_it_had_not_been(step: str, at: int, twice: bool) -> None:
    def erased(stops: bool) -> tuple[dict[str, Customer], set[str], set[str]]:
        services = FakeServices()
        add_customer(services, "shopify/order/1")
        for external_id in ("shopify/7", "mail/X", "woocommerce/3"):
            add_customer(services, external_id, email=FANG_ADDRESS)
        services.hook("order.updated", {"external_id": "1", "customer": {"external_id": "shopify/7"}})
        services.hook("case.requested", request(customer={"external_id": "shopify/7"}))
        services.uploads.files = {f"exports/demo/{key}/1.json": b"x" for key in services.customers.stored}
        named = ErasureTarget(source="shopify", external_ids=("shopify/7",))
        for _ in range(2 if stops else 1):
            with suppress(ZeroDivisionError), interrupted(services, step, at) if stops else nullcontext():
                erase_named(services, SHOP, named, MEI, "01REQUEST")
        resume_erasure(services, "01REQUEST")
        if twice:
            resume_erasure(services, "01REQUEST")
        erasure = services.identities.erasures["01REQUEST"]
        assert erasure.done_at is not None
        gone = {key: one for key, one in services.customers.stored.items() if one.erased_at is not None}
        return gone, set(services.uploads.files), set(services.vault.destroyed)

    assert erased(stops=True) == erased(stops=False)


@contextmanager
def interrupted(services: FakeServices, step: str, at: int) -> Iterator[None]:
    """The `at`-th call of that step raises an error after it took effect."""
    part = next(
        one
        for one in (services.identities, services.vault, services.customers, services.uploads, services.cases)
        if hasattr(one, step)
    )
    real, left = getattr(part, step), [at]

    def failing(*args: Any) -> Any:
        left[0] -= 1
        done = real(*args)
        return done if left[0] else 1 / 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(part, step, failing)
        yield


def test_a_buyer_whom_staff_merged_below_who_is_known_by_the_order_alone_is_one_person_already() -> None:
    services = FakeServices()
    nobody, buyer = add_customer(services, "shopify/order/1"), add_customer(services, "fang")
    merge(services, nobody, buyer, MEI, "")
    assert (
        services.hook("order.updated", {"external_id": "1", "customer": {"external_id": "fang"}}).state == "processed"
    )
    assert reload(services, buyer).root == key_of_id(nobody.id)


def test_who_came_back_is_not_erased_again_when_the_erasure_is_found_unfinished() -> None:
    services = FakeServices()
    own = add_customer(services, "shopify/7", email=FANG_ADDRESS)
    erase_named(services, SHOP, ErasureTarget(source="shopify", external_ids=("shopify/7",)), MEI, "01REQUEST")
    begun = services.identities.erasures["01REQUEST"]
    services.identities.erasures["01REQUEST"] = replace(begun, done_at=None)
    services.customers.stored[key_of_id(own.id)] = replace(
        reload(services, own), erased_at=None, email="new@example.net"
    )
    resume_erasure(services, "01REQUEST")
    assert reload(services, own).email == "new@example.net"


def test_of_several_whom_a_redaction_names_those_under_a_hold_are_erased_when_it_ends() -> None:
    services = FakeServices()
    free, kept = add_customer(services, "shopify/7"), add_customer(services, "shopify/8")
    place_legal_hold(services, kept, "before the court", MEI)
    named = ErasureTarget(source="shopify", external_ids=("shopify/7", "shopify/8"))
    for _ in range(2):
        with pytest.raises(Held, match=kept.id):
            erase_named(services, SHOP, named, MEI, "01REQUEST")
    assert [reload(services, one).erased_at is None for one in (free, kept)] == [False, True]
    end_legal_hold(services, reload(services, kept), MEI)
    assert reload(services, kept).erased_at is not None
    assert services.identities.erasures["01REQUEST"].done_at is not None


def test_a_redaction_that_was_interrupted_is_carried_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices()
    process_shopify(services, "orders-create", "returns-request")
    case = case_of(services)
    file = f"evidence/demo/{case.id}/1.jpg"
    services.uploads.files[file] = b"x"
    taken = shopify(services, "customers-redact")
    remove = services.uploads.remove_below
    monkeypatch.setattr(services.uploads, "remove_below", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        process_receipt(services, taken.receipt.id)
    key = key_of_id(taken.receipt.id)
    services.receipts.stored[key] = msgspec.structs.replace(
        services.receipts.stored[key], body=b""
    )  # encrypted with a destroyed key
    monkeypatch.setattr(services.uploads, "remove_below", remove)
    assert process_receipt(services, taken.receipt.id).state == "processed"
    assert file not in services.uploads.files


def test_a_body_of_another_topic_redacts_nobody() -> None:
    services = FakeServices()
    process_shopify(services, "orders-create")
    taken = shopify(services, "customers-redact", body=body_of("shopify", "orders-create"))
    assert taken.receipt.state == "failed"
    assert not any(one.erased_at for one in services.customers.stored.values())


def test_a_return_that_came_before_its_order_is_the_buyers_and_is_erased_with_them() -> None:
    services = FakeServices()
    process_shopify(services, "returns-request", "orders-create")
    case, buyer = case_of(services), str(order_record_of(services).customer)
    root = main_record(services, key_of_id(case.customer))
    assert root is not None
    assert root.id == buyer
    assert erase_customer(services, root, MEI).cases == 1
    assert f"demo#{key_of_id(case.customer)}" in services.vault.destroyed


def test_a_redaction_that_stops_half_way_is_begun_again_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices()
    process_shopify(services, "orders-create")
    guest = json.loads(body_of("shopify", "orders-create")) | {"id": 52, "customer": None}
    process(services, shopify(services, "orders-create", delivery="guest", body=json.dumps(guest).encode()))
    account, other = (key_of_id(str(order_record_of(services, order).customer)) for order in (ORDER, "52"))
    taken = shopify(services, "customers-redact")
    erase = services.customers.erase

    def idempotency(shop: str, key: str, now: int) -> None:
        erase(shop, key, now)
        monkeypatch.setattr(services.customers, "erase", lambda *_: 1 / 0)

    monkeypatch.setattr(services.customers, "erase", idempotency)
    with pytest.raises(ZeroDivisionError):
        process_receipt(services, taken.receipt.id)
    key = key_of_id(taken.receipt.id)
    services.receipts.stored[key] = replace(services.receipts.stored[key], body=b"")  # its key may be destroyed
    monkeypatch.setattr(services.customers, "erase", erase)
    assert process(services, taken).state == "processed"
    assert {services.customers.stored[one].erased_at for one in (account, other)} == {NOON}
