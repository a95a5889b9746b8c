"""Consent: the latest statement counts, whichever arrived first."""

import pytest

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.usecases.notifications.signed_links import unsubscribe_link
from chalicelib.usecases.surveys.answer_survey import unsubscribe
from chalicelib.usecases.surveys.send_survey import send_survey
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.webhooks import KEY, about, request
from tests.support.customers.customers import FANG_ADDRESS, add_customer, consent, record_consents, reload


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_later_word_holds_whichever_came_first_and_the_ledger_has_both(order: tuple[int, int]) -> None:
    services = FakeServices()
    words = (consent("given", -2), consent("withdrawn", -1))
    customer = record_consents(services, add_customer(services, "fang"), *(words[place] for place in order))
    assert customer.consents["surveys"].state == "withdrawn"
    assert customer.consent_withdrawn_at == NOON - DAY_MS
    assert sorted(one.type for one in services.identities.history[key_of_id(customer.id)]) == [
        "consent_given",
        "consent_withdrawn",
    ]


def test_withdrawing_stops_surveys_at_once_and_giving_again_lets_them_go() -> None:
    for words, outcome in (
        ((consent("withdrawn"),), "SurveySkipped"),
        ((consent("withdrawn"), consent("given", 0.5)), "SurveySent"),
    ):
        services = FakeServices()
        customer = add_customer(services, "fang", email=FANG_ADDRESS)
        services.hook("case.requested", request())
        services.hook("case.resolved", about(1))
        record_consents(services, customer, *words)
        services.time += 2 * DAY_MS
        assert type(send_survey(services, KEY)).__name__ == outcome


def test_a_word_from_a_merged_record_is_the_persons() -> None:
    services = FakeServices()
    other, own = (
        add_customer(services, "shopify/7", email=FANG_ADDRESS),
        add_customer(services, "fang", email=FANG_ADDRESS),
    )
    record_consents(services, reload(services, other), consent("withdrawn", purpose="profiling"))
    assert reload(services, own).consents["profiling"].state == "withdrawn"


def test_a_word_from_the_future_is_refused() -> None:
    services = FakeServices()
    with pytest.raises(Invalid, match="future"):
        record_consents(services, add_customer(services, "fang"), consent("given", 2))


def test_withdrawing_again_is_written_once() -> None:
    services = FakeServices()
    link = unsubscribe_link(
        services, SHOP, key_of_id(add_customer(services, "fang", email=FANG_ADDRESS).id)
    ).rpartition("/")[2]
    for _ in range(3):
        unsubscribe(services, link)
        services.time += 1
    assert [len(entries) for entries in services.identities.history.values()] == [1]
