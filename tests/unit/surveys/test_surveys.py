"""Which cases are asked about, and which answers are unhappy."""

from msgspec.structs import replace

from chalicelib.domain.cases import facts
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.surveys import facts as survey_facts
from chalicelib.domain.surveys.surveys import is_unhappy, reason_to_skip
from tests.fakes import NOON
from tests.support.cases.events import CUSTOMER, SURVEY_POLICY, case_of, happened, opened

PERSON = Customer(id=CUSTOMER, shop="demo", external_id="fang", email="fang@example.net")


def test_each_reason_not_to_ask_has_its_name() -> None:
    done = case_of(opened(), happened(5, facts.CaseResolved()))
    now = NOON + DAY_MS
    answered = case_of(opened(), happened(5, facts.CaseResolved()), happened(6, survey_facts.SurveyAnswered(csat=4)))
    spent = replace(PERSON, surveyed_at=now - 13 * DAY_MS)
    assert reason_to_skip(done, PERSON, SURVEY_POLICY, now) is None
    assert reason_to_skip(replace(done, historical=True), PERSON, SURVEY_POLICY, now) == "historical"
    assert reason_to_skip(case_of(opened()), PERSON, SURVEY_POLICY, now) == "not_resolved"
    assert reason_to_skip(answered, PERSON, SURVEY_POLICY, now) == "already_answered"
    assert reason_to_skip(done, None, SURVEY_POLICY, now) == "no_address"
    assert reason_to_skip(done, replace(PERSON, email=None), SURVEY_POLICY, now) == "no_address"
    assert reason_to_skip(done, replace(PERSON, consent_withdrawn_at=now), SURVEY_POLICY, now) == "consent_withdrawn"
    assert reason_to_skip(done, spent, SURVEY_POLICY, now) == "budget_spent"
    assert reason_to_skip(done, replace(PERSON, surveyed_at=now - 14 * DAY_MS), SURVEY_POLICY, now) is None


def test_an_answer_is_unhappy_by_csat_or_by_nps() -> None:
    assert is_unhappy(survey_facts.SurveyAnswered(csat=2))
    assert is_unhappy(survey_facts.SurveyAnswered(csat=5, nps=6))
    assert not is_unhappy(survey_facts.SurveyAnswered(csat=3, nps=7))
    assert not is_unhappy(survey_facts.SurveyAnswered(comment="fine"))
