from msgspec.structs import replace

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.fold import apply
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.domain.sla.policies import Escalation, Policy, SurveyPolicy, When
from chalicelib.domain.surveys import facts as survey_facts
from chalicelib.domain.surveys.surveys import is_unhappy, reason_to_skip, survey_due_at, survey_id
from chalicelib.domain.timers.due_timers import Timer, due_facts, next_timer
from tests.fakes import NOON
from tests.stories import CUSTOMER, POLICY, RULES, case_of, happened, opened
from tests.support.registries import REDUCERS

PERSON = Customer(id=CUSTOMER, shop="demo", external_id="fang", email="fang@example.net")
ASK = SurveyPolicy()


def live_until(case: Case, end: int, policy: Policy = POLICY) -> tuple[Case, list[tuple[float, Fact]]]:
    """Let time pass: ring each alarm at its moment; what was written and how many minutes after noon."""
    written: list[tuple[float, Fact]] = []
    rules = replace(RULES, policy=policy)
    while (timer := next_timer(case, policy)) and timer.at <= end and timer.kind == "clock":
        for fact in due_facts(case, policy, timer.at):
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
    assert [type(fact).__name__ for fact in due_facts(case, POLICY, NOON + HOUR_MS)] == ["ClockBreached"]


def test_a_paused_clock_is_never_overdue() -> None:
    waits = facts.StatusChanged(status="waiting_customer")
    case = case_of(opened(), happened(1, facts.ReplySent(message="?")), happened(2, waits))
    assert due_facts(case, POLICY, NOON + 30 * DAY_MS) == []
    assert next_timer(case, POLICY) is None


def test_a_resolved_case_is_asked_about_and_then_closed_in_silence() -> None:
    case = case_of(opened(), happened(5, facts.CaseResolved()))
    assert next_timer(case, POLICY) == Timer(NOON + 5 * MINUTE_MS + DAY_MS, "survey")
    asked = apply(
        case, happened(1500, survey_facts.SurveySkipped(survey=survey_id(case), round=0, reason="x")), RULES, REDUCERS
    )
    assert asked is not None
    assert next_timer(asked, POLICY) == Timer(NOON + 5 * MINUTE_MS + 4 * DAY_MS, "clock")
    assert [type(fact).__name__ for fact in due_facts(asked, POLICY, NOON + 5 * DAY_MS)] == ["CaseClosed"]


def test_a_closed_case_is_asked_about_at_once() -> None:
    case = case_of(opened(), happened(5, facts.CaseResolved()), happened(9, facts.CaseClosed()))
    assert survey_due_at(case, ASK) == NOON + 9 * MINUTE_MS


def test_a_case_is_asked_about_once_a_round() -> None:
    first = [opened(), happened(1, facts.CaseResolved())]
    sent = survey_facts.SurveySent(survey=survey_id(case_of(*first)), round=0, expires_at=NOON + DAY_MS)
    asked = [*first, happened(2, sent, SYSTEM)]
    assert survey_due_at(case_of(*asked), ASK) is None
    again = case_of(*asked, happened(3, facts.MessageReceived(message="?")), happened(4, facts.CaseResolved()))
    assert survey_due_at(again, ASK) == NOON + 4 * MINUTE_MS + DAY_MS
    assert survey_id(again) != survey_id(case_of(*first))


def test_history_rests_for_ever() -> None:
    case = case_of(opened(historical=True), happened(1, facts.CaseResolved()))
    assert next_timer(case, POLICY) is None
    assert due_facts(case, POLICY, NOON + 99 * DAY_MS) == []


def test_each_reason_not_to_ask_has_its_name() -> None:
    done = case_of(opened(), happened(5, facts.CaseResolved()))
    now = NOON + DAY_MS
    answered = case_of(opened(), happened(5, facts.CaseResolved()), happened(6, survey_facts.SurveyAnswered(csat=4)))
    spent = replace(PERSON, surveyed_at=now - 13 * DAY_MS)
    assert reason_to_skip(done, PERSON, ASK, now) is None
    assert reason_to_skip(replace(done, historical=True), PERSON, ASK, now) == "historical"
    assert reason_to_skip(case_of(opened()), PERSON, ASK, now) == "not_resolved"
    assert reason_to_skip(answered, PERSON, ASK, now) == "already_answered"
    assert reason_to_skip(done, None, ASK, now) == "no_address"
    assert reason_to_skip(done, replace(PERSON, email=None), ASK, now) == "no_address"
    assert reason_to_skip(done, replace(PERSON, consent_withdrawn_at=now), ASK, now) == "consent_withdrawn"
    assert reason_to_skip(done, spent, ASK, now) == "budget_spent"
    assert reason_to_skip(done, replace(PERSON, surveyed_at=now - 14 * DAY_MS), ASK, now) is None


def test_an_answer_is_unhappy_by_csat_or_by_nps() -> None:
    assert is_unhappy(survey_facts.SurveyAnswered(csat=2))
    assert is_unhappy(survey_facts.SurveyAnswered(csat=5, nps=6))
    assert not is_unhappy(survey_facts.SurveyAnswered(csat=3, nps=7))
    assert not is_unhappy(survey_facts.SurveyAnswered(comment="fine"))


def test_the_first_rule_that_fits_wins_and_behind_the_shops_stand_the_defaults() -> None:
    policy = Policy()
    wanted = {
        ("question", "chat"): 30,
        ("review", "review"): 7_200,
        ("return", "web"): 3_600,
        ("complaint", "phone"): 3_600,
        ("question", "web"): 86_400,
    }
    for (kind, channel), seconds in wanted.items():
        rule = policy.rule_for("first_reply", When(type=kind, channel=channel))  # type: ignore[arg-type]
        assert rule is not None
        assert rule.target_seconds == seconds
    resolution = policy.rule_for("resolution", When(type="repair", channel="web"))
    assert resolution is not None
    assert (resolution.target_seconds, resolution.calendar) == (3 * 8 * 3_600, "business")
    assert policy.rule_for("next_reply", When(type="question", channel="web")) is None


def test_nobody_climbs_while_the_customer_is_awaited_or_was_just_answered() -> None:
    policy = replace(POLICY, escalation=Escalation(tier_delays_seconds=(600, 600)))
    case, _ = live_until(case_of(opened(kind="complaint")), NOON + 11 * MINUTE_MS, policy)
    assert next_timer(case, policy) == Timer(NOON + 20 * MINUTE_MS, "clock")
    answered = apply(case, happened(12, facts.ReplySent(message="!")), RULES, REDUCERS)
    waiting = apply(case, happened(12, facts.StatusChanged(status="waiting_customer")), RULES, REDUCERS)
    for after in (answered, waiting):
        assert after is not None
        assert not [
            fact for fact in due_facts(after, policy, NOON + 30 * MINUTE_MS) if "Escalated" in type(fact).__name__
        ]
