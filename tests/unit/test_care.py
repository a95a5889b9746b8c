"""Special care: as the customer says and allows it; their cases come first and they are called."""

import pytest

from chalicelib.domain.customers.consents import Consent
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.enums import Priority
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import key_in
from chalicelib.usecases.customers.record_care_needs import keep_care
from chalicelib.usecases.customers.record_consent import write_consent
from tests.fakes import FakeDesk
from tests.unit.desk_work import case_in
from tests.unit.test_hooks import request
from tests.unit.test_people import MAIL, fresh, met

MEI = Actor("agent", "mei")


def allowed(desk: FakeDesk, customer: Customer, state: str = "given") -> None:
    word = Consent(state=state, at=desk.time, source="phone", text_version="1")  # type: ignore[arg-type]
    write_consent(desk, key_in(customer.id), "care", word, MEI)


def test_what_nobody_allowed_is_not_kept() -> None:
    desk = FakeDesk()
    fang = met(desk, "fang")
    with pytest.raises(Conflict, match="consent"):
        keep_care(desk, fang, ("elderly",), MEI)
    assert fresh(desk, fang).care == ()


@pytest.mark.parametrize(
    ("told", "becomes"), [("low", "normal"), ("normal", "high"), ("high", "high"), ("urgent", "urgent")]
)
def test_a_case_of_who_needs_care_comes_first_and_asks_for_a_call(told: Priority, becomes: Priority) -> None:
    desk = FakeDesk()
    fang = met(desk, "fang")
    allowed(desk, fang)
    assert keep_care(desk, fang, ("elderly", "disabled", "elderly"), MEI).care == ("elderly", "disabled")
    desk.hook("case.requested", request(customer={"external_id": "fang"}, priority=told))
    case = case_in(desk)
    assert (case.priority, case.tags) == (becomes, ("call",))
    assert "elderly" not in str(desk.cases.events(desk.cases.headers.popitem()[0]))


def test_withdrawing_takes_it_off_every_record_at_once() -> None:
    desk = FakeDesk()
    other, fang = met(desk, "shopify/7", email=MAIL), met(desk, "fang", email=MAIL)
    allowed(desk, fang)
    keep_care(desk, fresh(desk, other), ("disabled",), MEI)
    assert [fresh(desk, one).care for one in (fang, other)] == [("disabled",), ("disabled",)]
    desk.time += 1
    allowed(desk, fang, "withdrawn")
    assert [fresh(desk, one).care for one in (fang, other)] == [(), ()]
