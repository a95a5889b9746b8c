"""Who is behind an email that a form or list passed on."""

import pytest

from chalicelib.domain.email.inbound_email import PER_SENDER
from chalicelib.usecases.notifications.signed_links import reply_address
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in
from tests.support.emails.inbox import (
    FROM_A_LIST,
    inbound_email,
    last_email_ref,
    opened_key,
    receive,
    receive_parsed,
    services_with_case,
)
from tests.support.emails.samples.writing import plain


@pytest.mark.parametrize(
    ("sender", "answers", "people"),
    [
        ("ne-pas-repondre@x.example", "p{}@example.org", 40),
        ("contact@x.example", "p{}@example.org", 1),
        ("noreply@x.example", "p{}@example.org, also{}@example.net", 40),
        ("noreply@x.example", None, 40),
    ],
)
def test_forty_people_behind_one_mailer_are_all_taken_in_and_no_mailer_is_all_of_them(
    sender: str, answers: str | None, people: int
) -> None:
    services, customers = services_with_case(), set()
    for number in range(40):
        fields = {"Reply_To": answers.format(number, number)} if answers else {}
        raw = plain(f"m{number}", f"Lamp {number} broke.", From=sender, **fields)
        customers.add(case_in(services, opened_key(receive(services, raw, envelope="bounce@x.example"))).customer)
    assert len(customers) == people


def test_a_list_that_names_nobody_is_a_new_person_each_time() -> None:
    services = services_with_case()
    keys = [
        opened_key(receive_parsed(services, inbound_email(**FROM_A_LIST, id=f"l{n}", text=f"Lamp {n}")))
        for n in range(PER_SENDER + 5)
    ]
    assert len({case_in(services, key).customer for key in keys}) == PER_SENDER + 5
    assert not any(last_email_ref(services, key).certain for key in keys)


def test_a_mailer_that_named_nobody_does_not_write_into_the_case_it_opened() -> None:
    services = FakeServices()
    key = opened_key(receive(services, plain("a", "Lamp 1 broke.", From="noreply@x.example")))
    raw = plain("b", "Lamp 2 broke.", From="noreply@x.example")
    receive(services, raw, reply_address(services, key))
    assert (last_email_ref(services, key).author, case_in(services, key).tasks[0].department) == (
        "third_party",
        "after_sales",
    )
