"""What an attacker, a crash or a late webhook might do to people: each of these once went wrong."""

from typing import Any

import msgspec
import pytest

from chalicelib.domain.customers.consents import ConsentIn
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, format_instant
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.domain.platforms.shopify.graphql.orders import order_answer
from chalicelib.domain.surveys.facts import SurveySkipped
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.customers.linked_records import linked_records, main_record
from chalicelib.usecases.customers.merge_customers import identify, merge, suggestions, unmerge
from chalicelib.usecases.customers.record_consent import record_consent
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.notifications.signed_links import unsubscribe_link
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.ports import RetryLater, VersionConflict
from chalicelib.usecases.privacy.erase_customer import erase_customer
from chalicelib.usecases.privacy.export_customer import make_export, request_export
from chalicelib.usecases.surveys.answer_survey import unsubscribe
from chalicelib.usecases.surveys.send_survey import send_survey
from chalicelib.usecases.webhooks_out.deliver import deliver
from tests.fakes import NOON, SHOP, FakeServices
from tests.unit.test_hooks import request
from tests.unit.test_people import MAIL, MEI, fresh, met
from tests.unit.test_platforms import FIXTURES, body_of, case_of, hear, heard, sale_of, shopify, woocommerce


def roots(services: FakeServices, *people: Any) -> list[str | None]:
    return [fresh(services, one).root for one in people]


def test_a_record_that_fits_two_of_one_source_joins_neither_and_is_suggested_with_both() -> None:
    services = FakeServices()
    one, two = met(services, "shopify/1", email=MAIL), met(services, "shopify/2", email=MAIL)
    own = met(services, "fang", email=MAIL)
    identify(services, key_of_id(two.id))
    assert roots(services, one, two, own) == [None, None, None]
    assert {found.id for found, _ in suggestions(services, own, [key_of_id(own.id)])} == {one.id, two.id}
    assert erase_customer(services, fresh(services, two), MEI).records == 1


def test_what_fits_two_whom_staff_took_apart_joins_neither() -> None:
    services = FakeServices()
    one, other = met(services, "shopify/1", email=MAIL), met(services, "woocommerce/1", email=MAIL)
    unmerge(services, fresh(services, one), fresh(services, other), MEI, "brothers")
    third = met(services, "fang", email=MAIL)
    assert roots(services, one, other, third) == [None, None, None]


def test_who_is_merged_below_a_merged_record_can_be_taken_out_of_it() -> None:
    services = FakeServices()
    top, middle, below = met(services, "a"), met(services, "b"), met(services, "c")
    merge(services, middle, below, MEI, "")
    merge(services, top, fresh(services, middle), MEI, "")
    unmerge(services, fresh(services, middle), fresh(services, below), MEI, "")
    assert [one.id for one in linked_records(services, fresh(services, top))] == [top.id, middle.id]


def test_an_export_is_sent_to_nobody_when_another_address_was_merged_since_it_was_asked_for() -> None:
    services = FakeServices()
    victim, attacker = met(services, "mail/X", email=MAIL), met(services, "shopify/666", email="evil@example.net")
    asked = request_export(services, victim, MEI)
    merge(services, attacker, victim, MEI, "an address that was typed in")
    assert make_export(services, asked.id, lambda *_: b"{}") == "no one address"
    assert (services.mailer.sent, services.uploads.files) == ([], {})


def test_an_order_whose_buyer_is_merged_by_others_at_this_moment_is_heard_later_and_then_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    services = FakeServices()
    nobody = met(services, "shopify/order/1")
    told = msgspec.convert({"external_id": "1", "customer": {"external_id": "fang"}}, OrderUpdate)
    with monkeypatch.context() as others:
        others.setattr(services.identities, "link", _raced)
        with pytest.raises(RetryLater):
            record_order(services, SHOP, told, NOON)
    assert services.order_records.load("demo", "1") is None
    kept = record_order(services, SHOP, told, NOON)
    assert fresh(services, nobody).root == key_of_id(str(kept.customer))


def _raced(*_: Any) -> None:
    raise VersionConflict


def test_withdrawing_again_is_written_once() -> None:
    services = FakeServices()
    link = unsubscribe_link(services, SHOP, key_of_id(met(services, "fang", email=MAIL).id)).rpartition("/")[2]
    for _ in range(3):
        unsubscribe(services, link)
        services.time += 1
    assert [len(told) for told in services.identities.told.values()] == [1]


