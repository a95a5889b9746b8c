"""What follows a broken promise keeps its hours. Rows: `data/escalation_hours.yaml`, `data/silence_hours.yaml`."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.events import AnyFact, Event
from chalicelib.domain.cases.fold import apply
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.timestamps import DAY, MINUTE, Instant, of_datetime, zone
from chalicelib.domain.routing.routing import AgentIn
from chalicelib.domain.sla.calendars import ALWAYS, OFFICE_HOURS, Calendar
from chalicelib.domain.sla.policies import Escalation, Policy, Routing, Rule
from chalicelib.domain.timers.due_timers import due_facts, next_alarm
from chalicelib.usecases.routing.assign_case import route_case
from chalicelib.usecases.routing.manage_agents import put_agent, set_presence
from chalicelib.usecases.shops.manage_shop import put_policy
from chalicelib.usecases.timers.run_due_timers import wake_case
from tests.fakes import NOON, OFFICE, FakeDesk
from tests.stories import case_of, happened, opened
from tests.unit.test_fold import any_fact
from tests.world.case_stories import KEY, OPENING, Row
from tests.world.rows import rows

LATEST = 2_000
"""Milliseconds that a breach may stand after it was due."""


def local(moment: str | datetime) -> Instant:
    told = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    return of_datetime(told.replace(tzinfo=zone(OFFICE.time_zone)))


def ask(desk: FakeDesk) -> None:
    desk.hook("case.requested", OPENING | {"external_id": "world-1"})


def rung(desk: FakeDesk, days: int = 9) -> list[tuple[str, Instant]]:
    """Ring each alarm when it is set for; what was written then, and when."""
    end, written = desk.time + days * DAY, list[tuple[str, Instant]]()
    while due := sorted(alarm.at for _, alarm in desk.cases.alarms if desk.time < alarm.at < end):
        desk.time = due[0]
        written += [(one.type, one.at) for one in wake_case(desk, KEY)]
    return written


@pytest.mark.parametrize("row", rows("escalation_hours"))
def test_a_case_climbs_in_the_hours_of_the_promise_that_was_broken(desk: FakeDesk, row: Row) -> None:
    desk.time = local(row["opened"])
    rule = Rule(clock="first_reply", target_seconds=row["target"] * 60, calendar=row["hours"])
    slow = Rule(clock="resolution", target_seconds=90 * 86_400)
    delay = row["delay"] * 60
    put_policy(desk, "demo", Policy(clocks=(rule, slow), escalation=Escalation(tier_delays_seconds=(delay, delay))))
    ask(desk)
    climbs = [at for kind, at in rung(desk) if kind == "case_escalated"]
    assert climbs == [local(one) for one in row["want"]]
    case = desk.cases.load(KEY).case
    assert case is not None
    assert case.tier == 3


@pytest.mark.parametrize("row", rows("silence_hours"))
def test_silence_is_counted_in_the_shift_of_the_agent(desk: FakeDesk, row: Row) -> None:
    desk.time = local("2026-11-19T10:00")
    put_policy(desk, "demo", Policy(routing=Routing(silence_seconds=1_800)))
    put_agent(desk, "demo", "mei", AgentIn(calendar=row["shift"]))
    set_presence(desk, "demo", "mei", "here")
    desk.time = local(row["wrote"])
    ask(desk)
    assert route_case(desk, KEY) == "mei"
    assert next(at for kind, at in rung(desk, 4) if kind == "case_released") == local(row["want"])


def test_a_case_given_before_shifts_were_written_down_is_counted_by_the_newest_of_that_name(desk: FakeDesk) -> None:
    desk.time = local("2026-11-19T17:50")
    put_policy(desk, "demo", Policy(routing=Routing(silence_seconds=1_800)))
    ask(desk)
    stored = desk.cases.load(KEY)
    assert stored.case is not None
    given = replace(stored.case, held_by="mei", held_at=desk.time, heard_at=desk.time, shift="CN", shift_calendar=None)
    desk.cases.headers[KEY] = replace(stored, case=given)
    desk.time = local("2026-11-20T09:19")
    assert wake_case(desk, KEY) == []
    desk.time = local("2026-11-20T09:20")
    assert "case_released" in [one.type for one in wake_case(desk, KEY)]


NIGHTS = Calendar(
    id="n", version=1, time_zone="Asia/Shanghai", hours={"sat": OFFICE_HOURS, "wed": (("20:00", "24:00"),)}
)
POLICIES = st.builds(
    lambda kind, target, delays, silence: Policy(
        version=1,
        clocks=tuple(
            Rule(clock=name, target_seconds=target * 60, calendar=kind)
            for name in ("first_reply", "next_reply", "resolution")
        ),
        escalation=Escalation(tier_delays_seconds=delays),
        routing=Routing(silence_seconds=silence),
    ),
    st.sampled_from(["business", "always"]),
    st.integers(1, 900),
    st.tuples(st.integers(1, 90_000), st.integers(1, 90_000)),
    st.none() | st.integers(60, 90_000),
)
GIVEN = facts.CaseAssigned(assignee="mei", load=1, shift="n", calendar="n@1")
STORIES = st.lists(st.tuples(st.integers(0, 3 * 24 * 60), any_fact | st.just(GIVEN)), max_size=8)


@settings(max_examples=150, deadline=None)
@given(story=STORIES, policy=POLICIES, shift=st.sampled_from([ALWAYS, OFFICE, NIGHTS]))
def test_when_an_alarm_rings_something_is_due_and_never_before(
    story: list[tuple[int, AnyFact]], policy: Policy, shift: Calendar
) -> None:
    rules = Rules(policy, OFFICE, shift)
    case = case_of(opened(kind="question"), *(happened(minutes, fact) for minutes, fact in story), rules=rules)
    now = NOON + max((minutes for minutes, _ in story), default=0) * MINUTE
    for step in range(12):
        alarm = next_alarm(case, rules)
        if alarm is None or alarm.kind != "clock":
            return
        if alarm.at > now:
            assert due_facts(case, rules, alarm.at - 1) == []
        now = max(now, alarm.at)
        due = due_facts(case, rules, now)
        assert due
        for place, fact in enumerate(due):
            event = Event(id=f"{step:020d}{place:06d}", at=now, by=SYSTEM, fact=fact)
            after = apply(case, event, rules)
            assert after is not None
            case = after


def test_a_breach_is_written_within_two_seconds_however_its_delays_run(desk: FakeDesk) -> None:
    put_policy(desk, "demo", Policy(clocks=(Rule(clock="first_reply", target_seconds=900, calendar="business"),)))
    desk.time = local("2026-11-20T11:50")
    ask(desk)
    stored = desk.cases.load(KEY)
    assert stored.armed == local("2026-11-20T13:05")
    desk.time = stored.armed + LATEST
    event = next(one for one in wake_case(desk, KEY) if isinstance(one.fact, facts.ClockBreached))
    assert event.at - event.fact.due_at <= LATEST  # type: ignore[union-attr]
    assert desk.cases.load(KEY).armed == local("2026-11-20T14:05") + LATEST
