"""Whoever updates a customer identifies them, whatever happens at the same time and wherever it is interrupted."""

from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.email.inbound_email import Verdicts
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.usecases.customers.linked_records import main_record
from chalicelib.usecases.customers.upsert_identified import upsert_identified
from chalicelib.usecases.email.receive_email import ReceivedEmail, receive_email
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.ports.intake import Receipt
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import case_in
from tests.support.cases.webhooks import about, minutes_after_noon, request
from tests.support.emails.inbox import PARSER
from tests.support.emails.samples.writing import plain
from tests.support.interleaving import all_turns, pause_at_calls, run_interleaved
from tests.support.platforms.platform_webhooks import shopify

ADDRESS, BUYER = "fang@example.net", "ines@example.org"
CALLS = 12
"""More storage calls of each of the two than lie before their records are merged."""


class Killed(BaseException):
    """The function was ended at this moment."""


def _upsert(services: FakeServices, external_id: str, at: int = NOON, **fields: Any) -> Customer:
    return upsert_identified(services, SHOP, CustomerIn(external_id=external_id, email=ADDRESS, **fields), at)


def _people(services: FakeServices) -> set[str]:
    roots = (main_record(services, key) for key in services.customers.stored)
    return {root.id for root in roots if root is not None}


def test_two_sources_that_update_one_customer_at_the_same_time_make_one_person() -> None:
    apart = []
    for turns in all_turns(CALLS, CALLS):
        services = FakeServices()
        pause_at_calls(services.customers, services.identities)
        run_interleaved((partial(_upsert, services, "fang"), partial(_upsert, services, "shopify/1")), turns)
        if len(_people(services)) != 1 and not services.customers.to_identify:
            apart.append(turns)
    assert apart == []


def _end_at_call(services: FakeServices, number: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have the function end before its call of this number to the stores of customers and identities; the calls made
    are added to the list."""
    made: list[str] = []
    for store in (services.customers, services.identities):
        for name in ("load", "upsert_unrelayed", "add_identifiers", "identified_by", "link"):
            if hasattr(store, name):
                monkeypatch.setattr(store, name, _counted(getattr(store, name), made, number))
    return made


def _counted(method: Any, made: list[str], number: int) -> Any:
    def called(*values: Any) -> Any:
        made.append(method.__name__)
        if len(made) == number:
            raise Killed
        return method(*values)

    return called


@pytest.mark.parametrize("number", range(1, 12))
def test_a_customer_is_identified_when_the_message_comes_again_wherever_the_first_attempt_ended(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = FakeServices()
    _upsert(services, "shopify/1", NOON - 1)
    receipt = services.deliver("case.requested", request())
    with monkeypatch.context() as first_attempt:
        _end_at_call(services, number, first_attempt)
        with suppress(Killed):
            process_receipt(services, receipt.id)
    process_receipt(services, receipt.id)
    assert len(services.customers.stored) == 2
    assert len(_people(services)) == 1
    assert case_in(services).customer[-16:] in services.customers.stored


def test_an_interrupted_attempt_is_made_good_even_if_another_update_came_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    services = FakeServices()
    _upsert(services, "shopify/1", NOON - 1)
    with monkeypatch.context() as first_attempt:
        _end_at_call(services, 2, first_attempt)
        with pytest.raises(Killed):
            _upsert(services, "fang")
    _upsert(services, "fang", NOON + 5, name="王芳")
    _upsert(services, "fang")
    assert len(_people(services)) == 1


def test_a_known_customer_with_nothing_new_is_not_identified_again(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.hook("case.requested", request())
    made = _end_at_call(services, 0, monkeypatch)
    services.time += MINUTE_MS
    services.hook("case.requested", request(external_id="web-2", occurred_at=minutes_after_noon(1)))
    assert made.count("upsert_unrelayed") == 1
    assert {"add_identifiers", "identified_by", "link"}.isdisjoint(made)


def test_a_customer_whom_others_merge_again_and_again_is_identified_later(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    _upsert(services, "shopify/1", NOON - 1)

    def raced(*_: object) -> None:
        raise Conflict("Somebody else merged one of them meanwhile.")

    monkeypatch.setattr("chalicelib.usecases.customers.merge_customers.merge", raced)
    receipt = services.hook("case.requested", request())
    assert receipt.state == "processed"
    assert services.customers.to_identify == [key_of_id(case_in(services).customer)]


def test_retention_needs_a_note_of_a_customer_only_if_no_case_is_theirs(services: FakeServices) -> None:
    services.hook("case.requested", request())
    assert services.customers.last_contacts == []
    other = {"external_id": "liu", "email": "liu@example.net"}
    services.hook("case.requested", request(customer=other))
    services.hook("review.created", {"external_id": "web-1", "score": 1, "customer": {"external_id": "mo"}})
    assert len({key for key, _ in services.customers.last_contacts}) == 2
    services.hook("message.received", about(3, author="customer", message="?"))
    assert len(services.customers.last_contacts) == 2


def _email_of_buyer(services: FakeServices) -> Receipt:
    """An email from the address of the buyer of the recorded order, received and not processed yet."""
    services.uploads.files["incoming/1"] = plain("asks", "Where is it?", From=BUYER)
    verdicts = Verdicts(dmarc="pass")
    recipients = ("demo@in.example.com",)
    arrived = ReceivedEmail(file="incoming/1", id="1", recipients=recipients, envelope=BUYER, verdicts=verdicts)
    receipt = receive_email(services, PARSER, arrived)
    assert receipt is not None
    return receipt


def test_an_order_and_an_email_of_its_buyer_at_the_same_time_are_of_one_person() -> None:
    apart = []
    for turns in all_turns(CALLS, CALLS):
        services = FakeServices()
        order = shopify(services, "orders-create").receipt
        email = _email_of_buyer(services)
        pause_at_calls(services.customers, services.identities, services.order_records)
        works = (partial(process_receipt, services, order.id), partial(process_receipt, services, email.id))
        run_interleaved(works, turns)
        if len(_people(services)) != 1 and not services.customers.to_identify:
            apart.append(turns)
    assert apart == []
