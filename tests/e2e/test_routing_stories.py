"""Routing on the packaged stack: agents, assignment, the queue, a transfer, a way back."""

from typing import Any

from tests.support.cloud.world import World, problem

Json = dict[str, Any]


def agent(world: World, name: str, token: str, **fields: Any) -> Json:
    """An agent of the shop who is here."""
    path = f"/v1/shops/{world.shop}/agents/{name}"
    made = world.stack.request("PUT", path, {"capacity": 1, **fields}, token)
    assert made.status == 200, made
    came = world.stack.request("PUT", f"{path}/presence", {"state": "here"}, token)
    assert came.body["state"] == "here"
    body: Json = came.body
    return body


def held(world: World, case: str, name: str) -> Json:
    """The case, as soon as it is assigned to that agent."""

    def look() -> Json | None:
        found = world.case(case)
        return found if found["assignee"] == name else None

    found: Json = world.eventually(look, f"{name} holding the case")
    return found


def assignee(world: World, case: str) -> str:
    """The agent a case is assigned to, as soon as there is one."""
    return str(world.eventually(lambda: world.case(case)["assignee"], "an assignee"))


def test_cases_find_their_agents_wait_by_urgency_and_come_to_who_has_room(world: World) -> None:
    boss = world.stack.token("supervisor", world.shop)
    agent(world, "mei", boss, skills=["question"])
    agent(world, "lee", boss, skills=["return", "question"], tiers=[0, 1])
    first, second = world.ask("first"), world.ask("second")
    holders = {assignee(world, one) for one in (first, second)}
    assert holders == {"mei", "lee"}
    assigned = world.event(first, "case_assigned")["data"]
    assert (assigned["why"], assigned["load"]) == ("least_loaded", 1)
    later, urgent = world.ask("later"), world.ask("urgent", priority="urgent")
    assert world.event(urgent, "case_queued")["data"]["why"] == "all_full"
    world.event(later, "case_queued")
    mine = first if world.case(first)["assignee"] == "mei" else second
    world.post(f"/v1/cases/{mine}/status", {"status": "resolved"})
    held(world, urgent, "mei")
    queue = world.get(f"/v1/queue?shop={world.shop}&agent=mei").body["items"]
    assert [case["id"] for case in queue] == [urgent]
    problem(world.post(f"/v1/cases/{later}/assign", {"assignee": "mei"}), 409)
    agents = world.get(f"/v1/shops/{world.shop}/agents").body["items"]
    assert {one["agent"]: one["load"] for one in agents} == {"lee": 1, "mei": 1}

    removed = world.stack.request("DELETE", f"/v1/shops/{world.shop}/agents/lee", token=boss)
    assert removed.body["released"] == 1
    assert world.get(f"/v1/queue?shop={world.shop}&agent=lee").status == 404


def test_a_silent_agent_loses_the_case_by_the_clock(world: World) -> None:
    world.policy(routing={"silence_seconds": 2})
    boss = world.stack.token("supervisor", world.shop)
    agent(world, "mei", boss)
    case = world.ask("silent")
    assert world.event(case, "case_assigned")["data"]["assignee"] == "mei"
    agent(world, "lee", boss)
    released = world.event(case, "case_released")["data"]
    assert released == {"agent": "mei", "why": "silent"}
    held(world, case, "lee")


def test_agents_change_their_own_presence_and_nothing_else_of_the_agents(world: World) -> None:
    boss = world.stack.token("supervisor", world.shop)
    me = f"agent-{world.shop}"
    agent(world, me, boss)
    agent(world, "other", boss)
    path = f"/v1/shops/{world.shop}/agents"
    assert world.stack.request("PUT", f"{path}/{me}/presence", {"state": "away"}, world.agent).body["state"] == "away"
    problem(world.stack.request("PUT", f"{path}/other/presence", {"state": "away"}, world.agent), 403)
    problem(world.stack.request("PUT", f"{path}/{me}", {"capacity": 99}, world.agent), 403)
    assert world.get(f"/v1/queue?shop={world.shop}").body == {"items": [], "next": None}


def test_a_case_that_was_open_before_the_shops_first_agent_is_given_to_them(world: World) -> None:
    waiting = world.ask("waiting", type="return")
    assert world.case(waiting)["assignee"] is None
    agent(world, "mei", world.stack.token("supervisor", world.shop), skills=["return"])
    held(world, waiting, "mei")
