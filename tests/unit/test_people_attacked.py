"""What an attacker, a crash or a late webhook might do to people: each of these once went wrong."""

from typing import Any

import msgspec
import pytest

from chalicelib.domain.cases.facts import SurveySkipped
from chalicelib.domain.customers.consents import ConsentIn
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_in
from chalicelib.domain.kernel.timestamps import DAY, show
from chalicelib.domain.orders.order_payload import OrderTold
from chalicelib.domain.platforms.shopify.graphql.orders import order_answer
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.customers.linked_records import family_of, root_of
from chalicelib.usecases.customers.merge_customers import identify, merge, suggestions, unmerge
from chalicelib.usecases.customers.record_consent import keep_consent
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.notifications.signed_links import unsubscribe_link
from chalicelib.usecases.orders.record_order import keep_order
from chalicelib.usecases.ports import Later, Raced
from chalicelib.usecases.privacy.erase_customer import forget
from chalicelib.usecases.privacy.export_customer import ask_for_export, make_export
from chalicelib.usecases.surveys.answer_survey import unsubscribe
from chalicelib.usecases.surveys.send_survey import send_survey
from chalicelib.usecases.webhooks_out.deliver import deliver
from tests.fakes import NOON, SHOP, FakeDesk
from tests.unit.test_hooks import request
from tests.unit.test_people import MAIL, MEI, fresh, met
from tests.unit.test_platforms import FIXTURES, body_of, case_of, hear, heard, sale_of, shopify, woocommerce


def roots(desk: FakeDesk, *people: Any) -> list[str | None]:
    return [fresh(desk, one).root for one in people]


def test_a_record_that_fits_two_of_one_source_joins_neither_and_is_suggested_with_both() -> None:
    desk = FakeDesk()
    one, two = met(desk, "shopify/1", email=MAIL), met(desk, "shopify/2", email=MAIL)
    own = met(desk, "fang", email=MAIL)
    identify(desk, key_in(two.id))
    assert roots(desk, one, two, own) == [None, None, None]
    assert {found.id for found, _ in suggestions(desk, own, [key_in(own.id)])} == {one.id, two.id}
    assert forget(desk, fresh(desk, two), MEI).records == 1


def test_what_fits_two_whom_staff_took_apart_joins_neither() -> None:
    desk = FakeDesk()
    one, other = met(desk, "shopify/1", email=MAIL), met(desk, "woocommerce/1", email=MAIL)
    unmerge(desk, fresh(desk, one), fresh(desk, other), MEI, "brothers")
    third = met(desk, "fang", email=MAIL)
    assert roots(desk, one, other, third) == [None, None, None]


def test_who_is_merged_below_a_merged_record_can_be_taken_out_of_it() -> None:
    desk = FakeDesk()
    top, middle, below = met(desk, "a"), met(desk, "b"), met(desk, "c")
    merge(desk, middle, below, MEI, "")
    merge(desk, top, fresh(desk, middle), MEI, "")
    unmerge(desk, fresh(desk, middle), fresh(desk, below), MEI, "")
    assert [one.id for one in family_of(desk, fresh(desk, top))] == [top.id, middle.id]


def test_an_export_is_sent_to_nobody_when_another_address_was_merged_since_it_was_asked_for() -> None:
    desk = FakeDesk()
    victim, attacker = met(desk, "mail/X", email=MAIL), met(desk, "shopify/666", email="evil@example.net")
    asked = ask_for_export(desk, victim, MEI)
    merge(desk, attacker, victim, MEI, "an address that was typed in")
    assert make_export(desk, asked.id, lambda *_: b"{}") == "no one address"
    assert (desk.mailer.sent, desk.uploads.files) == ([], {})


def test_an_order_whose_buyer_is_merged_by_others_at_this_moment_is_heard_later_and_then_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = FakeDesk()
    nobody = met(desk, "shopify/order/1")
    told = msgspec.convert({"external_id": "1", "customer": {"external_id": "fang"}}, OrderTold)
    with monkeypatch.context() as others:
        others.setattr(desk.people, "link", _raced)
        with pytest.raises(Later):
            keep_order(desk, SHOP, told, NOON)
    assert desk.sales.load("demo", "1") is None
    kept = keep_order(desk, SHOP, told, NOON)
    assert fresh(desk, nobody).root == key_in(str(kept.customer))


def _raced(*_: Any) -> None:
    raise Raced


def test_withdrawing_again_is_written_once() -> None:
    desk = FakeDesk()
    link = unsubscribe_link(desk, SHOP, key_in(met(desk, "fang", email=MAIL).id)).rpartition("/")[2]
    for _ in range(3):
        unsubscribe(desk, link)
        desk.time += 1
    assert [len(told) for told in desk.people.told.values()] == [1]


