"""A survey is sent once, in its time, within the customer's contact budget."""

import pytest

from chalicelib.domain.customers.consents import ConsentIn
from chalicelib.domain.kernel.ids import case_key, key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, format_instant
from chalicelib.domain.surveys import facts as survey_facts
from chalicelib.domain.surveys.facts import SurveySent, SurveySkipped
from chalicelib.usecases.customers.record_consent import record_consent
from chalicelib.usecases.ports import MailDelayed, MailRejected, MailUnconfirmed
from chalicelib.usecases.surveys.send_survey import RESERVATION_SECONDS, SurveyPending, send_survey
from tests.fakes import NOON, FakeServices
from tests.support.cases.case_work import MEI, case_in, event_types
from tests.support.cases.webhooks import KEY, request
from tests.support.customers.customers import FANG_ADDRESS, add_customer


def test_a_survey_asked_of_one_record_spends_the_budget_of_the_person() -> None:
    services = FakeServices()
    for external_id in ("shopify/7", "fang"):
        add_customer(services, external_id, email=FANG_ADDRESS)
        opening = request(external_id=f"of-{external_id}", customer={"external_id": external_id, "email": FANG_ADDRESS})
        services.hook("case.requested", opening)
        services.hook("case.resolved", {"case_external_id": f"of-{external_id}", "occurred_at": format_instant(NOON)})
    services.time += 2 * DAY_MS
    asked = [send_survey(services, case_key("demo", f"of-{name}")) for name in ("shopify/7", "fang")]
    assert isinstance(asked[0], SurveySent)
    assert isinstance(asked[1], SurveySkipped)
    assert asked[1].reason == "budget_spent"


def test_who_withdrew_before_being_merged_is_not_asked_after_it() -> None:
    services = FakeServices()
    other = add_customer(services, "shopify/7", email=FANG_ADDRESS)
    consent = ConsentIn(purpose="surveys", state="withdrawn", source="phone", text_version="1")
    record_consent(services, other, consent, MEI)
    add_customer(services, "fang", email=FANG_ADDRESS)
    services.hook("case.requested", request(customer={"external_id": "fang", "email": FANG_ADDRESS}))
    services.hook("case.resolved", {"case_external_id": "web-1", "occurred_at": format_instant(NOON)})
    services.time += 2 * DAY_MS
    outcome = send_survey(services, case_key("demo", "web-1"))
    assert isinstance(outcome, SurveySkipped)
    assert outcome.reason == "consent_withdrawn"


def test_a_survey_is_mailed_once_in_the_customers_language(resolved: FakeServices) -> None:
    for _ in range(3):
        send_survey(resolved, KEY)
    assert [mail.to for mail in resolved.mailer.sent] == ["fang@example.net"]
    assert resolved.mailer.sent[0].text.startswith("survey_mail.txt zh-CN https://api.example.com/s/")
    assert resolved.mailer.sent[0].headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert event_types(resolved).count("survey_sent") == 1


def test_a_survey_is_not_sent_before_its_time(resolved: FakeServices) -> None:
    resolved.time = NOON + DAY_MS - 1
    assert send_survey(resolved, KEY) is None
    assert resolved.mailer.sent == []


def test_a_refused_mail_is_written_down_and_the_budget_given_back(resolved: FakeServices) -> None:
    resolved.mailer.trouble = MailRejected("no")
    fact = send_survey(resolved, KEY)
    assert isinstance(fact, survey_facts.SurveySkipped)
    assert fact.reason == "mail_rejected"
    assert resolved.customers.stored[key_of_id(case_in(resolved).customer)].surveyed_at is None


def test_a_delayed_mail_is_tried_again(resolved: FakeServices) -> None:
    resolved.mailer.trouble = MailDelayed("throttled")
    with pytest.raises(MailDelayed):
        send_survey(resolved, KEY)
    resolved.mailer.trouble = None
    assert isinstance(send_survey(resolved, KEY), survey_facts.SurveySent)
    assert len(resolved.mailer.sent) == 1


def test_a_mail_that_may_have_left_is_never_sent_again(resolved: FakeServices) -> None:
    resolved.mailer.trouble = MailUnconfirmed("timeout")
    fact = send_survey(resolved, KEY)
    assert isinstance(fact, survey_facts.SurveySkipped)
    assert fact.reason == "send_unconfirmed"


def test_a_worker_that_died_while_sending_leaves_a_claim_that_is_settled_later(resolved: FakeServices) -> None:
    resolved.mailer.trouble = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        send_survey(resolved, KEY)
    resolved.mailer.trouble = None
    with pytest.raises(SurveyPending):
        send_survey(resolved, KEY)
    resolved.time += RESERVATION_SECONDS * 1000
    fact = send_survey(resolved, KEY)
    assert isinstance(fact, survey_facts.SurveySkipped)
    assert fact.reason == "send_unconfirmed"
    assert resolved.mailer.sent == []


def test_the_contact_budget_is_the_customers_not_the_cases(resolved: FakeServices) -> None:
    send_survey(resolved, KEY)
    resolved.time = NOON + DAY_MS
    resolved.hook("case.requested", request(external_id="web-2"))
    from chalicelib.domain.kernel.ids import case_key

    other = case_key("demo", "web-2")
    resolved.hook("case.closed", {"case_external_id": "web-2"})
    fact = send_survey(resolved, other)
    assert isinstance(fact, survey_facts.SurveySkipped)
    assert fact.reason == "budget_spent"
