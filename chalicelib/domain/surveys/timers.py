"""The timer of surveys. A worker of its own sends the survey and records that, so the timer itself adds no events."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import SECOND_MS, Instant
from chalicelib.domain.sla.policies import SurveyPolicy
from chalicelib.domain.timers.timer_source import TimerSource


def survey_due_at(case: Case, policy: SurveyPolicy) -> Instant | None:
    """When to send the survey: after the policy's delay once the case is resolved, or at once when it is closed. None
    when the case is not done, had its survey in this round, or was merged into another, which has its own."""
    if (
        not case.done
        or case.merged_into is not None
        or case.resolved_at is None
        or any(survey.round == case.reopened for survey in case.satisfaction.surveys)
    ):
        return None
    if case.closed_at is not None:
        return case.closed_at
    return case.resolved_at + round(policy.delay_seconds * SECOND_MS)


def survey_at(case: Case, rules: Rules) -> Instant | None:
    """When the survey of the case's present round is to be sent."""
    return survey_due_at(case, rules.policy.survey)


def nothing_due(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    """No events: whoever sends the survey records the result."""
    return []


TIMERS = (TimerSource("a survey is to be sent", survey_at, nothing_due, kind="survey"),)
