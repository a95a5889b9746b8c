"""What people allow, and what is held of them when they ask."""

import json

import pytest

from chalicelib.domain.customers.consents import ConsentIn
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.errors import Conflict, Expired, Invalid, NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, to_datetime
from chalicelib.entrypoints.http.portal.export_zip import export_json
from chalicelib.usecases.customers.record_consent import record_consent
from chalicelib.usecases.notifications.signed_links import export_link
from chalicelib.usecases.privacy.erase_customer import erase_customer
from chalicelib.usecases.privacy.export_customer import fetch_export, make_export, request_export
from chalicelib.usecases.surveys.send_survey import send_survey
from tests.fakes import NOON, SHOP, FakeServices
from tests.unit.test_hooks import KEY, about, request
from tests.unit.test_people import MAIL, MEI, fresh, met


def word(state: str, days: float = 0, purpose: str = "surveys") -> ConsentIn:
    return ConsentIn(
        purpose=purpose,  # type: ignore[arg-type]
        state=state,  # type: ignore[arg-type]
        source="phone",
        text_version="2026-01",
        occurred_at=to_datetime(NOON + round(days * DAY_MS)),
    )


def told(services: FakeServices, customer: Customer, *words: ConsentIn) -> Customer:
    for one in words:
        customer = record_consent(services, fresh(services, customer), one, MEI)
    return customer


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_later_word_holds_whichever_came_first_and_the_ledger_has_both(order: tuple[int, int]) -> None:
    services = FakeServices()
    words = (word("given", -2), word("withdrawn", -1))
    customer = told(services, met(services, "fang"), *(words[place] for place in order))
    assert customer.consents["surveys"].state == "withdrawn"
    assert customer.consent_withdrawn_at == NOON - DAY_MS
    assert sorted(one.type for one in services.identities.told[key_of_id(customer.id)]) == [
        "consent_given",
        "consent_withdrawn",
    ]


def test_withdrawing_stops_surveys_at_once_and_giving_again_lets_them_go() -> None:
    for words, outcome in (
        ((word("withdrawn"),), "SurveySkipped"),
        ((word("withdrawn"), word("given", 0.5)), "SurveySent"),
    ):
        services = FakeServices()
        customer = met(services, "fang", email=MAIL)
        services.hook("case.requested", request())
        services.hook("case.resolved", about(1))
        told(services, customer, *words)
        services.time += 2 * DAY_MS
        assert type(send_survey(services, KEY)).__name__ == outcome


def test_a_word_from_a_merged_record_is_the_persons() -> None:
    services = FakeServices()
    other, own = met(services, "shopify/7", email=MAIL), met(services, "fang", email=MAIL)
    told(services, fresh(services, other), word("withdrawn", purpose="profiling"))
    assert fresh(services, own).consents["profiling"].state == "withdrawn"


def test_a_word_from_the_future_is_refused() -> None:
    services = FakeServices()
    with pytest.raises(Invalid, match="future"):
        told(services, met(services, "fang"), word("given", 2))


def test_an_export_holds_everything_goes_to_the_persons_own_address_and_ends() -> None:
    services = FakeServices()
    met(services, "shopify/7", email=MAIL)
    own = met(services, "fang", email=MAIL, name="王芳")
    services.hook("order.updated", {"external_id": "O-1", "customer": {"external_id": "shopify/7"}})
    services.hook("case.requested", request())
    services.hook("case.replied", about(5, agent="mei", message="可以退"))
    told(services, own, word("given", purpose="care"))
    asked = request_export(services, fresh(services, own), MEI)
    assert make_export(services, asked.id, export_json) == "sent"
    assert make_export(services, asked.id, export_json) == "claimed before"
    (mail,) = services.mailer.sent
    assert mail.to == own.email
    held = json.loads(services.uploads.files[asked.file])
    assert [one["external_id"] for one in held["records"]] == ["fang", "shopify/7"]
    assert held["records"][0]["consents"]["care"]["state"] == "given"
    assert [event["type"] for event in held["cases"][0]["events"]] == ["case_opened", "reply_sent"]
    assert [one["external_id"] for one in held["orders"]] == ["O-1"]
    assert {one["type"] for one in held["happened"]} == {"merged", "consent_given", "exported"}
    token = export_link(services, SHOP, asked.id).rpartition("/")[2]
    assert fetch_export(services, token).startswith("https://bucket.example.com/exports/demo/")
    services.time += 7 * DAY_MS
    with pytest.raises(Expired):
        fetch_export(services, token)


def test_who_was_forgotten_has_no_export_left_and_a_link_not_made_here_is_none() -> None:
    services = FakeServices()
    own = met(services, "fang", email=MAIL)
    asked = request_export(services, own, MEI)
    make_export(services, asked.id, export_json)
    assert erase_customer(services, fresh(services, own), MEI).files == 1
    assert services.uploads.files == {}
    with pytest.raises(Expired):
        fetch_export(services, export_link(services, SHOP, asked.id).rpartition("/")[2])
    with pytest.raises(NotFound):
        fetch_export(services, "made-up")
    assert make_export(services, asked.id, export_json) == "over"


def test_who_has_no_address_gets_no_export() -> None:
    services = FakeServices()
    with pytest.raises(Conflict, match="No address"):
        request_export(services, met(services, "fang"), MEI)
