"""Cases are assigned to agents: within capacity, by urgency, again after silence."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.cases.payloads import Assignment, Escalate, Message, StatusChange
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, NotFound
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.kernel.timestamps import HOUR_MS, MINUTE_MS, parse_instant
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.domain.routing.facts import CaseAssigned, CaseQueued, CaseReleased
from chalicelib.domain.sla.policies import Policy, Routing
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.email import write_reply
from chalicelib.usecases.ports.cases import AtCapacity, Change
from chalicelib.usecases.routing import manage_agents
from chalicelib.usecases.routing.assign_case import assign_case
from chalicelib.usecases.routing.assign_waiting_cases import assign_waiting_cases
from chalicelib.usecases.routing.follow_ups import requires_routing
from chalicelib.usecases.routing.shifts import start_shift
from chalicelib.usecases.shops.manage_shop import put_policy
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in
from tests.support.shops.routing import act, route, services_with_agents


def facts(services: FakeServices, name: str) -> list[Any]:
    facts_of_case = (one.fact for one in services.cases.events(case_key("demo", name)))
    return [one for one in facts_of_case if isinstance(one, CaseAssigned | CaseQueued | CaseReleased)]


def test_a_new_case_goes_to_an_agent_and_says_why_and_the_next_to_another() -> None:
    services = services_with_agents(("mei", {}), ("lee", {}))
    first, second = route(services, "one"), route(services, "two")
    assert {first.assignee, second.assignee} == {"mei", "lee"}
    (fact,) = facts(services, "one")
    assert (fact.why, fact.load, fact.fitting) == ("least_loaded", 1, 2)
    assert {one.load for one in services.agents.statuses("demo")} == {1}


def test_a_shop_without_agents_gives_cases_to_nobody() -> None:
    services = FakeServices()
    assert (route(services, "one").assignee, facts(services, "one")) == (None, [])


def test_nobody_gets_more_than_they_may_and_what_waits_comes_by_urgency_when_somebody_is_done() -> None:
    services = services_with_agents(("mei", {"capacity": 1}))
    route(services, "first")
    for name, priority in (("low", "low"), ("normal", "normal"), ("urgent", "urgent")):
        assert route(services, name, priority=priority).routing.held_by is None
    assert [one.key for one in services.agents.queue("demo", 9)] == [
        case_key("demo", name) for name in ("urgent", "normal", "low")
    ]
    act(services, "first", handle_command.set_status, StatusChange("resolved"))
    assert case_in(services, case_key("demo", "urgent")).routing.held_by == "mei"
    assert [fact.why for fact in facts(services, "urgent")] == ["all_full", "least_loaded"]


def test_a_reopened_case_goes_back_to_who_knows_it_and_to_another_when_they_are_full() -> None:
    services = services_with_agents(("mei", {"capacity": 1}), ("lee", {"capacity": 9}))
    holder = route(services, "one").routing.held_by or ""
    act(services, "one", handle_command.set_status, StatusChange("resolved"), holder)
    assert case_in(services, case_key("demo", "one")).routing.held_by is None
    assert act(services, "one", handle_command.set_status, StatusChange("open"), holder).routing.held_by == holder
    assert facts(services, "one")[-1].why == "knows_it"


def test_an_escalated_case_goes_to_its_tier_and_stays_where_no_such_tier_is() -> None:
    services = services_with_agents(("mei", {"tiers": (0,)}), ("boss", {"tiers": (1, 2)}))
    assert route(services, "one").routing.held_by == "mei"
    assert act(services, "one", handle_command.escalate, Escalate("please")).routing.held_by == "boss"
    alone = services_with_agents(("mei", {}))
    route(alone, "one")
    assert act(alone, "one", handle_command.escalate, Escalate("please")).routing.held_by == "mei"


def test_an_escalated_case_waits_for_its_tier_when_nobody_of_it_is_free() -> None:
    services = services_with_agents(("mei", {}), ("boss", {"tiers": (1,)}))
    manage_agents.set_presence(services, "demo", "boss", "away")
    route(services, "one")
    case = act(services, "one", handle_command.escalate, Escalate("please"))
    assert (case.routing.held_by, case.assignee, services.agents.stored["mei"].load) == (None, None, 0)
    assert case.routing.queued is not None
    assert [event.type for event in services.cases.events(case_key("demo", "one"))][-2:] == [
        "case_released",
        "case_queued",
    ]
    manage_agents.set_presence(services, "demo", "boss", "here")
    assert assign_waiting_cases(services, services.shops.stored["demo"]) == [case_key("demo", "one")]


def test_a_case_that_rises_or_changes_team_while_it_waits_goes_to_whom_it_fits_then() -> None:
    services = services_with_agents(
        ("mei", {"capacity": 1, "teams": ("lamps",)}), ("boss", {"tiers": (1,), "teams": ("shoes",)})
    )
    for name in ("holds", "waits"):
        route(services, name)
    before = services.cases.load(case_key("demo", "waits"))
    assert act(services, "waits", handle_command.escalate, Escalate("up")).routing.held_by == "boss"
    assert before.case is not None
    assert before.case.routing.queued is not None


def test_what_changes_of_a_waiting_case_invokes_routing_and_stands_in_the_queue() -> None:
    services = services_with_agents(("mei", {"capacity": 1}))
    for name in ("holds", "waits"):
        route(services, name)
    key = case_key("demo", "waits")
    before = services.cases.load(key)
    handle_command.assign(
        services,
        handle_command.Command(case=case_in(services, key).id, shop="demo", by=Actor("agent", "lee")),
        Assignment(team="shoes"),
    )
    (waiting,) = services.agents.queue("demo", 9)
    assert waiting.team == "shoes"
    after = services.cases.load(key)
    change = Change(before=before, after=after, events=[], shop=services.shops.stored["demo"], now=services.now())
    assert requires_routing(change)


def test_what_was_given_by_hand_to_somebody_outside_is_not_taken_away_by_a_choice_made_before() -> None:
    services = services_with_agents(("mei", {}))
    manage_agents.set_presence(services, "demo", "mei", "away")
    route(services, "one")
    act(services, "one", handle_command.assign, Assignment("lawyer"))
    manage_agents.set_presence(services, "demo", "mei", "here")
    assign_case(services, case_key("demo", "one"))
    assign_waiting_cases(services, services.shops.stored["demo"])
    assert (case_in(services, case_key("demo", "one")).assignee, services.agents.queue("demo", 9)) == ("lawyer", [])


def test_a_transfer_by_hand_keeps_the_history_and_is_refused_beyond_capacity() -> None:
    services = services_with_agents(("mei", {}), ("lee", {"capacity": 1}))
    manage_agents.set_presence(services, "demo", "lee", "away")
    route(services, "one")
    route(services, "two")
    with pytest.raises(Conflict, match="lee is away"):
        act(services, "one", handle_command.assign, Assignment("lee"))
    manage_agents.set_presence(services, "demo", "lee", "here")
    assert act(services, "one", handle_command.assign, Assignment("lee")).routing.held_by == "lee"
    with pytest.raises(Conflict, match="as many cases"):
        act(services, "two", handle_command.assign, Assignment("lee"))
    assert [(fact.assignee, fact.why) for fact in facts(services, "one")] == [
        ("mei", "least_loaded"),
        ("lee", "by_hand"),
    ]
    assert {name: one.load for name, one in services.agents.stored.items()} == {"mei": 1, "lee": 1}
    assert act(services, "one", handle_command.assign, Assignment("someone-outside")).routing.held_by is None


def test_who_is_silent_loses_the_case_to_another_and_who_answered_does_not() -> None:
    services = services_with_agents(("mei", {}), ("lee", {}))
    put_policy(services, "demo", Policy(routing=Routing(silence_seconds=600)))
    holders = {name: route(services, name).routing.held_by or "" for name in ("silent", "answered")}
    act(services, "answered", write_reply.write, Message("Hello"), holders["answered"])
    services.time += 11 * MINUTE_MS
    for name in holders:
        run_due_timers(services, case_key("demo", name))
        assign_case(services, case_key("demo", name))
    assert case_in(services, case_key("demo", "answered")).routing.held_by == holders["answered"]
    assert case_in(services, case_key("demo", "silent")).routing.held_by not in (None, holders["silent"])
    assert [type(fact).__name__ for fact in facts(services, "silent")] == [
        "CaseAssigned",
        "CaseReleased",
        "CaseAssigned",
    ]


def test_the_timer_of_silence_is_set_and_runs_once_the_customer_wrote_again() -> None:
    services = services_with_agents(("mei", {}))
    put_policy(services, "demo", Policy(routing=Routing(silence_seconds=600)))
    route(services, "one")
    act(services, "one", write_reply.write, Message("Hello"))
    services.time += HOUR_MS
    assert case_in(services, case_key("demo", "one")).routing.held_by == "mei"
    services.hook("message.received", {"case_external_id": "one", "author": "customer", "message": "Still there?"})
    key = case_key("demo", "one")
    assert (
        min(timer.at for name, timer in services.cases.timers if name == key and timer.at > services.time)
        == services.time + 10 * MINUTE_MS
    )
    services.time += 10 * MINUTE_MS
    assert "case_released" in [event.type for event in run_due_timers(services, key)]


def test_a_shift_that_begins_is_given_what_waits() -> None:
    services = FakeServices()
    services.time = parse_instant("2026-11-20T08:00:00+08:00")
    manage_agents.put_agent(services, "demo", "mei", AgentIn(calendar="CN"))
    manage_agents.set_presence(services, "demo", "mei", "here")
    assert route(services, "one").routing.held_by is None
    assert ("mei", parse_instant("2026-11-20T09:00:00+08:00")) in services.agents.shift_starts
    services.time = parse_instant("2026-11-20T09:00:00+08:00")
    assert start_shift(services, "demo", "mei") == [case_key("demo", "one")]
    assert services.agents.shift_starts[-1] == ("mei", parse_instant("2026-11-20T13:00:00+08:00"))


def test_an_agent_who_leaves_leaves_their_cases_to_others() -> None:
    services = services_with_agents(("mei", {}))
    route(services, "one")
    manage_agents.put_agent(services, "demo", "lee", AgentIn())
    manage_agents.set_presence(services, "demo", "lee", "here")
    assert manage_agents.remove_agent(services, "demo", "mei", Actor("agent", "boss")) == 1
    assign_case(services, case_key("demo", "one"))
    assert case_in(services, case_key("demo", "one")).routing.held_by == "lee"
    with pytest.raises(NotFound):
        manage_agents.read_agent(services, "demo", "mei")


def test_without_its_last_agent_a_shops_cases_are_given_to_nobody_again() -> None:
    services = services_with_agents(("mei", {}))
    manage_agents.remove_agent(services, "demo", "mei", Actor("agent", "boss"))
    assert (route(services, "one").routing.queued, facts(services, "one")) == (None, [])


def test_an_agents_next_work_stands_on_top() -> None:
    services = services_with_agents(("mei", {}))
    for name, priority in (("later", "normal"), ("now", "urgent"), ("sometime", "low")):
        route(services, name, priority=priority)
    assert [file.case.external_id for file in manage_agents.next_work(services, "demo", "mei")] == [
        "now",
        "later",
        "sometime",
    ]


def test_a_case_of_the_past_is_given_to_nobody() -> None:
    services = services_with_agents(("mei", {}))
    assert route(services, "old", historical=True, occurred_at="2026-01-01T00:00:00Z").routing.held_by is None
    assert services.agents.queue("demo", 9) == []


def test_who_was_full_at_the_last_moment_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    services = services_with_agents(("mei", {}), ("lee", {"capacity": 100}))
    check = services.agents.check
    beaten: list[str] = []

    def beaten_once(change: Any) -> None:
        if change.after.case.routing.held_by and not beaten:
            beaten.append(change.after.case.routing.held_by)
            raise AtCapacity(change.after.case.routing.held_by)
        check(change)

    monkeypatch.setattr(services.agents, "check", beaten_once)
    assert route(services, "one").routing.held_by not in (None, beaten[0])


def test_who_remembers_that_all_were_full_queues_a_case_and_looks_again_before_it_is_left_there() -> None:
    services = services_with_agents(("mei", {"capacity": 1}))
    services.agents.remembers = True
    route(services, "first")
    assert route(services, "second").routing.held_by is None
    remembered = services.agents.remembered
    services.agents.stored["mei"] = replace(services.agents.stored["mei"], load=0)  # freed by somebody else
    services.agents.remembered = remembered
    assert route(services, "third", priority="low").routing.queued is not None
    assert case_in(services, case_key("demo", "second")).routing.held_by == "mei"


def test_a_low_case_does_not_wait_until_nobody_else_does() -> None:
    services = services_with_agents(("mei", {"capacity": 1}))
    services.time = parse_instant("2026-11-20T14:30:00+08:00")
    route(services, "first")
    route(services, "low", priority="low", occurred_at="2026-11-20T14:00:00+08:00")
    route(services, "later", occurred_at="2026-11-20T14:11:00+08:00")
    act(services, "first", handle_command.set_status, StatusChange("resolved"))
    assert case_in(services, case_key("demo", "low")).routing.held_by == "mei"
