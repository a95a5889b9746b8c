"""Folding the events of a case, in whatever order they arrive."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.fold import apply, fold
from chalicelib.domain.kernel.actors import SYSTEM, Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import DAY_MS, MINUTE_MS
from chalicelib.domain.sla.clocks import Clock
from chalicelib.domain.sla.policies import ClockName
from tests.fakes import NOON
from tests.support.cases.events import RULES, any_story, case_of, happened, opened
from tests.support.cases.registries import REDUCERS

CUSTOMER = Actor("customer")


def asked(minutes: float, text: str = "?") -> Event:
    return happened(minutes, facts.MessageReceived(message=text), CUSTOMER)


def replied(minutes: float, text: str = "!") -> Event:
    return happened(minutes, facts.ReplySent(message=text))


def resolved(minutes: float) -> Event:
    return happened(minutes, facts.CaseResolved())


def closed(minutes: float) -> Event:
    return happened(minutes, facts.CaseClosed())


def status(minutes: float, to: str) -> Event:
    return happened(minutes, facts.StatusChanged(status=to))  # type: ignore[arg-type]


def breached(minutes: float, clock: ClockName, case: Case) -> Event:
    entry = clock_of(case, clock)
    fact = facts.ClockBreached(clock=clock, started_at=entry.started_at, due_at=entry.due_at or 0, target=entry.target)
    return happened(minutes, fact, SYSTEM)


def escalated(minutes: float, clock: ClockName, case: Case) -> Event:
    started_at = clock_of(case, clock).started_at
    fact = facts.CaseEscalated(from_tier=0, to_tier=1, reason="late", clock=clock, started_at=started_at)
    return happened(minutes, fact, SYSTEM)


def clock_of(case: Case, name: ClockName) -> Clock:
    clock = case.clock(name)
    assert clock is not None
    return clock


def test_a_new_case_owes_a_first_reply_and_a_resolution() -> None:
    case = case_of(opened())
    assert case.status == "new"
    assert {clock.name: clock.state for clock in case.clocks} == {"first_reply": "running", "resolution": "running"}
    assert clock_of(case, "first_reply").due_at == NOON + 10 * MINUTE_MS
    assert clock_of(case, "resolution").due_at == NOON + 3 * 60 * MINUTE_MS  # noon is lunch: two hours from 13:00
    assert clock_of(case, "resolution").calendar == "CN@1"


def test_the_first_public_reply_keeps_the_promise_and_a_note_does_not() -> None:
    noted = case_of(opened(), happened(1, facts.NoteAdded(message="ask the warehouse")))
    assert clock_of(noted, "first_reply").state == "running"
    case = case_of(opened(), replied(9))
    assert clock_of(case, "first_reply").state == "met"
    assert (case.status, case.first_reply_at, case.replies) == ("open", NOON + 9 * MINUTE_MS, 1)


def test_a_reply_after_the_due_time_is_a_breach_even_if_no_timer_ran() -> None:
    assert clock_of(case_of(opened(), replied(11)), "first_reply").state == "breached"


def test_next_reply_runs_from_the_customers_message_to_the_agents() -> None:
    case = case_of(opened(), replied(1), asked(5), asked(6))
    assert clock_of(case, "next_reply").due_at == NOON + 20 * MINUTE_MS
    assert clock_of(case_of(opened(), replied(1), asked(5), replied(8)), "next_reply").state == "met"


def test_resolution_rests_while_the_customer_is_awaited_and_first_reply_never_does() -> None:
    waiting = case_of(opened(NOON + 60 * MINUTE_MS), status(90, "waiting_customer"))
    assert clock_of(waiting, "resolution").state == "paused"
    assert clock_of(waiting, "resolution").due_at is None
    assert clock_of(waiting, "first_reply").state == "running"
    back = case_of(opened(NOON + 60 * MINUTE_MS), status(90, "waiting_customer"), asked(150))
    assert back.status == "open"
    assert clock_of(back, "resolution").due_at == NOON + (150 + 90) * MINUTE_MS  # half an hour of two was used


def test_a_customers_message_reopens_a_resolved_case() -> None:
    case = case_of(opened(), replied(1), resolved(2), asked(30))
    assert (case.status, case.reopened, case.resolved_at) == ("open", 1, None)
    assert clock_of(case, "resolution").state == "running"


def test_a_closed_case_is_reopened_for_seven_days_and_later_not() -> None:
    within = case_of(opened(), resolved(1), closed(2), asked(2 + 7 * 24 * 60))
    assert (within.status, within.reopened, within.closed_at) == ("open", 1, None)
    late = case_of(opened(), resolved(1), closed(2), asked(3 + 7 * 24 * 60))
    assert (late.status, late.reopened, len(late.spilled)) == ("closed", 0, 1)


def test_closing_without_resolving_resolves_too() -> None:
    case = case_of(opened(), closed(5))
    assert case.resolved_at == case.closed_at == NOON + 5 * MINUTE_MS


def test_a_breach_raises_the_tier_and_a_reply_that_arrives_late_takes_it_back() -> None:
    case = case_of(opened())
    story = [opened(), breached(10, "first_reply", case), escalated(10, "first_reply", case)]
    assert (case_of(*story).tier, clock_of(case_of(*story), "first_reply").state) == (1, "breached")
    late = case_of(*story, replied(9))
    assert (late.tier, late.escalations, clock_of(late, "first_reply").state) == (0, 0, "met")


def test_a_breach_of_an_older_round_of_a_clock_is_stale() -> None:
    case = case_of(opened(), replied(1), asked(2))
    again = [opened(), replied(1), asked(2), replied(3), asked(4), breached(18, "next_reply", case)]
    assert clock_of(case_of(*again), "next_reply").state == "running"


def test_an_escalation_by_hand_stops_at_the_top() -> None:
    by_hand = [happened(n, facts.CaseEscalated(from_tier=n, to_tier=n + 1, reason="angry")) for n in range(5)]
    assert case_of(opened(), *by_hand).tier == 3


def test_a_historical_case_has_no_clocks() -> None:
    assert case_of(opened(historical=True), replied(1), asked(2), resolved(3), asked(4)).clocks == ()


def test_events_from_before_the_opening_count_as_of_the_opening() -> None:
    case = case_of(opened(), replied(-5))
    assert case.first_reply_at == NOON


def test_without_its_opening_there_is_no_case() -> None:
    assert fold([replied(1), resolved(2)], RULES, REDUCERS) is None


def test_the_state_stays_small_however_long_the_conversation() -> None:
    import msgspec

    story = [asked(n, "x" * 60_000) if n % 2 else replied(n, "y" * 60_000) for n in range(1, 400)]
    assert len(msgspec.json.encode(case_of(opened(), *story))) < 1_000


@settings(max_examples=300, deadline=None)
@given(story=any_story, chance=st.randoms(use_true_random=False), historical=st.booleans())
def test_duplicates_and_any_order_of_arrival_end_in_the_same_case(
    story: list[tuple[int, Fact]], chance: random.Random, historical: bool
) -> None:
    events = [opened(historical=historical), *(happened(minutes, fact) for minutes, fact in story)]
    arrived = [*events, *chance.sample(events, len(events) // 2)]
    chance.shuffle(arrived)
    assert fold(arrived, RULES, REDUCERS) == fold(events, RULES, REDUCERS)


@settings(max_examples=200, deadline=None)
@given(story=any_story)
def test_taking_events_one_by_one_is_folding_them(story: list[tuple[int, Fact]]) -> None:
    events = sorted([opened(), *(happened(minutes, fact) for minutes, fact in story)], key=lambda event: event.order)
    distinct = {event.order: event for event in events}.values()
    case: Case | None = None
    for event in distinct:
        case = apply(case, event, RULES, REDUCERS)
    assert case == fold(events, RULES, REDUCERS)


@settings(max_examples=200, deadline=None)
@given(story=any_story)
def test_whatever_happens_the_state_keeps_its_promises_to_readers(story: list[tuple[int, Fact]]) -> None:
    case = case_of(opened(), *(happened(minutes, fact) for minutes, fact in story))
    assert (case.resolved_at is not None) == case.done
    assert (case.closed_at is not None) == (case.status == "closed")
    assert 0 <= case.tier <= 3
    assert len({clock.name for clock in case.clocks}) == len(case.clocks)
    assert all(clock.state != "running" for clock in case.clocks if case.done)
    assert case.first_reply_at is None or case.first_reply_at >= case.opened_at


@pytest.mark.parametrize("late_by", [1, MINUTE_MS, 3 * DAY_MS])
def test_an_identical_event_at_the_same_time_is_one_event_and_at_another_time_another(late_by: int) -> None:
    first = replied(1)
    same, other = replied(1), replace(first, at=first.at + late_by, id=replied(1 + late_by / MINUTE_MS).id)
    assert case_of(opened(), first, same).replies == 1
    assert case_of(opened(), first, other).replies == 2


def test_closing_in_silence_is_void_when_a_message_that_arrives_late_broke_the_silence() -> None:
    silent = happened(4 * 24 * 60, facts.CaseClosed(reason="no word", resolved_at=NOON + MINUTE_MS), SYSTEM)
    assert case_of(opened(), resolved(1), silent).status == "closed"
    late = case_of(opened(), resolved(1), silent, asked(60))
    assert (late.status, late.reopened, late.closed_at) == ("open", 1, None)