def test_an_address_somebody_gave_up_links_nobody_any_more() -> None:
    services = FakeServices()
    own = met(services, "fang", email="old@example.net")
    services.customers.kept[key_of_id(own.id)] = msgspec.structs.replace(fresh(services, own), email="new@example.net")
    newcomer = met(services, "shopify/9", email="old@example.net")
    assert roots(services, own, newcomer) == [None, None]


def test_records_of_several_addresses_are_exported_to_nobody() -> None:
    services = FakeServices()
    victim, attacker = met(services, "mail/X", email=MAIL), met(services, "shopify/666", email="evil@example.net")
    merge(services, attacker, victim, MEI, "an address that was typed in")
    with pytest.raises(Conflict, match="several addresses"):
        request_export(services, fresh(services, victim), MEI)


def test_who_withdrew_before_being_merged_is_not_asked_after_it() -> None:
    services = FakeServices()
    other = met(services, "shopify/7", email=MAIL)
    told = ConsentIn(purpose="surveys", state="withdrawn", source="phone", text_version="1")
    record_consent(services, other, told, MEI)
    met(services, "fang", email=MAIL)
    services.hook("case.requested", request(customer={"external_id": "fang", "email": MAIL}))
    services.hook("case.resolved", {"case_external_id": "web-1", "occurred_at": format_instant(NOON)})
    services.time += 2 * DAY_MS
    outcome = send_survey(services, case_key("demo", "web-1"))
    assert isinstance(outcome, SurveySkipped)
    assert outcome.reason == "consent_withdrawn"


def test_a_redaction_that_was_interrupted_is_carried_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices()
    hear(services, "orders-create", "returns-request")
    case = case_of(services)
    file = f"evidence/demo/{case.id}/1.jpg"
    services.uploads.files[file] = b"x"
    taken = shopify(services, "customers-redact")
    remove = services.uploads.remove_below
    monkeypatch.setattr(services.uploads, "remove_below", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        process_receipt(services, taken.receipt.id)
    key = key_of_id(taken.receipt.id)
    services.receipts.kept[key] = msgspec.structs.replace(
        services.receipts.kept[key], body=b""
    )  # sealed with what is gone
    monkeypatch.setattr(services.uploads, "remove_below", remove)
    assert process_receipt(services, taken.receipt.id).state == "processed"
    assert file not in services.uploads.files


def test_a_body_of_another_topic_redacts_nobody() -> None:
    services = FakeServices()
    hear(services, "orders-create")
    taken = shopify(services, "customers-redact", body=body_of("shopify", "orders-create"))
    assert taken.receipt.state == "failed"
    assert not any(one.erased_at for one in services.customers.kept.values())


def test_a_return_that_came_before_its_order_is_the_buyers_and_is_forgotten_with_them() -> None:
    services = FakeServices()
    hear(services, "returns-request", "orders-create")
    case, buyer = case_of(services), str(sale_of(services).customer)
    root = main_record(services, key_of_id(case.customer))
    assert root is not None
    assert root.id == buyer
    assert erase_customer(services, root, MEI).cases == 1
    assert f"demo#{key_of_id(case.customer)}" in services.vault.destroyed


def test_a_refund_in_two_transactions_is_the_same_by_webhook_and_when_asked_for() -> None:
    services = FakeServices()
    body = body_of("shopify", "refunds-create").replace(b'"status": "failure"', b'"status": "success"')
    heard(services, shopify(services, "refunds-create", body=body))
    assert [(one.id, one.amount.amount) for one in sale_of(services).refunds] == [("8100000000001", "99.80")]
    told = order_answer((FIXTURES / "shopify_answers" / "order.json").read_bytes())
    assert told is not None
    assert [one.id for one in told.refunds] == ["8100000000001"]


def test_two_changes_in_one_second_are_two_deliveries() -> None:
    services = FakeServices()
    woocommerce(services, "order-created")
    changed = body_of("woocommerce", "order-created").replace(b'"processing"', b'"cancelled"')
    assert not woocommerce(services, "order-created", body=changed).duplicate
    assert woocommerce(services, "order-created", body=changed).duplicate


def test_a_webhook_out_whose_words_were_erased_is_not_posted() -> None:
    from chalicelib.domain.webhooks_out.endpoint import Delivery

    services = FakeServices()
    made = Delivery(id="0" * 26, shop="demo", endpoint="erp", type="case.opened", case="C", body="", at=NOON)
    services.deliveries.add(made)
    after = deliver(services, "0" * 16)
    assert after is not None
    assert (after.state, after.attempts[-1].answer) == ("failed", "not sent: its content was erased")
    assert services.webhook_client.posted == []
