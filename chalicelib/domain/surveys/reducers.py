"""How facts about surveys change a case."""

from msgspec.structs import replace

from chalicelib.domain.cases.case import MAX_ANSWERS, Case
from chalicelib.domain.cases.fold import Moment, Reducers
from chalicelib.domain.cases.parts import Answer, SurveyState
from chalicelib.domain.surveys import facts


def survey_sent(fact: facts.SurveySent, case: Case, moment: Moment) -> Case:
    """The survey of this round was sent."""
    return _with_survey(case, SurveyState(fact.survey, fact.round, moment.at, fact.expires_at))


def survey_skipped(fact: facts.SurveySkipped, case: Case, _: Moment) -> Case:
    """The survey of this round was not sent."""
    return _with_survey(case, SurveyState(fact.survey, fact.round))


def survey_answered(fact: facts.SurveyAnswered, case: Case, moment: Moment) -> Case:
    """The customer answered."""
    answer = Answer(moment.at, fact.csat, fact.nps, fact.ces, fact.survey)
    answers = (*case.satisfaction.answers, answer)[-MAX_ANSWERS:]
    return replace(case, satisfaction=replace(case.satisfaction, answers=answers))


def _with_survey(case: Case, survey: SurveyState) -> Case:
    others = tuple(other for other in case.satisfaction.surveys if other.id != survey.id)
    return replace(case, satisfaction=replace(case.satisfaction, surveys=(*others, survey)[-MAX_ANSWERS:]))


REDUCERS: Reducers = {
    facts.SurveySent: (survey_sent,),
    facts.SurveySkipped: (survey_skipped,),
    facts.SurveyAnswered: (survey_answered,),
}
