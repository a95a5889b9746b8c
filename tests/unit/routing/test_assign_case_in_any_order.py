"""Whatever happens, loads are right, nobody is over capacity, and nothing waits while an agent is free."""

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.cases.payloads import Assignment, Escalate, StatusChange
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.ids import case_key
from chalicelib.domain.routing.routing import choose_agent
from chalicelib.domain.routing.urgency import urgency
from chalicelib.usecases.cases import handle_command
from chalicelib.usecases.routing import manage_agents
from chalicelib.usecases.routing.assign_waiting_cases import assign_waiting_cases
from tests.fakes import NOON, FakeServices
from tests.support.cases.case_work import case_in
from tests.support.shops.routing import act, route, services_with_agents

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "resolve", "reopen", "wait", "away", "here", "assign", "escalate", "race"]),
        st.integers(0, 7),
    ),
    max_size=40,
)


@given(STEPS, st.booleans())
@settings(max_examples=200, deadline=None)
def test_whatever_happens_loads_are_what_is_held_nobody_is_over_capacity_and_nothing_waits_for_the_free(
    steps: list[tuple[str, int]],
    remembers: bool,
) -> None:
    services = services_with_agents(
        ("a", {"capacity": 2}), ("b", {"capacity": 1, "tiers": (0, 1)}), ("c", {"capacity": 2, "skills": ("question",)})
    )
    services.agents.remembers = remembers  # and what it remembers is as old as it can be
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
    """One step, and the routing that follows from it."""
    name, agent = f"case-{number}", "abc"[number % 3]
    if step == "ask":
        route(services, name, type="question" if number % 2 else "return", priority="high" if number > 5 else "normal")
    elif step in ("away", "here"):
        manage_agents.set_presence(services, "demo", agent, "here" if step == "here" else "away")
        assign_waiting_cases(services, services.shops.stored["demo"])
    elif step == "race":
        services.cases.races = number % 3
    elif services.cases.load(case_key("demo", name)).case is not None:
        act(services, name, *DEEDS[f"assign {agent}" if step == "assign" else step])


def check(services: FakeServices) -> None:
    held = [stored.case for stored in services.cases.stored.values() if stored.case and stored.case.routing.held_by]
    for name, one in services.agents.stored.items():
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
        assert choose_agent(waiting, posts).chosen is None
    for key, stored in services.cases.stored.items():
        if (
            stored.case
            and not stored.case.done
            and stored.case.routing.held_by is None
            and stored.case.assignee in (None, "a", "b", "c")
        ):
            assert f"{stored.case.routing.queued}#{key}" in services.agents.waiting


def test_the_most_urgent_is_what_breaks_a_promise_first() -> None:
    services = services_with_agents(("mei", {"capacity": 1}))
    route(services, "holds")
    early, late = route(services, "early", type="complaint"), route(services, "late", type="question")
    assert urgency(early) < urgency(late)
    assert next(iter(services.agents.queue("demo", 9))).key == case_key("demo", "early")
    assert services.time == NOON
