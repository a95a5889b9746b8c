"""Special care: as the customer says and allows it; their cases come first and they are called."""

import pytest

from chalicelib.domain.customers.consents import Consent
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.enums import Priority
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.customers.record_care_needs import record_care_needs
from chalicelib.usecases.customers.record_consent import write_consent
from tests.fakes import FakeServices
from tests.support.cases.case_work import MEI, case_in
from tests.support.cases.webhooks import request
from tests.support.customers.customers import FANG_ADDRESS, add_customer, reload


def allowed(services: FakeServices, customer: Customer, state: str = "given") -> None:
    word = Consent(state=state, at=services.time, source="phone", text_version="1")  # type: ignore[arg-type]
    write_consent(services, key_of_id(customer.id), "care", word, MEI)


def test_what_nobody_allowed_is_not_kept() -> None:
    services = FakeServices()
    fang = add_customer(services, "fang")
    with pytest.raises(Conflict, match="consent"):
        record_care_needs(services, fang, ("elderly",), MEI)
    assert reload(services, fang).care == ()


@pytest.mark.parametrize(
    ("written", "becomes"), [("low", "normal"), ("normal", "high"), ("high", "high"), ("urgent", "urgent")]
)
def test_a_case_of_who_needs_care_comes_first_and_asks_for_a_call(written: Priority, becomes: Priority) -> None:
    services = FakeServices()
    fang = add_customer(services, "fang")
    allowed(services, fang)
    assert record_care_needs(services, fang, ("elderly", "disabled", "elderly"), MEI).care == ("elderly", "disabled")
    services.hook("case.requested", request(customer={"external_id": "fang"}, priority=written))
    case = case_in(services)
    assert (case.priority, case.tags) == (becomes, ("call",))
    assert "elderly" not in str(services.cases.events(services.cases.stored.popitem()[0]))


def test_withdrawing_takes_it_off_every_record_at_once() -> None:
    services = FakeServices()
    other, fang = (
        add_customer(services, "shopify/7", email=FANG_ADDRESS),
        add_customer(services, "fang", email=FANG_ADDRESS),
    )
    allowed(services, fang)
    record_care_needs(services, reload(services, other), ("disabled",), MEI)
    assert [reload(services, one).care for one in (fang, other)] == [("disabled",), ("disabled",)]
    services.time += 1
    allowed(services, fang, "withdrawn")
    assert [reload(services, one).care for one in (fang, other)] == [(), ()]
