"""Bounces mark the addresses that take no email."""

from typing import Any

import pytest

from chalicelib.domain.cases.facts import NoteAdded, ReplySent
from chalicelib.domain.cases.payloads import Message, StatusChange
from chalicelib.domain.email.inbound_email import Bounce
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.sla.policies import SurveyPolicy
from chalicelib.domain.surveys.surveys import reason_to_skip
from chalicelib.usecases.cases.handle_command import set_status
from chalicelib.usecases.email.write_reply import write
from chalicelib.usecases.notifications.signed_links import reply_address
from tests.support.cases.case_work import case_in, command
from tests.support.cases.webhooks import KEY, request
from tests.support.emails.inbox import (
    FAILED_FOR_GOOD,
    bounce,
    inbound_email,
    last_event,
    notify_about,
    opened_key,
    receive,
    receive_parsed,
    services_with_case,
)
from tests.support.emails.samples.writing import AMY, FANG, OURS, TOKEN, plain


@pytest.mark.parametrize("status", [{}, {"about": (), "quoted_ids": (OURS,)}, {"automatic": "bounce", "sender": ""}])
def test_an_address_that_our_mail_came_back_from_for_good_is_marked_at_the_person(status: dict[str, Any]) -> None:
    services = services_with_case()
    assert bounce(services, FAILED_FOR_GOOD, **status) == FANG
    assert isinstance(last_event(services).fact, NoteAdded)


@pytest.mark.parametrize(
    ("failed", "status"),
    [
        (Bounce(FANG, "4.2.2", "delayed"), {}),
        (Bounce(FANG, "5.1.1", "delayed"), {}),
        (Bounce(FANG, "2.0.0", "delivered"), {}),
        (Bounce(FANG), {}),
        (Bounce(AMY, "5.1.1", "failed"), {}),
        (FAILED_FOR_GOOD, {"about": ("spam@x",)}),
        (FAILED_FOR_GOOD, {"about": ()}),
    ],
)
def test_what_is_not_ours_not_theirs_or_not_for_good_marks_nobody(failed: Bounce, status: dict[str, Any]) -> None:
    services = services_with_case()
    assert bounce(services, failed, **status) is None


def test_a_bounce_that_gives_back_nothing_of_ours_marks_nobody_though_it_finds_the_case() -> None:
    services = services_with_case()
    email = inbound_email(automatic="bounce", sender="", about=("spam@x",), bounced=(FAILED_FOR_GOOD,))
    assert opened_key(receive_parsed(services, email, reply_address(services, KEY) or "")) == KEY
    assert services.customers.stored[key_of_id(case_in(services).customer)].undeliverable is None


def test_an_email_with_our_id_that_arrived_first_marks_nobody() -> None:
    services = services_with_case()
    services.threads.remember("theirs@client.example", KEY, services.time, ours=False)
    assert bounce(services, FAILED_FOR_GOOD, about=("theirs@client.example",)) is None


def test_nothing_is_sent_to_an_address_that_takes_no_mail_and_who_replied_hears_so() -> None:
    services = services_with_case()
    receive(services, plain("x", "Dark.", To=TOKEN.decode()))
    bounce(services, FAILED_FOR_GOOD)
    services.time += 1000
    write(services, command(services), Message("Try."))
    place = next(n for n, one in enumerate(services.cases.events(KEY)) if isinstance(one.fact, ReplySent))
    assert notify_about(services, case_in(services), place) == ["undeliverable"]
    assert isinstance(last_event(services).fact, NoteAdded)
    assert services.mailer.sent == []
    customer = services.customers.stored[key_of_id(case_in(services).customer)]
    set_status(services, command(services), StatusChange("resolved"))
    assert reason_to_skip(case_in(services), customer, SurveyPolicy(), services.time) == "undeliverable"


def test_who_writes_from_an_address_or_has_another_gets_mail_again() -> None:
    services = services_with_case()
    assert bounce(services, FAILED_FOR_GOOD) == FANG
    receive(services, plain("x", "I am here.", To=TOKEN.decode()))
    assert services.customers.stored[key_of_id(case_in(services).customer)].undeliverable is None
    assert bounce(services, FAILED_FOR_GOOD) == FANG
    services.time += 1000
    services.hook("case.requested", request(external_id="w2", customer={"external_id": "fang", "email": AMY}))
    assert services.customers.stored[key_of_id(case_in(services).customer)].undeliverable is None
