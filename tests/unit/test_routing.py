"""Cases are given to agents: by fit, load, knowledge; never beyond capacity; and none waits while somebody is free."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bench import routing
from chalicelib.adapters.cases.case_items import moves_agents
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.commands import Assignment, Escalate, Message, StatusChange
from chalicelib.domain.cases.urgency import urgency
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, NotFound
from chalicelib.domain.kernel.timestamps import HOUR_MS, MINUTE_MS, parse_instant
from chalicelib.domain.routing.facts import CaseAssigned, CaseQueued, CaseReleased
from chalicelib.domain.routing.routing import Agent, AgentIn, AgentStatus, RoutingRequest, choose, on_shift
from chalicelib.domain.sla.calendars import ALWAYS
from chalicelib.domain.sla.policies import Policy, Routing
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.email import write_reply
from chalicelib.usecases.ports import AtCapacity, Change
from chalicelib.usecases.routing import manage_agents as manage_roster
from chalicelib.usecases.routing.assign_case import assign_case, assign_waiting_cases, next_shift_start, start_shift
from chalicelib.usecases.shops.manage_shop import put_policy
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import NOON, OFFICE, FakeServices
from tests.unit.desk_work import case_in
from tests.unit.test_hooks import request


def post(name: str, load: int = 0, last_at: int = 0, here: bool = True, **told: Any) -> AgentStatus:
    return AgentStatus(agent=Agent(id=name, **told), here=here, load=load, last_at=last_at)


def asked(**told: Any) -> RoutingRequest:
    return RoutingRequest(**({"key": "K", "type": "return", "language": "zh-CN"} | told))


def name_of(*posts: AgentStatus, **told: Any) -> tuple[str, str]:
    """Who gets it and why; or why nobody."""
    choice = choose(asked(**told), posts)
    return (choice.post.agent.id, choice.why) if choice.post else ("", choice.queued)


def test_who_has_the_smallest_part_of_their_capacity_filled_gets_it() -> None:
    assert name_of(post("a", 5, capacity=10), post("b", 2, capacity=3), post("c", 4, capacity=10)) == (
        "c",
        "least_loaded",
    )


def test_of_equals_who_has_waited_longest_gets_it() -> None:
    assert name_of(post("a", 1, 50), post("b", 1, 40), post("c", 1, 60))[0] == "b"


@pytest.mark.parametrize(
    ("able", "told"),
    [
        ({"skills": ("return", "exchange")}, {"type": "question"}),
        ({"languages": ("en-GB",)}, {"language": "zh-CN"}),
        ({"teams": ("lamps",)}, {"team": "shoes"}),
        ({"tiers": (1, 2)}, {"tier": 0}),
    ],
    ids=["skill", "language", "team", "tier"],
)
def test_who_does_not_fit_gets_nothing(able: dict[str, Any], told: dict[str, Any]) -> None:
    assert name_of(post("a", **able), **told) == ("", "nobody_fits")
    assert name_of(post("a", **able), post("b"), **{"team": None} | told)[0] == (
        "" if "team" in told or told.get("tier") else "b"
    )


def test_who_was_silent_gets_it_again_only_when_nobody_else_is_here() -> None:
    assert name_of(post("a"), post("b", 9), avoid="a")[0] == "b"
    assert name_of(post("a"), post("b", 10), avoid="a") == ("", "all_full")
    assert name_of(post("a"), post("b", here=False), avoid="a")[0] == "a"


def test_a_language_is_spoken_in_all_its_countries_and_no_language_named_means_all() -> None:
    assert name_of(post("a", languages=("zh-TW",)), language="zh-CN")[0] == "a"
    assert name_of(post("a", languages=()), language="fi")[0] == "a"


def test_why_nobody_gets_it_is_said() -> None:
    assert name_of(post("a", here=False)) == ("", "nobody_here")
    assert name_of(post("a", 10)) == ("", "all_full")
    assert name_of() == ("", "nobody_fits")


def test_an_adviser_comes_before_who_knows_the_case_and_that_before_who_is_free() -> None:
    adviser, knows, free = post("vip", 9, segments=("vip",)), post("mei", 9), post("new")
    assert name_of(adviser, knows, free, segment="vip", knows="mei") == ("vip", "adviser")
    assert name_of(adviser, knows, free, knows="mei") == ("mei", "knows_it")
    assert name_of(replace(adviser, load=10), replace(knows, load=10), free, segment="vip", knows="mei")[0] == "new"


def test_a_shift_is_worked_by_its_calendar_lunch_and_nights_left_out() -> None:
    friday = "2026-11-20T{}:00+08:00"
    worked = [
        on_shift(OFFICE, parse_instant(friday.format(time))) for time in ("08:59", "09:00", "12:30", "13:00", "18:00")
    ]
    assert worked == [False, True, False, True, False]
    assert on_shift(ALWAYS, 0)
    assert next_shift_start(OFFICE, parse_instant(friday.format("18:30"))) == parse_instant("2026-11-23T09:00:00+08:00")


def a_desk(*agents: tuple[str, dict[str, Any]]) -> FakeServices:
    """A shop with these agents, all of them here."""
    services = FakeServices()
    for name, told in agents:
        manage_roster.put_agent(services, "demo", name, AgentIn(**told))
        manage_roster.set_presence(services, "demo", name, "here")
    return services


def ask(services: FakeServices, name: str, **told: Any) -> Case:
    """A case comes, and is routed as its stream would have it."""
    services.hook("case.requested", request(external_id=name, **told))
    assign_case(services, case_key("demo", name))
    return case_in(services, case_key("demo", name))


def do(services: FakeServices, name: str, command: Any, told: Any, by: str = "mei") -> Case:
    """An agent does something to a case; what follows of routing is done."""
    services.time += 1000
    key = case_key("demo", name)
    command(services, handle_command.Command(case=case_in(services, key).id, shop="demo", by=Actor("agent", by)), told)
    assign_case(services, key)
    return case_in(services, key)


def facts(services: FakeServices, name: str) -> list[Any]:
    told = (one.fact for one in services.cases.events(case_key("demo", name)))
    return [one for one in told if isinstance(one, CaseAssigned | CaseQueued | CaseReleased)]


def test_a_new_case_goes_to_an_agent_and_says_why_and_the_next_to_another() -> None:
    services = a_desk(("mei", {}), ("lee", {}))
    first, second = ask(services, "one"), ask(services, "two")
    assert {first.assignee, second.assignee} == {"mei", "lee"}
    (fact,) = facts(services, "one")
    assert (fact.why, fact.load, fact.fitting) == ("least_loaded", 1, 2)
    assert {one.load for one in services.agents.statuses("demo")} == {1}


def test_a_shop_without_a_roster_gives_cases_to_nobody() -> None:
    services = FakeServices()
    assert (ask(services, "one").assignee, facts(services, "one")) == (None, [])


def test_nobody_gets_more_than_they_may_and_what_waits_comes_by_urgency_when_somebody_is_done() -> None:
    services = a_desk(("mei", {"capacity": 1}))
    ask(services, "first")
    for name, priority in (("low", "low"), ("normal", "normal"), ("urgent", "urgent")):
        assert ask(services, name, priority=priority).routing.held_by is None
    assert [one.key for one in services.agents.queue("demo", 9)] == [
        case_key("demo", name) for name in ("urgent", "normal", "low")
    ]
    do(services, "first", handle_command.set_status, StatusChange("resolved"))
    assert case_in(services, case_key("demo", "urgent")).routing.held_by == "mei"
    assert [fact.why for fact in facts(services, "urgent")] == ["all_full", "least_loaded"]


def test_a_reopened_case_goes_back_to_who_knows_it_and_to_another_when_they_are_full() -> None:
    services = a_desk(("mei", {"capacity": 1}), ("lee", {"capacity": 9}))
    holder = ask(services, "one").routing.held_by or ""
    do(services, "one", handle_command.set_status, StatusChange("resolved"), holder)
    assert case_in(services, case_key("demo", "one")).routing.held_by is None
    assert do(services, "one", handle_command.set_status, StatusChange("open"), holder).routing.held_by == holder
    assert facts(services, "one")[-1].why == "knows_it"


def test_an_escalated_case_goes_to_its_tier_and_stays_where_no_such_tier_is() -> None:
    services = a_desk(("mei", {"tiers": (0,)}), ("boss", {"tiers": (1, 2)}))
    assert ask(services, "one").routing.held_by == "mei"
    assert do(services, "one", handle_command.escalate, Escalate("please")).routing.held_by == "boss"
    alone = a_desk(("mei", {}))
    ask(alone, "one")
    assert do(alone, "one", handle_command.escalate, Escalate("please")).routing.held_by == "mei"


def test_an_escalated_case_waits_for_its_tier_when_nobody_of_it_is_free() -> None:
    services = a_desk(("mei", {}), ("boss", {"tiers": (1,)}))
    manage_roster.set_presence(services, "demo", "boss", "away")
    ask(services, "one")
    case = do(services, "one", handle_command.escalate, Escalate("please"))
    assert (case.routing.held_by, case.routing.queued is not None, services.agents.kept["mei"].load) == (None, True, 0)
    manage_roster.set_presence(services, "demo", "boss", "here")
    assert assign_waiting_cases(services, services.shops.kept["demo"]) == [case_key("demo", "one")]


def test_a_case_that_rises_or_changes_team_while_it_waits_goes_to_whom_it_fits_then() -> None:
    services = a_desk(("mei", {"capacity": 1, "teams": ("lamps",)}), ("boss", {"tiers": (1,), "teams": ("shoes",)}))
    for name in ("holds", "waits"):
        ask(services, name)
    before = services.cases.load(case_key("demo", "waits"))
    assert do(services, "waits", handle_command.escalate, Escalate("up")).routing.held_by == "boss"
    assert before.case is not None
    assert before.case.routing.queued is not None


def test_what_changes_of_a_waiting_case_wakes_routing_and_stands_in_the_queue() -> None:
    services = a_desk(("mei", {"capacity": 1}))
    for name in ("holds", "waits"):
        ask(services, name)
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
    change = Change(before=before, after=after, events=[], shop=services.shops.kept["demo"])
    assert moves_agents(change)


def test_what_was_given_by_hand_to_somebody_outside_is_not_taken_away_by_a_choice_made_before() -> None:
    services = a_desk(("mei", {}))
    manage_roster.set_presence(services, "demo", "mei", "away")
    ask(services, "one")
    do(services, "one", handle_command.assign, Assignment("lawyer"))
    manage_roster.set_presence(services, "demo", "mei", "here")
    assign_case(services, case_key("demo", "one"))
    assign_waiting_cases(services, services.shops.kept["demo"])
    assert (case_in(services, case_key("demo", "one")).assignee, services.agents.queue("demo", 9)) == ("lawyer", [])


def test_a_transfer_by_hand_keeps_the_history_and_is_refused_beyond_capacity() -> None:
    services = a_desk(("mei", {}), ("lee", {"capacity": 1}))
    manage_roster.set_presence(services, "demo", "lee", "away")
    ask(services, "one")
    ask(services, "two")
    with pytest.raises(Conflict, match="lee is away"):
        do(services, "one", handle_command.assign, Assignment("lee"))
    manage_roster.set_presence(services, "demo", "lee", "here")
    assert do(services, "one", handle_command.assign, Assignment("lee")).routing.held_by == "lee"
    with pytest.raises(Conflict, match="as many cases"):
        do(services, "two", handle_command.assign, Assignment("lee"))
    assert [(fact.assignee, fact.why) for fact in facts(services, "one")] == [
        ("mei", "least_loaded"),
        ("lee", "by_hand"),
    ]
    assert {name: one.load for name, one in services.agents.kept.items()} == {"mei": 1, "lee": 1}
    assert do(services, "one", handle_command.assign, Assignment("someone-outside")).routing.held_by is None


def test_who_is_silent_loses_the_case_to_another_and_who_answered_does_not() -> None:
    services = a_desk(("mei", {}), ("lee", {}))
    put_policy(services, "demo", Policy(routing=Routing(silence_seconds=600)))
    holders = {name: ask(services, name).routing.held_by or "" for name in ("silent", "answered")}
    do(services, "answered", write_reply.write, Message("Hello"), holders["answered"])
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


def test_the_alarm_of_silence_is_set_and_rings_once_the_customer_wrote_again() -> None:
    services = a_desk(("mei", {}))
    put_policy(services, "demo", Policy(routing=Routing(silence_seconds=600)))
    ask(services, "one")
    do(services, "one", write_reply.write, Message("Hello"))
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
    manage_roster.put_agent(services, "demo", "mei", AgentIn(calendar="CN"))
    manage_roster.set_presence(services, "demo", "mei", "here")
    assert ask(services, "one").routing.held_by is None
    assert ("mei", parse_instant("2026-11-20T09:00:00+08:00")) in services.agents.woken
    services.time = parse_instant("2026-11-20T09:00:00+08:00")
    assert start_shift(services, "demo", "mei") == [case_key("demo", "one")]
    assert services.agents.woken[-1] == ("mei", parse_instant("2026-11-20T13:00:00+08:00"))


def test_who_leaves_the_roster_leaves_their_cases_to_others() -> None:
    services = a_desk(("mei", {}))
    ask(services, "one")
    manage_roster.put_agent(services, "demo", "lee", AgentIn())
    manage_roster.set_presence(services, "demo", "lee", "here")
    assert manage_roster.remove_agent(services, "demo", "mei", Actor("agent", "boss")) == 1
    assign_case(services, case_key("demo", "one"))
    assert case_in(services, case_key("demo", "one")).routing.held_by == "lee"
    with pytest.raises(NotFound):
        manage_roster.read_agent(services, "demo", "mei")


def test_without_its_last_agent_a_shops_cases_are_given_to_nobody_again() -> None:
    services = a_desk(("mei", {}))
    manage_roster.remove_agent(services, "demo", "mei", Actor("agent", "boss"))
    assert (ask(services, "one").routing.queued, facts(services, "one")) == (None, [])


def test_an_agents_next_work_stands_on_top() -> None:
    services = a_desk(("mei", {}))
    for name, priority in (("later", "normal"), ("now", "urgent"), ("sometime", "low")):
        ask(services, name, priority=priority)
    assert [file.case.external_id for file in manage_roster.next_work(services, "demo", "mei")] == [
        "now",
        "later",
        "sometime",
    ]


def test_a_case_of_the_past_is_given_to_nobody() -> None:
    services = a_desk(("mei", {}))
    assert ask(services, "old", historical=True, occurred_at="2026-01-01T00:00:00Z").routing.held_by is None
    assert services.agents.queue("demo", 9) == []


def test_who_was_full_at_the_last_moment_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    services = a_desk(("mei", {}), ("lee", {"capacity": 100}))
    check = services.agents.check
    beaten: list[str] = []

    def beaten_once(change: Any) -> None:
        if change.after.case.routing.held_by and not beaten:
            beaten.append(change.after.case.routing.held_by)
            raise AtCapacity(change.after.case.routing.held_by)
        check(change)

    monkeypatch.setattr(services.agents, "check", beaten_once)
    assert ask(services, "one").routing.held_by not in (None, beaten[0])


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "resolve", "reopen", "wait", "away", "here", "assign", "escalate", "race"]),
        st.integers(0, 7),
    ),
    max_size=40,
)


@given(STEPS)
@settings(max_examples=120, deadline=None)
def test_whatever_happens_loads_are_what_is_held_nobody_is_over_capacity_and_nothing_waits_for_the_free(
    steps: list[tuple[str, int]],
) -> None:
    services = a_desk(
        ("a", {"capacity": 2}), ("b", {"capacity": 1, "tiers": (0, 1)}), ("c", {"capacity": 2, "skills": ("question",)})
    )
    for step, number in steps:
        with suppress(Conflict):
            take(services, step, number)
        check(services)


DEEDS: dict[str, tuple[Any, Any]] = {
    "resolve": (handle_command.set_status, StatusChange("resolved")),
    "reopen": (handle_command.set_status, StatusChange("open")),
    "wait": (handle_command.set_status, StatusChange("waiting_customer")),
    "escalate": (handle_command.escalate, Escalate("up")),
    **{f"assign {agent}": (handle_command.assign, Assignment(agent)) for agent in "abc"},
}


def take(services: FakeServices, step: str, number: int) -> None:
    """One thing that happens, and what follows of routing."""
    name, agent = f"case-{number}", "abc"[number % 3]
    if step == "ask":
        ask(services, name, type="question" if number % 2 else "return", priority="high" if number > 5 else "normal")
    elif step in ("away", "here"):
        manage_roster.set_presence(services, "demo", agent, "here" if step == "here" else "away")
        assign_waiting_cases(services, services.shops.kept["demo"])
    elif step == "race":
        services.cases.races = number % 3
    elif services.cases.load(case_key("demo", name)).case is not None:
        do(services, name, *DEEDS[f"assign {agent}" if step == "assign" else step])


def check(services: FakeServices) -> None:
    held = [stored.case for stored in services.cases.headers.values() if stored.case and stored.case.routing.held_by]
    for name, one in services.agents.kept.items():
        assert (
            one.load
            == sum(case.routing.held_by == name for case in held)
            == len(services.agents.assigned("demo", name))
        )
        assert 0 <= one.load <= one.agent.capacity
    posts = services.agents.statuses("demo")
    for waiting in services.agents.queue("demo", 99):
        case = case_in(services, waiting.key)
        assert case.routing.queued is not None
        assert case.routing.held_by is None
        assert choose(waiting, posts).post is None
    for key, stored in services.cases.headers.items():
        if (
            stored.case
            and not stored.case.done
            and stored.case.routing.held_by is None
            and stored.case.assignee in (None, "a", "b", "c")
        ):
            assert f"{stored.case.routing.queued}#{key}" in services.agents.waiting


def test_the_most_urgent_is_what_breaks_a_promise_first() -> None:
    services = a_desk(("mei", {"capacity": 1}))
    ask(services, "holds")
    early, late = ask(services, "early", type="complaint"), ask(services, "late", type="question")
    assert urgency(early) < urgency(late)
    assert next(iter(services.agents.queue("demo", 9))).key == case_key("demo", "early")
    assert services.time == NOON


def test_a_day_in_bursts_gives_every_case_to_somebody_it_fits_and_nobody_too_many() -> None:
    lines = {line.what.strip(): line for line in routing.measure(agents=24, cases=2_000)}
    assert [line.value for line in lines.values() if line.limit == 0] == [0, 0, 0]
