"""A corpus of emails that clients, machines and forgers send, and what follows from each."""

import pytest

from chalicelib.domain.email.inbound_email import PER_SENDER, Verdicts
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.triage.facts import CaseTyped
from chalicelib.usecases.cases.read_case import find_case
from chalicelib.usecases.email.read_email import read_email
from chalicelib.usecases.email.receive_email import ReceivedEmail, receive_email
from chalicelib.usecases.intake.process_receipt import process_receipt
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.cases.webhooks import KEY
from tests.support.emails.inbox import PARSER, outcome_of, receive, services_with_case
from tests.support.emails.samples.corpus import CORPUS
from tests.support.emails.samples.writing import AMY, FANG, NUMBER, OURS, TOKEN, Sample, plain


@pytest.mark.parametrize("sample", CORPUS, ids=lambda sample: sample.name)
def test_a_mail_says_what_its_sender_wrote_and_goes_where_it_belongs(sample: Sample) -> None:
    services = services_with_case()
    read = PARSER.read(sample.raw, sample.envelope, (), Verdicts())
    assert read.email.text == sample.text
    assert [one.name for one in read.email.attachments] == list(sample.files)
    assert read.email.automatic == sample.automatic
    assert sample.subject in (None, read.email.subject)
    receipt = receive(services, sample.raw, None, sample.envelope, sample.dmarc)
    assert outcome_of(services, receipt) == sample.then
    if sample.language is not None and receipt is not None and receipt.case is not None:
        assert find_case(services, receipt.case).case.language == sample.language  # type: ignore[union-attr]


def test_the_corpus_has_sixty_mails_and_no_two_of_one_name() -> None:
    assert len({sample.name for sample in CORPUS}) == len(CORPUS) >= 60


def test_a_mail_that_arrives_twice_is_taken_in_once() -> None:
    services = services_with_case()
    first = receive(services, plain("twice", "Dark."))
    again = receive(services, plain("twice", "Dark."))
    assert first is not None
    assert again is not None
    assert first.id == again.id
    assert [one.type for one in services.cases.events(key_of_id(str(first.case)))] == ["case_opened", "case_typed"]
    assert not [name for name in services.uploads.files if name.startswith(("incoming/", "letters/"))]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_emails_of_one_conversation_are_one_case_in_whatever_order_they_arrive(order: tuple[int, int]) -> None:
    services = FakeServices()
    raw = (
        plain("a", "The lamp is dark."),
        plain("b", "And it smokes.", In_Reply_To="<a@client.example>", References="<a@client.example>"),
    )
    cases = {receipt.case for place in order if (receipt := receive(services, raw[place])) is not None}
    assert len(cases) == 1
    events = services.cases.events(key_of_id(str(cases.pop())))
    said = [getattr(one.fact, "message", "") for one in events if not isinstance(one.fact, CaseTyped)]
    assert sorted(said) == ["And it smokes.", "The lamp is dark."]


def test_emails_of_two_people_are_two_cases_though_one_answers_the_other() -> None:
    services = FakeServices()
    one = receive(services, plain("a", "The lamp is dark."))
    other = receive(services, plain("b", "Mine too.", From=AMY, References="<a@client.example>"), envelope=AMY)
    assert one is not None
    assert other is not None
    assert one.case != other.case


def test_an_email_reopens_a_resolved_case_and_a_machines_answer_does_not() -> None:
    from chalicelib.domain.cases.payloads import StatusChange
    from chalicelib.usecases.cases.handle_command import set_status

    services = services_with_case()
    set_status(services, command(services), StatusChange("resolved"))
    services.time += 1000
    answer = {"In_Reply_To": f"<{OURS}>"}
    receive(services, plain("away", "I am away.", Auto_Submitted="auto-replied", **answer))
    assert case_in(services).status == "resolved"
    receive(services, plain("no", "Not at all!", **answer))
    assert (case_in(services).status, case_in(services).email.by_mail) == ("open", True)


def test_what_the_server_takes_for_spam_is_not_answered() -> None:
    email = PARSER.read(plain("spam", "Buy!"), FANG, (), Verdicts(dmarc="pass", spam="fail")).email
    assert email.automatic == "bulk"


NAMED = f"=?utf-8?q?{FANG.replace('@', '=40')}=2C?= <attacker@evil.example>"
"""An attacker's name that reads like another's address once it is decoded."""


@pytest.mark.parametrize("sender", [NAMED, f"{FANG}, attacker@evil.example"], ids=["in a name", "beside it"])
def test_nobody_is_another_for_certain_by_what_stands_in_from(sender: str) -> None:
    services = services_with_case()
    email = PARSER.read(plain("x", "Hi", From=sender), None, (), Verdicts(dmarc="pass")).email
    assert not (email.certain and email.sender == FANG)
    raw = plain("forged", "Pay to account 666.", From=sender, Subject=f"[{NUMBER.decode()}]")
    receipt = receive(services, raw, envelope="attacker@evil.example")
    assert outcome_of(services, receipt) == "opens"


def test_two_from_headers_are_nobody_for_certain() -> None:
    raw = b"From: attacker@evil.example\r\n" + plain("x", "Hi")
    assert not PARSER.read(raw, None, (), Verdicts(dmarc="pass")).email.certain


def test_a_forged_bounce_writes_into_nobodys_case_and_silences_nobody() -> None:
    services = services_with_case()
    for number in range(PER_SENDER + 2):
        raw = plain(f"b{number}", "Approved: pay!", From="mailer-daemon@evil.example", Subject=f"[{NUMBER.decode()}]")
        assert outcome_of(services, receive(services, raw, envelope="", dmarc="fail")) == "ignored"
    joined = receive(services, plain("real", "Hello", To=TOKEN.decode()))
    assert outcome_of(services, joined) == "joins"
    assert "Approved" not in str(services.cases.events(KEY))


def test_an_email_that_came_long_after_closing_is_read_at_the_case_it_opened() -> None:
    from chalicelib.domain.cases.payloads import StatusChange
    from chalicelib.usecases.cases.handle_command import set_status

    services = services_with_case()
    set_status(services, command(services), StatusChange("resolved"))
    set_status(services, command(services), StatusChange("closed"))
    services.time += 9 * DAY_MS
    receipt = receive(services, plain("late", "It broke again.", To=TOKEN.decode()))
    assert receipt is not None
    linked = find_case(services, str(receipt.case))
    assert linked.case is not None
    assert linked.case.links == (case_in(services).id,)
    assert read_email(services, linked, key_of_id(receipt.id)).text.strip() == "It broke again."


def test_emails_without_ids_are_conversations_of_their_own() -> None:
    services = FakeServices()
    found = []
    for number in range(2):
        services.uploads.files["incoming/1"] = plain("x", f"Matter {number}", Message_ID=None)
        arrived = ReceivedEmail(
            file="incoming/1",
            id=f"ses-{number}",
            recipients=("demo@in.example.com",),
            envelope=FANG,
            verdicts=Verdicts(dmarc="pass"),
        )
        receipt = receive_email(services, PARSER, arrived)
        assert receipt is not None
        found.append(process_receipt(services, receipt.id).case)
    assert len(set(found)) == 2
