"""Who else got a customer's email, and may be answered too."""

import pytest

from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.usecases.email.write_reply import write
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.emails.inbox import (
    SHOP_ADDRESS,
    WU_ADDRESS,
    last_email_ref,
    notify_about,
    receive,
    services_with_case,
)
from tests.support.emails.samples.writing import FANG, TOKEN, plain

# -- copies


def copied(services: FakeServices) -> None:
    receive(services, plain("x", "Dark.", To=TOKEN.decode(), Cc=f"Lei <lei@example.net>, {SHOP_ADDRESS}, <{FANG}>"))


def test_who_got_the_customers_email_too_is_stored_and_answered_where_the_agent_wants_it() -> None:
    services = services_with_case()
    copied(services)
    assert last_email_ref(services).copied == ("lei@example.net",)
    for copy, sent in ((False, ()), (True, ("lei@example.net",)), (("lei@example.net",), ("lei@example.net",))):
        services.time += 1000
        write(services, command(services), Message("Try.", copy=copy))
        notify_about(services, case_in(services))
        assert services.mailer.sent[-1].copy == sent


@pytest.mark.parametrize(
    "message", [Message("Try.", copy=("evil@example.net",)), Message("Try.", public=False, copy=True)]
)
def test_nobody_is_written_to_who_is_not_in_the_conversation(message: Message) -> None:
    services = services_with_case()
    copied(services)
    with pytest.raises(Invalid):
        write(services, command(services), message)


def test_what_is_not_mailed_is_copied_to_nobody() -> None:
    services = services_with_case()
    receive(services, plain("x", "It is here.", From=WU_ADDRESS, To=TOKEN.decode()), envelope=WU_ADDRESS)
    with pytest.raises(Invalid):
        write(services, command(services), Message("Thanks.", copy=(WU_ADDRESS,)))


def test_there_is_nobody_to_copy_where_nobody_else_got_the_email() -> None:
    services = services_with_case()
    with pytest.raises(Invalid):
        write(services, command(services), Message("Try.", copy=True))
