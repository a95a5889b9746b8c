"""Escalation and silence follow working hours. Rows: `data/escalation_hours.yaml`, `data/silence_hours.yaml`."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.cases import facts, parts
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.fold import apply
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import DAY_MS, MINUTE_MS, Instant, from_datetime, zone_info
from chalicelib.domain.routing import facts as routing_facts
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.domain.sla.calendars import ALWAYS, OFFICE_HOURS, Calendar
from chalicelib.domain.sla.policies import Escalation, Policy, Routing, Rule
from chalicelib.domain.timers.due_timers import due_facts, next_timer
from chalicelib.usecases.routing.assign_case import assign_case
from chalicelib.usecases.routing.manage_agents import put_agent, set_presence
from chalicelib.usecases.shops.manage_shop import put_policy
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import NOON, OFFICE, FakeServices
from tests.support.cases.events import any_fact, case_of, happened, opened
from tests.support.cases.registries import REDUCERS, TIMERS
from tests.support.world.case_stories import KEY, OPENING, Row
from tests.support.world.rows import rows

LATEST = 2_000
"""How many milliseconds after its due time a breach may be written."""


def local(moment: str | datetime) -> Instant:
    wall_time = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    return from_datetime(wall_time.replace(tzinfo=zone_info(OFFICE.time_zone)))


def ask(services: FakeServices) -> None:
    services.hook("case.requested", OPENING | {"external_id": "world-1"})


def run_timers(services: FakeServices, days: int = 9) -> list[tuple[str, Instant]]:
    """Run each timer when it is due: what was written then, and when."""
    end, written = services.time + days * DAY_MS, list[tuple[str, Instant]]()
    while due := sorted(timer.at for _, timer in services.cases.timers if services.time < timer.at < end):
        services.time = due[0]
        written += [(one.type, one.at) for one in run_due_timers(services, KEY)]
    return written


@pytest.mark.parametrize("row", rows("escalation_hours"))
def test_a_case_climbs_in_the_hours_of_the_promise_that_was_broken(services: FakeServices, row: Row) -> None:
    services.time = local(row["opened"])
    rule = Rule(clock="first_reply", target_seconds=row["target"] * 60, calendar=row["hours"])
    slow = Rule(clock="resolution", target_seconds=90 * 86_400)
    delay = row["delay"] * 60
    put_policy(services, "demo", Policy(clocks=(rule, slow), escalation=Escalation(tier_delays_seconds=(delay, delay))))
    ask(services)
    climbs = [at for kind, at in run_timers(services) if kind == "case_escalated"]
    assert climbs == [local(one) for one in row["want"]]
    case = services.cases.load(KEY).case
    assert case is not None
    assert case.tier == 3


@pytest.mark.parametrize("row", rows("silence_hours"))
def test_silence_is_counted_in_the_shift_of_the_agent(services: FakeServices, row: Row) -> None:
    services.time = local("2026-11-19T10:00")
    put_policy(services, "demo", Policy(routing=Routing(silence_seconds=1_800)))
    put_agent(services, "demo", "mei", AgentIn(calendar=row["shift"]))
    set_presence(services, "demo", "mei", "here")
    services.time = local(row["wrote"])
    ask(services)
    assert assign_case(services, KEY) == "mei"
    assert next(at for kind, at in run_timers(services, 4) if kind == "case_released") == local(row["want"])


def test_a_case_given_before_shifts_were_written_down_is_counted_by_the_newest_of_that_name(
    services: FakeServices,
) -> None:
    services.time = local("2026-11-19T17:50")
    put_policy(services, "demo", Policy(routing=Routing(silence_seconds=1_800)))
    ask(services)
    stored = services.cases.load(KEY)
    assert stored.case is not None
    routing = parts.Routing(held_by="mei", held_at=services.time, heard_at=services.time, shift="CN")
    given = replace(stored.case, routing=routing)
    services.cases.stored[KEY] = replace(stored, case=given)
    services.time = local("2026-11-20T09:19")
    assert run_due_timers(services, KEY) == []
    services.time = local("2026-11-20T09:20")
    assert "case_released" in [one.type for one in run_due_timers(services, KEY)]


OVERNIGHT = Calendar(
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
GIVEN = routing_facts.CaseAssigned(assignee="mei", load=1, shift="n", calendar="n@1")
STORIES = st.lists(st.tuples(st.integers(0, 3 * 24 * 60), any_fact | st.just(GIVEN)), max_size=8)


@settings(max_examples=150, deadline=None)
@given(story=STORIES, policy=POLICIES, shift=st.sampled_from([ALWAYS, OFFICE, OVERNIGHT]))
def test_when_a_timer_runs_something_is_due_and_never_before(
    story: list[tuple[int, Fact]], policy: Policy, shift: Calendar
) -> None:
    rules = Rules(policy, OFFICE, shift)
    case = case_of(opened(kind="question"), *(happened(minutes, fact) for minutes, fact in story), rules=rules)
    now = NOON + max((minutes for minutes, _ in story), default=0) * MINUTE_MS
    for step in range(12):
        timer = next_timer(case, rules, TIMERS)
        if timer is None or timer.kind != "clock":
            return
        if timer.at > now:
            assert due_facts(case, rules, timer.at - 1, TIMERS) == []
        now = max(now, timer.at)
        due = due_facts(case, rules, now, TIMERS)
        assert due
        for place, fact in enumerate(due):
            event = Event(id=f"{step:020d}{place:06d}", at=now, by=SYSTEM, fact=fact)
            after = apply(case, event, rules, REDUCERS)
            assert after is not None
            case = after


def test_a_breach_is_written_within_two_seconds_however_its_delays_run(services: FakeServices) -> None:
    put_policy(services, "demo", Policy(clocks=(Rule(clock="first_reply", target_seconds=900, calendar="business"),)))
    services.time = local("2026-11-20T11:50")
    ask(services)
    stored = services.cases.load(KEY)
    assert stored.armed == local("2026-11-20T13:05")
    services.time = stored.armed + LATEST
    event = next(one for one in run_due_timers(services, KEY) if isinstance(one.fact, facts.ClockBreached))
    assert event.at - event.fact.due_at <= LATEST  # type: ignore[attr-defined]
    assert services.cases.load(KEY).armed == local("2026-11-20T14:05") + LATEST
