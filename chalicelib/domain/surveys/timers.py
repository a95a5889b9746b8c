"""The timer of surveys. A worker of its own sends the survey and records that, so the timer itself adds no events."""

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
    """No events: whoever sends the survey records the result."""
    return []


TIMERS = (TimerSource("a survey is to be sent", survey_at, nothing_due, kind="survey"),)
