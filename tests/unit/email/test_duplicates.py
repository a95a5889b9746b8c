"""Which emails are the same email, and which only share an id."""

import pytest

from chalicelib.adapters.email.mime import MimeParser
from chalicelib.domain.email.duplicates import fingerprint
from chalicelib.domain.email.inbound_email import Verdicts
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.usecases.email.receive_email import ReceivedEmail, receive_copies
from chalicelib.usecases.intake.process_receipt import process_receipt
from tests.fakes import FakeServices
from tests.support.emails.inbox import (
    ANSWER,
    SHOP_INBOUND,
    deliver_copies,
    opened_key,
    receive,
    services_with_case,
    texts_of,
)
from tests.support.emails.samples.writing import AMY, FANG, TOKEN, plain

# -- repeats


def test_two_emails_with_one_id_are_two_cases_of_two_people() -> None:
    services = FakeServices()
    one = opened_key(receive(services, plain("x", "Parcel 111 is late.", Message_ID="<1@localhost>")))
    other = opened_key(receive(services, plain("x", "My shoes.", Message_ID="<1@localhost>", From=AMY), envelope=AMY))
    assert one != other
    assert (texts_of(services, one), texts_of(services, other)) == (["Parcel 111 is late."], ["My shoes."])


@pytest.mark.parametrize("days", [0, 40])
def test_two_emails_of_one_person_with_one_id_are_two_emails_and_each_again_is_none(days: int) -> None:
    services = FakeServices()
    first, second = (plain("x", text, Message_ID="<1@localhost>") for text in ("Parcel 111.", "Parcel 222 broke."))
    found = []
    for raw in (first, second, first, second):
        found.append(opened_key(receive(services, raw)))
        services.time += days * DAY_MS
    assert found[:2] == found[2:]
    assert len(set(found)) == 2  # two matters: neither answers the other
    assert sorted(text for key in set(found) for text in texts_of(services, key)) == [
        "Parcel 111.",
        "Parcel 222 broke.",
    ]


def test_an_email_that_comes_again_when_its_receipt_is_long_gone_is_no_second_message() -> None:
    services = services_with_case()
    raw = plain("again", "Dark.", To=TOKEN.decode())
    receive(services, raw)
    services.receipts.stored.clear()
    services.time += 40 * DAY_MS
    receive(services, raw)
    assert texts_of(services).count("Dark.") == 1
    assert not [name for name in services.uploads.files if name.startswith("letters/")]


def test_two_answers_in_one_thread_with_one_id_are_both_heard() -> None:
    services = services_with_case()
    for text in ("It smokes.", "Now it burns."):
        services.time += 1000
        receive(services, plain("x", text, To=TOKEN.decode(), Message_ID="<1@localhost>"))
    assert texts_of(services)[1:] == ["It smokes.", "Now it burns."]


def test_an_answer_to_an_id_that_two_emails_have_finds_its_own_persons_case() -> None:
    services = FakeServices()
    keys = {}
    for who in (FANG, AMY):
        keys[who] = opened_key(
            receive(services, plain("x", f"Mine: {who}", Message_ID="<1@l>", From=who), envelope=who)
        )
    for who in (AMY, FANG):
        answer = plain(f"answer-{who}", "And more.", From=who, In_Reply_To="<1@l>", Subject="[nothing]")
        assert opened_key(receive(services, answer, envelope=who)) == keys[who]


@pytest.mark.parametrize(
    "added",
    [
        b"Received: from a.example by b.example; Fri, 20 Nov 2026 09:12:00 +0800\r\n",
        b"Return-Path: <x@y.example>\r\nX-SES-RECEIPT: abc\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256;\r\n b=abc\r\nAuthentication-Results: mx; dkim=pass\r\n",
    ],
)
def test_what_servers_write_above_a_mail_on_its_way_does_not_make_it_another(added: bytes) -> None:
    raw = plain("same", "Dark.")
    assert fingerprint(added + raw) == fingerprint(raw) == fingerprint(raw + b"\r\n")


@pytest.mark.parametrize(
    "other",
    [
        plain("same", "Dark!"),
        plain("same", "Dark.", Subject="Lamp 2"),
        plain("same", "Dark.", From=AMY),
        plain("same", "Dark.", Reply_To=AMY),
        plain("same", "Dark.", Date="Fri, 20 Nov 2026 09:13:00 +0800"),
    ],
)
def test_what_its_sender_wrote_differently_makes_it_another(other: bytes) -> None:
    assert fingerprint(other) != fingerprint(plain("same", "Dark."))


def test_an_email_sent_to_its_case_and_to_the_shop_is_one_message() -> None:
    services = services_with_case()
    raw = plain("both", "Dark.", **ANSWER)
    assert len(deliver_copies(services, raw, "@@TOKEN@@", "demo@in.example.com")) == 1
    deliver_copies(services, b"Received: by forwarder.example\r\n" + raw, "demo@in.example.com")
    assert texts_of(services).count("Dark.") == 1


def test_a_mail_without_an_id_that_comes_by_two_ways_is_one() -> None:
    services = FakeServices()
    for number in (1, 2):
        raw = plain("x", "Dark.", Message_ID=None)
        services.uploads.files["incoming/1"] = f"Received: by mx{number}.example\r\n".encode() + raw
        arrived = ReceivedEmail(
            file="incoming/1",
            id=f"ses-{number}",
            recipients=(SHOP_INBOUND,),
            envelope=FANG,
            verdicts=Verdicts(dmarc="pass"),
        )
        for receipt in receive_copies(services, MimeParser(), arrived):
            process_receipt(services, receipt.id)
    assert len(services.cases.stored) == len(services.receipts.stored) == 1
