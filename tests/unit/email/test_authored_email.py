"""Agents' emails: replies, notes, forwarded emails."""

import pytest

from chalicelib.domain.cases.facts import MessageReceived, NoteAdded, ReplySent
from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.flows.facts import TaskOpened
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, Invalid
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.usecases.email.read_email import read_email
from chalicelib.usecases.email.write_reply import write
from chalicelib.usecases.notifications.signed_links import reply_address
from chalicelib.usecases.routing.manage_agents import put_agent
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.cases.webhooks import KEY
from tests.support.emails.inbox import (
    MEI_ADDRESS,
    SHOP_ADDRESS,
    SHOP_INBOUND,
    last_email_ref,
    last_event,
    notify_about,
    opened_key,
    receive,
    services_with_case,
    texts_of,
    with_mei,
)
from tests.support.emails.samples.writing import AMY, FANG, NUMBER, PNG, TOKEN, a_file, body, mail, plain, several

# -- staff


def test_an_agents_mail_to_a_case_is_their_reply_and_goes_to_the_customer_once() -> None:
    services = with_mei(services_with_case())
    receive(
        services, plain("x", "Please try another socket.", From=MEI_ADDRESS, To=TOKEN.decode()), envelope=MEI_ADDRESS
    )
    event = last_event(services)
    assert (event.by, event.fact.message) == (Actor("agent", "mei"), "Please try another socket.")
    assert isinstance(event.fact, ReplySent)
    assert case_in(services).first_reply_at is not None
    assert (notify_about(services, case_in(services)), notify_about(services, case_in(services))) == (
        ["sent"],
        ["claimed before"],
    )
    assert [(one.to, one.headers["Auto-Submitted"]) for one in services.mailer.sent] == [(FANG, "no")]


def test_an_agents_mail_that_the_customer_got_is_not_sent_to_them_again() -> None:
    services = with_mei(services_with_case())
    raw = plain("x", "Please try another socket.", From=MEI_ADDRESS, To=FANG, Cc=TOKEN.decode())
    receive(services, raw, reply_address(services, KEY), envelope=MEI_ADDRESS)
    assert isinstance(last_event(services).fact, ReplySent)
    assert notify_about(services, case_in(services)) == ["nothing to tell"]


def test_whoever_may_only_say_that_they_are_an_agent_says_nothing_to_a_customer() -> None:
    services = with_mei(services_with_case())
    receive(
        services,
        plain("x", "Send me your card's number.", From=MEI_ADDRESS, To=TOKEN.decode()),
        envelope=MEI_ADDRESS,
        dmarc="fail",
    )
    facts = [one.fact for one in services.cases.events(KEY)]
    assert not [one for one in facts if isinstance(one, ReplySent | MessageReceived)]
    assert [one for one in facts if isinstance(one, TaskOpened)]
    assert services.mailer.sent == []


def test_an_agent_who_names_a_case_by_its_number_alone_notes_something_on_it() -> None:
    services = with_mei(services_with_case())
    receive(services, plain("x", "Called her.", From=MEI_ADDRESS, Subject=f"[{NUMBER.decode()}]"), envelope=MEI_ADDRESS)
    assert (last_event(services).by, last_event(services).fact.message) == (Actor("agent", "mei"), "Called her.")
    assert isinstance(last_event(services).fact, NoteAdded)


def test_an_agents_mail_to_the_customer_that_a_copy_of_comes_in_is_the_reply_it_was() -> None:
    services = with_mei(services_with_case())
    receive(
        services,
        plain("x", "Try another socket.", From=MEI_ADDRESS, To=FANG, Subject=f"[{NUMBER.decode()}]"),
        SHOP_INBOUND,
        MEI_ADDRESS,
    )
    assert isinstance(last_event(services).fact, ReplySent)
    assert case_in(services).first_reply_at is not None
    assert notify_about(services, case_in(services)) == ["nothing to tell"]


def test_an_agent_who_logs_in_by_their_address_writes_from_it() -> None:
    services = services_with_case()
    put_agent(services, "demo", MEI_ADDRESS, AgentIn())
    receive(services, plain("x", "Try another socket.", From=MEI_ADDRESS, To=TOKEN.decode()), envelope=MEI_ADDRESS)
    assert last_event(services).by == Actor("agent", MEI_ADDRESS)
    with pytest.raises(Conflict):
        put_agent(services, "demo", "lee", AgentIn(email=MEI_ADDRESS))


FORWARDED = (
    "From her.\n\n---------- Forwarded message ---------\nFrom: Amy <amy@example.org>\nDate: Fri, Nov 20, 2026\n"
    "Subject: My parcel\nTo: <care@example.com>\n\nMy parcel 77 was lost."
)


def test_a_customers_mail_that_an_agent_forwards_keeps_its_words_and_asks_whose_it_is() -> None:
    services = with_mei(FakeServices())
    key = opened_key(
        receive(services, plain("x", FORWARDED, From=MEI_ADDRESS, Subject="Fwd: My parcel"), envelope=MEI_ADDRESS)
    )
    assert "parcel 77" in texts_of(services, key)[0]
    assert (case_in(services, key).tags, last_email_ref(services, key).suggested) == (("customer_unknown",), AMY)
    assert services.cases.events(key)[0].by == Actor("agent", "mei")
    write(services, command(services, key=key), Message("We look for it."))
    assert notify_about(services, case_in(services, key)) == ["no address"]
    assert isinstance(last_event(services, key).fact, NoteAdded)
    assert services.mailer.sent == []


def test_an_address_is_one_agents_and_not_the_shops() -> None:
    services = with_mei(FakeServices())
    with pytest.raises(Conflict):
        put_agent(services, "demo", "lee", AgentIn(email=MEI_ADDRESS.upper()))
    with pytest.raises(Invalid):
        put_agent(services, "demo", "lee", AgentIn(email=SHOP_ADDRESS))
    put_agent(services, "demo", "mei", AgentIn(email=MEI_ADDRESS, capacity=3))


def test_what_its_sender_calls_important_says_so_and_waits_its_turn() -> None:
    services = FakeServices()
    for name, more in (("a", {"X_Priority": "1 (Highest)"}), ("b", {"Importance": "low"})):
        case = case_in(services, opened_key(receive(services, plain(name, "Dark.", **more))))
        assert (case.tags, case.priority) == (("important",) if name == "a" else (), "normal")


def test_an_agent_hears_that_the_files_of_their_reply_did_not_go_with_it() -> None:
    services = with_mei(services_with_case())
    parts = several("mixed", body("See the picture."), a_file("how.png", PNG, "image/png"))
    for name, more in (("a", {}), ("b", {"Cc": FANG})):
        receive(
            services,
            mail(name, parts, From=MEI_ADDRESS, To=TOKEN.decode(), **more),
            reply_address(services, KEY),
            MEI_ADDRESS,
        )
        services.time += 1000
    facts = [one.fact for one in services.cases.events(KEY)]
    assert [one.had for one in facts if isinstance(one, ReplySent)] == [False, True]
    (sent, _) = (one.mail for one in facts if isinstance(one, ReplySent) and one.mail)
    assert read_email(services, services.cases.load(KEY), sent.letter).text.strip() == "See the picture."
    assert len([one for one in facts if isinstance(one, NoteAdded)]) == 1  # who was in copy has the file
