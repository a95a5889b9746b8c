"""Emails of the other side of a conversation: they never become the customer's words, and none is lost or doubled."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.cases.facts import MessageReceived, NoteAdded
from chalicelib.domain.email.inbound_email import Bounce, Verdicts
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.side_conversations.payloads import CloseSide
from chalicelib.usecases.cases.read_case import find_case
from chalicelib.usecases.email.read_email import read_email
from chalicelib.usecases.email.receive_email import ReceivedEmail, receive_copies
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.notifications.signed_links import reply_address
from chalicelib.usecases.privacy.erase_customer import erase_customer
from chalicelib.usecases.side_conversations import converse
from chalicelib.usecases.side_conversations.read_sides import read_side
from tests.fakes import FakeServices
from tests.support.cases.case_work import MEI, case_in, command, event_types
from tests.support.cases.webhooks import KEY
from tests.support.emails.inbox import (
    MEI_ADDRESS,
    PARSER,
    inbound_email,
    receive,
    receive_parsed,
    services_with_case,
    with_mei,
)
from tests.support.emails.samples.writing import FANG, PNG, TOKEN, a_file, body, mail, plain, several
from tests.support.emails.sides import FACTORY, answer, mailed, received, side_in, started

SHOP_INBOX = "demo@in.example.com"


def no_message_of_the_customer(services: FakeServices) -> bool:
    return not [event for event in services.cases.events(KEY) if isinstance(event.fact, MessageReceived | NoteAdded)]


def test_an_answer_to_the_conversations_own_address_is_its_message() -> None:
    services = services_with_case()
    mailed(services)
    before = case_in(services)
    receipt = answer(services)
    (fact,) = received(services)
    assert (receipt.state, receipt.case) == ("processed", case_in(services).id)
    assert (fact.message, fact.other_sender, fact.automatic) == ("Yes, it is.", False, None)
    side = side_in(services)
    assert (side.waiting_for, side.received, side.due_at) == ("us", 1, None)
    assert (case_in(services).status, case_in(services).clocks) == (before.status, before.clocks)
    assert no_message_of_the_customer(services)


@pytest.mark.parametrize(
    ("to", "more"),
    [
        (SHOP_INBOX, {"In_Reply_To": "<mail-1>"}),
        (SHOP_INBOX, {"Subject": "NUMBER"}),
        ("case", {}),
    ],
    ids=["answers our email", "names the number", "to the case's address"],
)
def test_the_other_side_is_known_wherever_it_writes_about_the_case(to: str, more: dict[str, str]) -> None:
    services = services_with_case()
    mailed(services)
    more = {key: value.replace("NUMBER", f"Re: [{case_in(services).number}]") for key, value in more.items()}
    to = reply_address(services, KEY) or "" if to == "case" else to
    answer(services, to=to, **more)
    (fact,) = received(services)
    assert (fact.side, fact.other_sender) == (side_in(services).id, False)
    assert no_message_of_the_customer(services)


def test_an_uncertain_sender_is_believed_at_the_secret_address_alone() -> None:
    services = services_with_case()
    mailed(services)
    answer(services, to=SHOP_INBOX, In_Reply_To="<mail-1>", dmarc="fail")
    assert received(services) == []
    answer(services, name="a-2", dmarc="fail")
    (fact,) = received(services)
    assert fact.mail is not None
    assert not fact.mail.certain


def test_another_sender_is_kept_and_marked() -> None:
    services = services_with_case()
    mailed(services)
    answer(services, From="boss@maker.example", envelope="boss@maker.example")
    answer(services, name="a-2", From="boss@maker.example", to=SHOP_INBOX, In_Reply_To="<mail-1>")
    assert [(fact.other_sender, fact.mail.sender if fact.mail else "") for fact in received(services)] == [
        (True, "boss@maker.example")
    ] * 2
    assert side_in(services).waiting_for == "us"


def test_what_the_customer_writes_stays_theirs_even_if_they_answer_an_email_of_the_conversation() -> None:
    services = services_with_case()
    mailed(services)
    receive(services, plain("c-1", "Hello?", In_Reply_To="<mail-1>", To=SHOP_INBOX))
    services.time += 1000
    receive(services, plain("c-2", "Anybody?", To=TOKEN.decode()))
    texts = [e.fact.message for e in services.cases.events(KEY) if isinstance(e.fact, MessageReceived)]
    assert texts == ["Hello?", "Anybody?"]
    assert received(services) == []


def test_an_agent_who_answers_by_email_is_named_as_the_one_who_did() -> None:
    services = with_mei(services_with_case())
    mailed(services)
    answer(services, From=MEI_ADDRESS, envelope=MEI_ADDRESS)
    event = services.cases.events(KEY)[-1]
    assert (event.by, received(services)[0].other_sender) == (MEI, True)


def test_the_same_email_is_one_message_however_often_and_by_which_way_it_comes() -> None:
    services = services_with_case()
    mailed(services)
    to = services.mailer.sent[-1].reply_to or ""
    for address in (to, to, SHOP_INBOX):
        answer(services, "Yes.", to=address, raw=plain("same", "Yes.", From=FACTORY, To=to, In_Reply_To="<mail-1>"))
    assert len(received(services)) == 1
    case, fact = case_in(services), received(services)[0]
    assert fact.mail is not None
    assert sorted(services.uploads.files) == [
        f"mails/demo/{case.id}/{fact.mail.letter}.{kind}" for kind in ("eml", "json")
    ]


def test_an_email_to_two_conversations_is_a_message_of_each_and_none_of_the_case() -> None:
    services = services_with_case()
    mailed(services)
    services.time += 1000
    mailed(services, to="carrier@post.example", kind="carrier")
    addresses = tuple(sent.reply_to or "" for sent in services.mailer.sent)
    services.uploads.files["incoming/1"] = plain("both", "To both.", From=FACTORY, To=", ".join(addresses))
    arrived = ReceivedEmail(
        file="incoming/1",
        id="ses-1",
        recipients=(*addresses, reply_address(services, KEY) or ""),
        envelope=FACTORY,
        verdicts=Verdicts(dmarc="pass"),
    )
    for receipt in receive_copies(services, PARSER, arrived):
        process_receipt(services, receipt.id)
    assert {(fact.side, fact.other_sender) for fact in received(services)} == {
        (side_in(services, 0).id, False),
        (side_in(services, 1).id, True),
    }
    assert no_message_of_the_customer(services)


def test_files_lie_beside_the_email_never_among_the_evidence_and_leave_with_the_customer() -> None:
    services = services_with_case()
    mailed(services)
    raw = mail("files", several("mixed", body("See."), a_file("proof.png", PNG, "image/png")), From=FACTORY)
    answer(services, raw=raw)
    case, (fact,) = case_in(services), received(services)
    assert [(file.name, file.kind, file.size) for file in fact.files] == [("proof.png", "image/png", len(PNG))]
    assert fact.mail is not None
    name = f"mails/demo/{case.id}/{fact.mail.letter}"
    assert sorted(services.uploads.files) == [f"{name}-00", f"{name}.eml", f"{name}.json"]
    assert services.uploads.files[f"{name}-00"] == PNG
    thread = read_side(services, find_case(services, case.id), side_in(services).id)
    assert thread.messages[-1].files[0].url == f"https://bucket.example.com/{name}-00?signed"
    whole = read_email(services, find_case(services, case.id), fact.mail.letter)
    assert (whole.sender, whole.text.strip()) == (FACTORY, "See.")
    customer = services.customers.stored[key_of_id(case.customer)]
    assert erase_customer(services, customer, MEI).files == 3
    assert services.uploads.files == {}


def test_an_absence_notice_is_shown_and_is_no_answer() -> None:
    services = services_with_case()
    side = mailed(services)
    answer(services, "I am away.", Auto_Submitted="auto-replied", Subject="Away")
    (fact,) = received(services)
    assert (fact.automatic, fact.message, fact.other_sender) == ("reply", "Away\n\nI am away.", False)
    assert (side_in(services).waiting_for, side_in(services).due_at) == ("them", side.due_at)


@pytest.mark.parametrize(
    ("failed", "turn"),
    [
        (Bounce(FACTORY, "5.1.1", "failed"), "us"),
        (Bounce(FACTORY, "4.4.1", "delayed"), "them"),
        (Bounce(FANG, "5.1.1", "failed"), "them"),
    ],
)
def test_a_bounce_of_our_email_makes_it_our_turn_and_marks_no_address_of_the_customer(failed: Any, turn: Any) -> None:
    services = services_with_case()
    mailed(services)
    services.time += 1000
    report = {"automatic": "bounce", "sender": "mailer-daemon@mx.example", "about": ("mail-1",), "bounced": (failed,)}
    receive_parsed(services, inbound_email(id="b-1", **report))
    (fact,) = received(services)
    assert (fact.automatic, fact.failed) == ("bounce", turn == "us")
    assert (side_in(services).waiting_for, side_in(services).failed) == (turn, "bounced" if turn == "us" else None)
    assert services.customers.stored[key_of_id(case_in(services).customer)].undeliverable is None


def test_an_answer_opens_a_closed_conversation_again_and_a_task_on_a_case_that_is_done() -> None:
    services = services_with_case()
    side = mailed(services)
    converse.close(services, command(services), side.id, CloseSide())
    services.hook("case.resolved", {"case_external_id": "web-1"})
    answer(services)
    assert (side_in(services).state, case_in(services).status) == ("open", "resolved")
    assert [task.open for task in case_in(services).tasks] == [True]


def test_our_own_email_that_comes_back_is_no_answer() -> None:
    services = services_with_case()
    mailed(services)
    assert answer(services, From="care@example.com", envelope="care@example.com").state == "ignored"
    assert received(services) == []


def test_an_answer_to_a_conversation_that_the_case_does_not_hold_any_more_becomes_a_note() -> None:
    services = services_with_case()
    side = mailed(services)
    converse.close(services, command(services), side.id, CloseSide())
    for _ in range(10):
        services.time += 1000
        started(services, to="other@else.example")
    answer(services, to=services.mailer.sent[0].reply_to)
    assert received(services) == []
    assert event_types(services).count("note_added") == 1
    assert event_types(services).count("message_received") == 0


def test_an_answer_that_meets_others_who_write_at_the_same_time_is_stored_once() -> None:
    services = services_with_case()
    mailed(services)
    services.cases.races = 3
    receipt = answer(services)
    process_receipt(services, receipt.id)
    assert len(received(services)) == 1
    assert side_in(services).received == 1


def test_an_email_that_came_while_its_customer_was_erased_leaves_no_file() -> None:
    services = services_with_case()
    mailed(services)
    customer = services.customers.stored[key_of_id(case_in(services).customer)]
    erase_customer(services, customer, MEI)
    services.customers.stored[key_of_id(customer.id)] = replace(
        services.customers.stored[key_of_id(customer.id)], erased_at=services.time + 5000
    )
    answer(services)
    assert services.uploads.files == {}
