"""Copies of one email that are handled at the same time become one event."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.email.inbound_email import InboundEmail
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.usecases.email.receive_email import ReceivedEmail, receive_copies
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.notifications.signed_links import reply_address
from tests.fakes import FakeServices
from tests.support.cases.webhooks import KEY, about
from tests.support.emails.inbox import FixedParser, inbound_email, services_with_case, texts_of
from tests.support.emails.samples.writing import OURS

EMAIL = inbound_email(id="twice@client.example", in_reply_to=(OURS,))


def received(services: FakeServices, email: InboundEmail, recipient: str, file: str) -> str:
    """The id of the receipt of a copy that came in and was not handled yet."""
    services.uploads.files[file] = f"Message-ID: <{email.id}>\r\n\r\n{email.text}".encode()
    arrived = ReceivedEmail(file=file, id=file, recipients=(recipient,), envelope=None, verdicts=email.verdicts)
    (receipt,) = receive_copies(services, FixedParser(email), arrived)
    return receipt.id


def before_next(target: Any, name: str, monkeypatch: pytest.MonkeyPatch, step: Callable[[], object]) -> None:
    """Run a step before the next call of a method."""
    method = getattr(target, name)

    def disturbed(*arguments: Any, **more: Any) -> Any:
        monkeypatch.setattr(target, name, method)
        step()
        return method(*arguments, **more)

    monkeypatch.setattr(target, name, disturbed)


@pytest.mark.parametrize(("part", "method"), [("cases", "commit"), ("threads", "remember"), ("cases", "events_at")])
def test_a_copy_that_another_worker_handles_meanwhile_is_no_second_message(
    part: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = services_with_case()
    first = received(services, EMAIL, reply_address(services, KEY) or "", "incoming/1")
    second = received(services, EMAIL, "demo@in.example.com", "incoming/2")
    assert first != second
    before_next(getattr(services, part), method, monkeypatch, lambda: process_receipt(services, second))
    process_receipt(services, first)
    assert texts_of(services).count("Dark.") == 1


def test_an_email_whose_worker_stopped_after_its_message_was_stored_is_not_stored_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    services = services_with_case()
    receipt = received(services, EMAIL, reply_address(services, KEY) or "", "incoming/1")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(services.uploads, "move", stop)
        with pytest.raises(KeyboardInterrupt):
            process_receipt(services, receipt)
    services.time += DAY_MS
    assert process_receipt(services, receipt).state == "processed"
    assert texts_of(services).count("Dark.") == 1


def test_the_thread_of_an_email_that_opens_a_linked_case_goes_on_there_alone() -> None:
    services = services_with_case()
    services.hook("case.closed", about(1))
    services.time += 9 * DAY_MS
    process_receipt(services, received(services, EMAIL, reply_address(services, KEY) or "", "incoming/1"))
    (linked,) = services.threads.cases([EMAIL.id])
    assert linked != KEY
    assert services.cases.load(linked).case is not None
