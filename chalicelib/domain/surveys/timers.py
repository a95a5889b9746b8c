"""When a customer is to be asked. The survey's own worker sends it: time alone writes down nothing."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.surveys.surveys import survey_due_at
from chalicelib.domain.timers.timer_source import TimerSource


def survey_at(case: Case, rules: Rules) -> Instant | None:
    """When the survey of the case's present round is to be sent."""
    return survey_due_at(case, rules.policy.survey)


def nothing_due(case: Case, rules: Rules, now: Instant) -> list[Fact]:
    """Nothing is written down because time passed; what became of the survey is written down by who sends it."""
    return []


TIMERS = (TimerSource("a survey is to be sent", survey_at, nothing_due, kind="survey"),)
