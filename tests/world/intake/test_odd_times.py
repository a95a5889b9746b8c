"""Impossible times: they are refused with a message, and never cause an internal error."""

import json
from typing import Any

import pytest

from chalicelib.domain.customers.consents import ConsentIn
from chalicelib.domain.flows.payloads import TaskIn
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.validation import read
from chalicelib.usecases.aftersales.handle_tasks import open_task
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.customers.record_consent import record_consent
from tests.fakes import FakeServices
from tests.support.cases.case_work import MEI
from tests.support.customers.customers import add_customer
from tests.support.world.case_stories import EXTERNAL, OPENING, play

ODD: tuple[Any, ...] = (
    "2026-11-20T12:00:00",
    "2026-11-20",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "10000-01-01T00:00:00Z",
    "2026-11-20T24:00:01Z",
    "2026-02-30T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "",
    "now",
    253_402_300_800,
    1e300,
    -1,
    True,
    [],
    {},
)
MESSAGE = {"case_external_id": EXTERNAL, "author": "customer", "message": "?"}
REFUND = {"id": "1", "amount": {"amount": "1.00", "currency": "CNY"}}
PLACES: dict[str, tuple[str, Any]] = {
    "a case": ("case.requested", lambda at: OPENING | {"external_id": "x", "occurred_at": at}),
    "a message": ("message.received", lambda at: MESSAGE | {"occurred_at": at}),
    "a scan": ("shipment.scanned", lambda at: {"case_external_id": EXTERNAL, "occurred_at": at}),
    "a purchase": ("order.updated", lambda at: {"external_id": "O", "purchased_at": at}),
    "a delivery": ("order.updated", lambda at: {"external_id": "O", "delivered_at": at}),
    "a parcel": ("order.updated", lambda at: {"external_id": "O", "parcels": [{"id": "1", "shipped_at": at}]}),
    "a refund": ("order.updated", lambda at: {"external_id": "O", "refunds": [REFUND | {"refunded_at": at}]}),
    "an order's end": ("order.updated", lambda at: {"external_id": "O", "cancelled_at": at}),
}


@pytest.mark.parametrize("at", ODD, ids=repr)
@pytest.mark.parametrize("place", PLACES)
def test_an_odd_time_in_a_webhook_is_refused_with_where_it_stands(services: FakeServices, place: str, at: Any) -> None:
    kind, data = PLACES[place]
    with pytest.raises(Invalid) as wrong:
        services.deliver(kind, data(at))
    assert "_at" in str(wrong.value)


@pytest.mark.parametrize("at", ODD, ids=repr)
def test_an_odd_time_of_a_consent_or_a_task_is_refused(services: FakeServices, at: Any) -> None:
    case = play(services, [{"minute": 0, "tell": "case.requested"}])
    customer = add_customer(services, "fang")
    command = Command(case=case.id, shop="demo", by=Actor("agent", "mei"))
    consent = {"purpose": "surveys", "state": "given", "source": "web", "text_version": "1", "occurred_at": at}
    with pytest.raises(Invalid):
        record_consent(services, customer, read(json.dumps(consent), ConsentIn), MEI)
    with pytest.raises(Invalid):
        open_task(services, command, read(json.dumps({"department": "finance", "title": "x", "due_at": at}), TaskIn))