def test_an_address_somebody_gave_up_links_nobody_any_more() -> None:
    desk = FakeDesk()
    own = met(desk, "fang", email="old@example.net")
    desk.customers.kept[key_in(own.id)] = msgspec.structs.replace(fresh(desk, own), email="new@example.net")
    newcomer = met(desk, "shopify/9", email="old@example.net")
    assert roots(desk, own, newcomer) == [None, None]


def test_records_of_several_addresses_are_exported_to_nobody() -> None:
    desk = FakeDesk()
    victim, attacker = met(desk, "mail/X", email=MAIL), met(desk, "shopify/666", email="evil@example.net")
    merge(desk, attacker, victim, MEI, "an address that was typed in")
    with pytest.raises(Conflict, match="several addresses"):
        ask_for_export(desk, fresh(desk, victim), MEI)


def test_who_withdrew_before_being_merged_is_not_asked_after_it() -> None:
    desk = FakeDesk()
    other = met(desk, "shopify/7", email=MAIL)
    told = ConsentIn(purpose="surveys", state="withdrawn", source="phone", text_version="1")
    keep_consent(desk, other, told, MEI)
    met(desk, "fang", email=MAIL)
    desk.hook("case.requested", request(customer={"external_id": "fang", "email": MAIL}))
    desk.hook("case.resolved", {"case_external_id": "web-1", "occurred_at": show(NOON)})
    desk.time += 2 * DAY
    outcome = send_survey(desk, case_key("demo", "web-1"))
    assert isinstance(outcome, SurveySkipped)
    assert outcome.reason == "consent_withdrawn"


def test_a_redaction_that_was_interrupted_is_carried_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = FakeDesk()
    hear(desk, "orders-create", "returns-request")
    case = case_of(desk)
    file = f"evidence/demo/{case.id}/1.jpg"
    desk.uploads.files[file] = b"x"
    taken = shopify(desk, "customers-redact")
    remove = desk.uploads.remove_below
    monkeypatch.setattr(desk.uploads, "remove_below", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        process_receipt(desk, taken.receipt.id)
    key = key_in(taken.receipt.id)
    desk.receipts.kept[key] = msgspec.structs.replace(desk.receipts.kept[key], body=b"")  # sealed with what is gone
    monkeypatch.setattr(desk.uploads, "remove_below", remove)
    assert process_receipt(desk, taken.receipt.id).state == "processed"
    assert file not in desk.uploads.files


def test_a_body_of_another_topic_redacts_nobody() -> None:
    desk = FakeDesk()
    hear(desk, "orders-create")
    taken = shopify(desk, "customers-redact", body=body_of("shopify", "orders-create"))
    assert taken.receipt.state == "failed"
    assert not any(one.erased_at for one in desk.customers.kept.values())


def test_a_return_that_came_before_its_order_is_the_buyers_and_is_forgotten_with_them() -> None:
    desk = FakeDesk()
    hear(desk, "returns-request", "orders-create")
    case, buyer = case_of(desk), str(sale_of(desk).customer)
    root = root_of(desk, key_in(case.customer))
    assert root is not None
    assert root.id == buyer
    assert forget(desk, root, MEI).cases == 1
    assert f"demo#{key_in(case.customer)}" in desk.vault.destroyed


def test_a_refund_in_two_transactions_is_the_same_by_webhook_and_when_asked_for() -> None:
    desk = FakeDesk()
    body = body_of("shopify", "refunds-create").replace(b'"status": "failure"', b'"status": "success"')
    heard(desk, shopify(desk, "refunds-create", body=body))
    assert [(one.id, one.amount.amount) for one in sale_of(desk).refunds] == [("8100000000001", "99.80")]
    told = order_answer((FIXTURES / "shopify_answers" / "order.json").read_bytes())
    assert told is not None
    assert [one.id for one in told.refunds] == ["8100000000001"]


def test_two_changes_in_one_second_are_two_deliveries() -> None:
    desk = FakeDesk()
    woocommerce(desk, "order-created")
    changed = body_of("woocommerce", "order-created").replace(b'"processing"', b'"cancelled"')
    assert not woocommerce(desk, "order-created", body=changed).duplicate
    assert woocommerce(desk, "order-created", body=changed).duplicate


def test_a_webhook_out_whose_words_were_erased_is_not_posted() -> None:
    from chalicelib.domain.webhooks_out.endpoint import Delivery

    desk = FakeDesk()
    made = Delivery(id="0" * 26, shop="demo", endpoint="erp", type="case.opened", case="C", body="", at=NOON)
    desk.deliveries.add(made)
    after = deliver(desk, "0" * 16)
    assert after is not None
    assert (after.state, after.attempts[-1].answer) == ("failed", "not sent: its content was erased")
    assert desk.courier.posted == []
