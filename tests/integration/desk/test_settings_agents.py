"""Agents, teams and shifts at the desk: seen by all, changed by supervisors."""

import re

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.domain.shops.shop import CalendarIn
from chalicelib.usecases.routing.manage_agents import put_agent, read_agent
from chalicelib.usecases.shops.manage_shop import put_calendar
from chalicelib.usecases.shops.record_change import list_changes
from tests.support.desk.visitor import Visitor

PAGE = "demo/settings/agents"
HOSTILE = '"><script>alert(1)</script>'
FORM = {"agent": "mei", "capacity": "7", "calendar": "always", "tiers": ["0", "2"], "skills": ["return", "refund"]}


def supervisor(language: str = "en") -> Visitor:
    return Visitor.signed_in("lin", ("supervisor", "shop:demo"), language=language)


def test_an_agent_is_added_changed_and_removed_and_each_is_recorded(desk: AwsServices) -> None:
    put_calendar(desk, "demo", "late", CalendarIn(time_zone="Asia/Shanghai", hours={"mon": (("12:00", "20:00"),)}))
    visitor = supervisor()
    assert "late" in visitor.get(f"{PAGE}/edit").text
    form = {**FORM, "teams": "returns，VIP", "calendar": "late"}
    assert visitor.post(f"{PAGE}/save", form).status == 303
    agent = read_agent(desk, "demo", "mei").agent
    assert (agent.teams, agent.tiers, agent.skills, agent.shift) == (
        ("returns", "VIP"),
        (0, 2),
        ("return", "refund"),
        "late",
    )
    page = visitor.get(f"{PAGE}/edit", agent="mei")
    assert 'value="returns, VIP"' in page.text
    assert re.search('value="late" selected', page.text)
    assert visitor.post(f"{PAGE}/remove", {"agent": "mei", "confirm": "me"}).status == 422
    assert visitor.post(f"{PAGE}/remove", {"agent": "mei", "confirm": "mei"}).status == 303
    assert desk.agents.status("demo", "mei") is None
    changes = list_changes(desk, "demo", "agents", 9, None).items
    assert [(change.name, change.by) for change in changes] == [("mei", "lin"), ("mei", "lin")]


@pytest.mark.parametrize(
    ("field", "value"), [("agent", "m e i"), ("capacity", "many"), ("calendar", "moon"), ("email", "nowhere")]
)
def test_a_wrong_field_is_named_and_what_was_typed_stays(desk: AwsServices, field: str, value: str) -> None:
    answer = supervisor().post(f"{PAGE}/save", {**FORM, "teams": "returns", field: value})
    assert answer.status == 422
    assert f"<code>{field}</code>" in answer.text
    assert 'value="returns"' in answer.text
    assert desk.agents.statuses("demo") == []


def test_agents_set_their_own_presence_and_supervisors_that_of_all(desk: AwsServices) -> None:
    for name in ("mei", "bo"):
        put_agent(desk, "demo", name, AgentIn())
    mei = Visitor.signed_in("mei")
    assert mei.post(f"{PAGE}/presence", {"agent": "mei", "state": "here"}).status == 303
    assert mei.post(f"{PAGE}/presence", {"agent": "bo", "state": "here"}).status == 403
    assert supervisor().post(f"{PAGE}/presence", {"agent": "bo", "state": "here"}).status == 303
    assert all(status.here for status in desk.agents.statuses("demo"))


def test_agents_see_on_the_queue_whether_they_are_here_and_change_it_there(desk: AwsServices) -> None:
    put_agent(desk, "demo", "mei", AgentIn())
    mei = Visitor.signed_in("mei")
    assert "You are away: no case is given to you" in mei.get("demo/queue").text
    back = mei.post(f"{PAGE}/presence", {"agent": "mei", "state": "here", "back": "mine"}).location
    assert back.endswith("/demo/queue?view=mine")
    assert "You are here: cases are given to you" in mei.get("demo/queue").text
    assert "presence" not in Visitor.signed_in("bo").get("demo/queue").text


def test_a_new_agent_has_the_name_and_address_of_the_user_one_came_from(desk: AwsServices) -> None:
    shown = supervisor().get(f"{PAGE}/edit", user="mei", email="mei@example.com").text
    assert 'value="mei"' in shown
    assert 'value="mei@example.com"' in shown


def test_agents_see_the_list_and_cannot_change_it(desk: AwsServices) -> None:
    put_agent(desk, "demo", "bo", AgentIn(teams=("returns",)))
    mei = Visitor.signed_in("mei", language="zh")
    text = mei.get(PAGE).text
    assert "在岗状态" in text
    assert "settings/agents/edit" not in text
    assert mei.get(f"{PAGE}/edit").status == 403
    assert mei.post(f"{PAGE}/save", FORM).status == 403
    assert mei.post(f"{PAGE}/remove", {"agent": "bo", "confirm": "bo"}).status == 403


def test_the_agents_of_another_shop_are_not_there(desk: AwsServices) -> None:
    other = Visitor.signed_in("eve", ("supervisor", "shop:other"))
    assert other.get(PAGE).status == 404
    assert other.post(f"{PAGE}/save", FORM).status == 404
    assert supervisor().get(f"{PAGE}/edit", agent="nobody").status == 404


def test_names_of_agents_and_teams_are_escaped(desk: AwsServices) -> None:
    put_agent(desk, "demo", "mei", AgentIn(name=HOSTILE, teams=(HOSTILE,)))
    visitor = supervisor()
    for text in (visitor.get(PAGE).text, visitor.get(f"{PAGE}/edit", agent="mei").text):
        assert "<script>alert" not in text
