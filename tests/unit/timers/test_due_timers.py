"""When a case's next timer is due, and what it does."""

from msgspec.structs import replace

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.fold import apply
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.domain.sla.policies import Escalation, Policy
from chalicelib.domain.surveys import facts as survey_facts
from chalicelib.domain.surveys.surveys import survey_id
from chalicelib.domain.surveys.timers import survey_due_at
from chalicelib.domain.timers.due_timers import due_facts, next_timer
from chalicelib.domain.timers.timer_source import Timer
from tests.fakes import NOON
from tests.support.cases.events import POLICY, RULES, SURVEY_POLICY, case_of, happened, opened
from tests.support.cases.registries import REDUCERS, TIMERS


def live_until(case: Case, end: int, policy: Policy = POLICY) -> tuple[Case, list[tuple[float, Fact]]]:
    """Let time pass and run each timer when it is due: the case, what was written and how many minutes after noon."""
    written: list[tuple[float, Fact]] = []
    rules = replace(RULES, policy=policy)
    while (timer := next_timer(case, policy, TIMERS)) and timer.at <= end and timer.kind == "clock":
        for fact in due_facts(case, policy, timer.at, TIMERS):
            written.append(((timer.at - NOON) / MINUTE_MS, fact))
            after = apply(case, Event(id=f"{len(written):026d}", at=timer.at, by=SYSTEM, fact=fact), rules, REDUCERS)
            assert after is not None
            case = after
    return case, written


def test_a_broken_promise_escalates_at_once_and_climbs_while_nobody_answers() -> None:
    policy = replace(POLICY, escalation=Escalation(tier_delays_seconds=(600, 1200)))
    case, written = live_until(case_of(opened()), NOON + 2 * HOUR_MS, policy)
    assert [(minutes, type(fact).__name__) for minutes, fact in written] == [
        (10, "ClockBreached"),
        (10, "CaseEscalated"),
        (20, "CaseEscalated"),
        (40, "CaseEscalated"),
    ]
    assert case.tier == 3


def test_a_reply_ends_the_climbing() -> None:
    case, _ = live_until(case_of(opened()), NOON + 11 * MINUTE_MS)
    answered = apply(case, happened(12, facts.ReplySent(message="!")), RULES, REDUCERS)
    assert answered is not None
    case, written = live_until(answered, NOON + 170 * MINUTE_MS)
    assert written == []
    assert case.tier == 1


def test_at_the_top_a_breach_is_still_written_down() -> None:
    case = case_of(opened(tier=3))
    assert [type(fact).__name__ for fact in due_facts(case, POLICY, NOON + HOUR_MS, TIMERS)] == ["ClockBreached"]


def test_a_paused_clock_is_never_overdue() -> None:
    waits = facts.StatusChanged(status="waiting_customer")
    case = case_of(opened(), happened(1, facts.ReplySent(message="?")), happened(2, waits))
    assert due_facts(case, POLICY, NOON + 30 * DAY_MS, TIMERS) == []
    assert next_timer(case, POLICY, TIMERS) is None


def test_a_resolved_case_is_asked_about_and_then_closed_in_silence() -> None:
    case = case_of(opened(), happened(5, facts.CaseResolved()))
    assert next_timer(case, POLICY, TIMERS) == Timer(NOON + 5 * MINUTE_MS + DAY_MS, "survey")
    asked = apply(
        case, happened(1500, survey_facts.SurveySkipped(survey=survey_id(case), round=0, reason="x")), RULES, REDUCERS
    )
    assert asked is not None
    assert next_timer(asked, POLICY, TIMERS) == Timer(NOON + 5 * MINUTE_MS + 4 * DAY_MS, "clock")
    assert [type(fact).__name__ for fact in due_facts(asked, POLICY, NOON + 5 * DAY_MS, TIMERS)] == ["CaseClosed"]


def test_a_closed_case_is_asked_about_at_once() -> None:
    case = case_of(opened(), happened(5, facts.CaseResolved()), happened(9, facts.CaseClosed()))
    assert survey_due_at(case, SURVEY_POLICY) == NOON + 9 * MINUTE_MS


def test_a_case_is_asked_about_once_a_round() -> None:
    first = [opened(), happened(1, facts.CaseResolved())]
    sent = survey_facts.SurveySent(survey=survey_id(case_of(*first)), round=0, expires_at=NOON + DAY_MS)
    asked = [*first, happened(2, sent, SYSTEM)]
    assert survey_due_at(case_of(*asked), SURVEY_POLICY) is None
    again = case_of(*asked, happened(3, facts.MessageReceived(message="?")), happened(4, facts.CaseResolved()))
    assert survey_due_at(again, SURVEY_POLICY) == NOON + 4 * MINUTE_MS + DAY_MS
    assert survey_id(again) != survey_id(case_of(*first))


def test_history_rests_for_ever() -> None:
    case = case_of(opened(historical=True), happened(1, facts.CaseResolved()))
    assert next_timer(case, POLICY, TIMERS) is None
    assert due_facts(case, POLICY, NOON + 99 * DAY_MS, TIMERS) == []


def test_nobody_climbs_while_the_customer_is_awaited_or_was_just_answered() -> None:
    policy = replace(POLICY, escalation=Escalation(tier_delays_seconds=(600, 600)))
    case, _ = live_until(case_of(opened(kind="complaint")), NOON + 11 * MINUTE_MS, policy)
    assert next_timer(case, policy, TIMERS) == Timer(NOON + 20 * MINUTE_MS, "clock")
    answered = apply(case, happened(12, facts.ReplySent(message="!")), RULES, REDUCERS)
    waiting = apply(case, happened(12, facts.StatusChanged(status="waiting_customer")), RULES, REDUCERS)
    for after in (answered, waiting):
        assert after is not None
        assert not [
            fact
            for fact in due_facts(after, policy, NOON + 30 * MINUTE_MS, TIMERS)
            if "Escalated" in type(fact).__name__
        ]
