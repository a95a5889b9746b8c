"""Inbound email on moto: it is stored encrypted, handled once, and erased with the customer."""

import pytest

from chalicelib.adapters.email.mime import MimeParser
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.email.inbound_email import Verdicts
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.settings import settings
from chalicelib.usecases.email.receive_email import ReceivedEmail, receive_copies
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.notifications.signed_links import reply_address
from chalicelib.usecases.ports.intake import Receipt
from chalicelib.usecases.routing.manage_agents import put_agent
from tests.support.emails.samples.writing import FANG, plain
from tests.support.moto.cloud import client
from tests.support.moto.tables import whole_table


@pytest.fixture
def takes(services: AwsServices, monkeypatch: pytest.MonkeyPatch) -> AwsServices:
    """The services, where inbound email is received and Mei answers by email."""
    monkeypatch.setenv("INBOUND_DOMAIN", "in.example.com")
    settings.cache_clear()
    put_agent(services, "demo", "mei", AgentIn(email="mei@example.com"))
    return services


def take(services: AwsServices, raw: bytes, *recipients: str) -> Receipt:
    services.uploads.save("incoming/1", raw, "message/rfc822")
    arrived = ReceivedEmail(
        file="incoming/1",
        id="ses-1",
        recipients=recipients or ("demo@in.example.com",),
        envelope=FANG,
        verdicts=Verdicts(dmarc="pass"),
    )
    (receipt,) = receive_copies(services, MimeParser(), arrived)
    process_receipt(services, receipt.id)
    found = services.receipts.load(receipt.id)
    assert found is not None
    return found


def test_emails_of_a_customer_an_agent_and_another_are_stored_encrypted_and_each_once(takes: AwsServices) -> None:
    first = plain("first", "The lamp is dark.", Cc="Lei <lei@example.net>", Reply_To="fang@home.example")
    key = key_of_id(take(takes, first).case or "")
    token = reply_address(takes, key) or ""
    for _ in range(2):
        take(takes, plain("mei", "Try another socket.", From="mei@example.com", To=token), token)
        take(takes, plain("wu", "It is here.", From="wu@warehouse.example", To=token), token)
    facts = [one.fact for one in takes.cases.events(key)]
    assert sorted(type(one).__name__ for one in facts) == ["CaseOpened", "CaseTyped", "NoteAdded", "ReplySent"]
    opening = takes.cases.opening([key])[key]
    assert opening.mail is not None
    assert (opening.mail.copied, opening.mail.answer_to) == (("lei@example.net",), "fang@home.example")
    kept = whole_table()
    assert not [one for one in ("fang@", "lei@example.net", "wu@warehouse", "lamp is dark", "socket") if one in kept]


def test_two_emails_of_one_id_are_stored_and_found_by_it(takes: AwsServices) -> None:
    texts = ("Parcel 111.", "Parcel 222 broke.")
    cases = {take(takes, plain("x", text, Message_ID="<1@localhost>")).case for text in (*texts, *texts)}
    assert len(cases) == 2
    assert set(takes.threads.cases(["1@localhost"])) == {key_of_id(one or "") for one in cases}
    left = client("s3").list_objects_v2(Bucket="evidence").get("Contents", [])
    assert {one["Key"].split("/")[0] for one in left} == {"mails"}
