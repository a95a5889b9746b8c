"""Emails that forms and mailing lists pass on belong to their authors."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.email.authorship import find_writer
from chalicelib.domain.email.inbound_email import PER_SENDER, Mailbox, Verdicts
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.email.write_reply import write
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.cases.webhooks import KEY
from tests.support.emails.inbox import (
    ANSWER,
    FROM_A_LIST,
    OUR_ADDRESSES,
    SHOP_ADDRESS,
    inbound_email,
    last_email_ref,
    notify_about,
    opened_key,
    receive,
    receive_parsed,
    services_with_case,
)
from tests.support.emails.samples.writing import AMY, FANG, TOKEN, plain

# -- forms, mailers, lists


def formed(number: int, sender: str = "mailer@shop-platform.example", **more: Any) -> bytes:
    more = {"Reply_To": f"Ann {number} <ann{number}@example.org>"} | more
    return plain(f"form-{number}", f"Lamp {number} broke.", From=f"Shop <{sender}>", **more)


@pytest.mark.parametrize("sender", ["mailer@shop-platform.example", "no-reply@x.example", SHOP_ADDRESS])
def test_forty_forms_of_forty_people_are_forty_cases_each_answered_at_their_own_address(sender: str) -> None:
    services, customers = FakeServices(), set()
    for number in range(PER_SENDER + 10):
        key = opened_key(receive(services, formed(number, sender), envelope="bounce@shop-platform.example"))
        customers.add(case_in(services, key).customer)
        write(services, command(services, key=key), Message("Which lamp?"))
        assert notify_about(services, case_in(services, key)) == ["sent"]
    assert len(customers) == PER_SENDER + 10
    assert [one.to for one in services.mailer.sent] == [f"ann{number}@example.org" for number in range(PER_SENDER + 10)]


def test_who_a_form_says_wrote_is_never_certain_and_gets_nothing_by_itself() -> None:
    services = FakeServices()
    key = opened_key(receive(services, formed(1)))
    ref = last_email_ref(services, key)
    assert (ref.sender, ref.certain, ref.via) == ("ann1@example.org", False, "mailer@shop-platform.example")
    assert services.customers.stored[key_of_id(case_in(services, key).customer)].email is None
    notify_about(services, case_in(services, key), 0)
    assert services.mailer.sent == []


def test_a_form_that_claims_to_be_somebody_does_not_write_into_their_case() -> None:
    services = services_with_case()
    raw = formed(1, Reply_To=FANG, Subject=f"[{case_in(services).number}]", **ANSWER)
    assert opened_key(receive(services, raw, SHOP.id + "@in.example.com")) != KEY


def test_a_person_is_not_taken_in_without_end_by_a_form_either() -> None:
    services = FakeServices()
    states = [receive(services, formed(n, Reply_To=AMY)).state for n in range(PER_SENDER + 2)]  # type: ignore[union-attr]
    assert states.count("ignored") == 2


def test_a_form_that_the_shop_names_is_one_whatever_it_is_called_and_marked_with() -> None:
    services = FakeServices()
    raw = formed(1, "hello@agency.example", Auto_Submitted="auto-generated")
    before = last_email_ref(services, opened_key(receive(services, raw)))
    assert (before.sender, before.automatic) == ("hello@agency.example", True)
    services = FakeServices()
    services.shops.save(replace(SHOP, forms=("hello@agency.example",)))
    after = last_email_ref(services, opened_key(receive(services, raw)))
    assert (after.sender, after.automatic) == ("ann1@example.org", False)


def test_a_person_whose_answers_go_elsewhere_stays_who_they_are_and_is_answered_there() -> None:
    services = FakeServices()
    key = opened_key(receive(services, plain("x", "Dark.", Reply_To="fang@home.example")))
    assert services.customers.stored[key_of_id(case_in(services, key).customer)].email == FANG
    write(services, command(services, key=key), Message("Try."))
    assert notify_about(services, case_in(services, key)) == ["sent"]
    assert services.mailer.sent[-1].to == "fang@home.example"


def test_where_answers_go_is_believed_of_nobody_who_is_not_certain() -> None:
    services = services_with_case()
    receive(services, plain("x", "Dark.", To=TOKEN.decode(), Reply_To="evil@example.net"), dmarc="fail")
    write(services, command(services), Message("Try."))
    notify_about(services, case_in(services))
    assert services.mailer.sent[-1].to == FANG


@pytest.mark.parametrize(
    "more",
    [{"original_sender": AMY}, {"reply_to": (Mailbox(AMY),)}, {"original_sender": AMY, "reply_to": (Mailbox(FANG),)}],
)
def test_what_a_list_rewrote_is_of_whom_it_says_it_came_from(more: dict[str, Any]) -> None:
    writer = find_writer(inbound_email(**FROM_A_LIST | more), OUR_ADDRESSES)
    assert (writer.address, writer.name, writer.certain) == (AMY, "Amy", False)
    assert writer.via == "support@shop.example"


def test_who_a_list_says_wrote_is_a_person_and_one_of_each() -> None:
    services = services_with_case()
    for number in range(PER_SENDER + 5):
        email = inbound_email(
            **FROM_A_LIST, id=f"l{number}", original_sender=f"p{number}@example.org", text=f"Lamp {number}"
        )
        key = opened_key(receive_parsed(services, email))
        assert (last_email_ref(services, key).sender, last_email_ref(services, key).automatic) == (
            f"p{number}@example.org",
            False,
        )
    assert len(services.cases.stored) == PER_SENDER + 6


@pytest.mark.parametrize(
    "more",
    [
        {"original_sender": "fang@example.net"},
        {"reply_to": (Mailbox("noreply@x.example"),), "sender": "form@x.example"},
        {"reply_to": (Mailbox("r-1@in.example.com"),), "sender": "form@x.example"},
        {"reply_to": (Mailbox(AMY),), "sender": "noreply@x.example", "automatic": "reply"},
    ],
)
def test_who_cannot_be_found_behind_an_email_is_who_its_from_names(more: dict[str, Any]) -> None:
    email = inbound_email(**more)
    assert find_writer(email, OUR_ADDRESSES).address == email.sender


def test_spam_that_a_list_passed_on_stays_spam() -> None:
    email = inbound_email(**FROM_A_LIST, original_sender=AMY, verdicts=Verdicts(dmarc="pass", spam="fail"))
    assert find_writer(email, OUR_ADDRESSES).automatic == "bulk"


@pytest.mark.parametrize("address", ["mailerson@x.example", "norman@reply.example", "formica@x.example", "notis@x.se"])
def test_a_person_is_no_mailer_by_how_their_address_begins(address: str) -> None:
    assert not OUR_ADDRESSES.passes_on(address)
