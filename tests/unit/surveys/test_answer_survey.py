"""Answers to surveys count once; links expire."""

import pytest

from chalicelib.domain.kernel.errors import Conflict, Expired, Invalid, NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.surveys import facts as survey_facts
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.usecases.surveys.answer_survey import answer_survey, unsubscribe, view_survey
from chalicelib.usecases.surveys.send_survey import send_survey
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import case_in
from tests.support.cases.webhooks import KEY
from tests.support.customers.surveys import survey_token


def test_looking_records_nothing_and_an_answer_counts_once(resolved: FakeServices) -> None:
    link = survey_token(resolved)
    before = resolved.cases.load(KEY)
    assert not view_survey(resolved, link).answered
    assert resolved.cases.load(KEY) == before
    answer_survey(resolved, link, SurveyAnswered(csat=5, comment="快"))
    assert view_survey(resolved, link).answered
    with pytest.raises(Conflict):
        answer_survey(resolved, link, SurveyAnswered(csat=1))
    assert [one.csat for one in case_in(resolved).satisfaction.answers] == [5]


def test_two_answers_at_once_are_one(resolved: FakeServices) -> None:
    link = survey_token(resolved)
    resolved.cases.races = 2
    answer_survey(resolved, link, SurveyAnswered(nps=9))
    assert len(case_in(resolved).satisfaction.answers) == 1


@pytest.mark.parametrize("wrong", [SurveyAnswered(), SurveyAnswered(comment="x" * 2001)])
def test_an_empty_answer_and_an_endless_comment_are_refused(resolved: FakeServices, wrong: SurveyAnswered) -> None:
    with pytest.raises(Invalid):
        answer_survey(resolved, survey_token(resolved), wrong)


def test_a_link_that_was_changed_is_unknown_and_an_old_one_is_over(resolved: FakeServices) -> None:
    link = survey_token(resolved)
    for changed in (link[:-1], "x" + link, "", "a.b", link.replace(".", "..")):
        with pytest.raises(NotFound):
            view_survey(resolved, changed)
    resolved.time += 15 * DAY_MS
    with pytest.raises(Expired):
        answer_survey(resolved, link, SurveyAnswered(csat=5))


def test_unsubscribing_ends_surveys(resolved: FakeServices) -> None:
    from chalicelib.usecases.notifications.signed_links import unsubscribe_link

    link = unsubscribe_link(resolved, SHOP, key_of_id(case_in(resolved).customer)).rpartition("/u/")[2]
    unsubscribe(resolved, link)
    unsubscribe(resolved, link)
    fact = send_survey(resolved, KEY)
    assert isinstance(fact, survey_facts.SurveySkipped)
    assert fact.reason == "consent_withdrawn"
