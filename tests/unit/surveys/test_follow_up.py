"""An unhappy answer opens one follow-up case."""

from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import HOUR_MS
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.usecases.surveys.answer_survey import answer_survey
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in
from tests.support.cases.follow_ups import follow_up
from tests.support.cases.webhooks import KEY
from tests.support.customers.surveys import survey_token


def test_an_unhappy_answer_opens_one_follow_up_at_tier_two(resolved: FakeServices) -> None:
    answer_survey(resolved, survey_token(resolved), SurveyAnswered(csat=1, comment="…"))
    key = key_of_id(resolved.cases.events(KEY)[-1].id)
    opened, _ = (follow_up(resolved, KEY, key) for _ in range(2))
    assert opened is not None
    case = opened.case
    assert case is not None
    assert (case.type, case.priority, case.tier, case.links) == ("complaint", "high", 2, (case_in(resolved).id,))
    clock = case.clock("first_reply")
    assert clock is not None
    assert clock.due_at == resolved.time + HOUR_MS
    assert len(resolved.cases.stored) == 2


def test_a_happy_answer_opens_nothing(resolved: FakeServices) -> None:
    answer_survey(resolved, survey_token(resolved), SurveyAnswered(csat=4))
    assert follow_up(resolved, KEY, key_of_id(resolved.cases.events(KEY)[-1].id)) is None
