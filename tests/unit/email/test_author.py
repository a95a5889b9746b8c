"""Who may write to a case by email, and what another person's email becomes."""

import pytest

from chalicelib.domain.cases.facts import MessageReceived, NoteAdded
from chalicelib.domain.cases.payloads import StatusChange
from chalicelib.domain.flows.facts import TaskOpened
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.cases.handle_command import set_status
from chalicelib.usecases.notifications.signed_links import reply_address
from chalicelib.usecases.privacy.erase_customer import erase_customer
from tests.fakes import FakeServices
from tests.support.cases.case_work import MEI, case_in, command
from tests.support.cases.webhooks import KEY, request
from tests.support.emails.inbox import (
    MEI_ADDRESS,
    WU_ADDRESS,
    last_email_ref,
    last_event,
    opened_key,
    receive,
    services_with_case,
    texts_of,
    with_mei,
)
from tests.support.emails.samples.writing import AMY, PNG, TOKEN, a_file, body, mail, plain, several

# -- others


def test_what_another_writes_to_a_case_is_noted_as_theirs_and_moves_nothing() -> None:
    services = services_with_case()
    set_status(services, command(services), StatusChange("waiting_customer"))
    before = case_in(services)
    services.time += 1000
    files = several("mixed", body("It is here."), a_file("shelf.png", PNG, "image/png"))
    receive(services, mail("x", files, From=WU_ADDRESS, To=TOKEN.decode()), envelope=WU_ADDRESS)
    (note,) = [one for one in services.cases.events(KEY) if isinstance(one.fact, NoteAdded)]
    assert (note.by.kind, texts_of(services)[1:]) == ("system", ["It is here."])
    assert (last_email_ref(services).sender, last_email_ref(services).author) == (WU_ADDRESS, "third_party")
    assert (case_in(services).status, case_in(services).clocks) == ("waiting_customer", before.clocks)
    assert not [name for name in services.uploads.files if name.startswith("uploads/")]


def test_somebody_is_to_look_at_what_another_wrote_where_a_note_would_be_missed() -> None:
    for status, wanted in (("resolved", 1), ("open", 0)):
        services = services_with_case()
        set_status(services, command(services), StatusChange(status))  # type: ignore[arg-type]
        services.time += 1000
        receive(services, plain("x", "It is here.", From=WU_ADDRESS, To=TOKEN.decode()), envelope=WU_ADDRESS)
        tasks = [one.fact for one in services.cases.events(KEY) if isinstance(one.fact, TaskOpened)]
        assert [WU_ADDRESS in one.title for one in tasks] == [True] * wanted
        assert case_in(services).status == status


def test_another_address_of_the_customer_is_the_customers() -> None:
    services = services_with_case()
    services.hook("case.requested", request(external_id="web-2", customer={"external_id": "fang-2", "email": AMY}))
    from chalicelib.domain.customers.customer import CustomerEvent

    keys = [key_of_id(case_in(services, key).customer) for key in services.cases.stored]
    top, below = (services.customers.stored[key] for key in keys)
    event = CustomerEvent(id="0" * 26, at=services.time, by=MEI, type="merged", shop="demo")
    services.identities.link(top, below, event)
    receive(services, plain("x", "It is me.", From=AMY, To=TOKEN.decode()), envelope=AMY)
    assert isinstance(last_event(services).fact, MessageReceived)


def test_who_is_written_to_at_a_plus_address_may_answer_without_it() -> None:
    services = FakeServices()
    services.hook("case.requested", request(customer={"external_id": "fang", "email": "fang+lamps@example.net"}))
    receive(services, plain("x", "It is me.", From="Fang@Example.net", To=TOKEN.decode()))
    assert isinstance(last_event(services).fact, MessageReceived)


def test_where_a_certain_customer_asked_to_be_answered_they_answer_from() -> None:
    services = FakeServices()
    key = opened_key(receive(services, plain("a", "Dark.", From=AMY, Reply_To="amy.home@example.org"), envelope=AMY))
    home = {"From": "amy.home@example.org", "To": reply_address(services, key) or ""}
    receive(services, plain("b", "Who says so?", **home), reply_address(services, key), AMY, "none")
    assert last_email_ref(services, key).author == "third_party"
    services.time += 1000
    receive(services, plain("c", "Still dark.", **home), reply_address(services, key), "amy.home@example.org")
    assert (last_email_ref(services, key).author, texts_of(services, key)[-1]) == ("customer", "Still dark.")


def test_an_answer_address_that_nobody_vouches_for_makes_nobody_the_customer() -> None:
    services = FakeServices()
    key = opened_key(
        receive(services, plain("a", "Dark.", From=AMY, Reply_To="eve@example.org"), envelope=AMY, dmarc="none")
    )
    raw = plain("b", "Send it to me.", From="eve@example.org")
    receive(services, raw, reply_address(services, key), "eve@example.org")
    assert last_email_ref(services, key).author == "third_party"


@pytest.mark.parametrize(("sender", "dmarc"), [(AMY, "pass"), (MEI_ADDRESS, "none")])
def test_who_writes_to_a_case_of_somebody_without_an_address_is_to_be_looked_at(sender: str, dmarc: str) -> None:
    services = FakeServices()
    services.hook("case.requested", request(customer={"external_id": "fang"}))
    receive(services, plain("x", "Send it to me.", From=sender), reply_address(services, KEY), sender, dmarc)
    assert last_email_ref(with_mei(services)).author == "third_party"
    assert [one.department for one in case_in(services).tasks] == ["after_sales"]


def test_a_stranger_does_not_become_the_customer_of_a_case_whose_customer_was_erased() -> None:
    services = services_with_case()
    erase_customer(services, services.customers.stored[key_of_id(case_in(services).customer)], MEI)
    receive(services, plain("x", "Send it to me.", From=AMY), reply_address(services, KEY), AMY)
    assert last_email_ref(services).author == "third_party"
