"""Our own emails that come back, and emails whose sender cannot be read."""

import pytest

from chalicelib.domain.cases.facts import NoteAdded
from chalicelib.domain.cases.payloads import StatusChange
from chalicelib.usecases.cases.handle_command import set_status
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.emails.inbox import SHOP_ADDRESS, last_email_ref, last_event, opened_key, receive, services_with_case
from tests.support.emails.samples.writing import AMY, OURS, TOKEN, plain

# -- our own words


@pytest.mark.parametrize("sender", [f"Care <{SHOP_ADDRESS}>", f"'Care' via Support <support@{'shop.example'}>"])
def test_our_own_mail_that_comes_back_opens_no_case(sender: str) -> None:
    services = services_with_case()
    receipt = receive(services, plain("x", "Please try another socket.", From=sender, Message_ID=f"<{OURS}>"))
    assert receipt is not None
    assert (receipt.state, receipt.reason) == ("ignored", "one of our own mails that came back")
    assert len(services.cases.stored) == 1


@pytest.mark.parametrize("more", [{"Message_ID": f"<{OURS}>"}, {}])
def test_our_own_words_on_a_case_are_not_its_customers(more: dict[str, str]) -> None:
    services = services_with_case()
    set_status(services, command(services), StatusChange("resolved"))
    services.time += 1000
    receive(services, plain("x", "We will look.", From=SHOP_ADDRESS, To=TOKEN.decode(), **more), envelope=SHOP_ADDRESS)
    assert isinstance(last_event(services).fact, NoteAdded)
    assert (last_email_ref(services).author, case_in(services).status) == ("shop", "resolved")


def test_what_is_written_from_the_shops_own_address_is_nobodys_case_and_stays_to_be_read() -> None:
    services = FakeServices()
    receipt = receive(services, plain("x", "A note to us.", From=SHOP_ADDRESS), envelope=SHOP_ADDRESS)
    assert receipt is not None
    assert receipt.state == "ignored"
    assert [name for name in services.uploads.files if name.endswith("letter.eml")]


def test_a_mail_whose_sender_cannot_be_read_says_so_and_stays_to_be_read() -> None:
    services = FakeServices()
    raw = plain("x", "Hi", From="?")
    receipt = receive(services, raw)
    assert receipt is not None
    assert receipt.reason == "who wrote it cannot be read: its From names no address"
    assert raw in services.uploads.files.values()
    assert "incoming/1" not in services.uploads.files


def test_a_mail_whose_from_cannot_be_read_but_says_where_to_answer_is_theirs() -> None:
    services = FakeServices()
    assert (
        last_email_ref(services, opened_key(receive(services, plain("x", "Hi", From="?", Reply_To=AMY)))).sender == AMY
    )
