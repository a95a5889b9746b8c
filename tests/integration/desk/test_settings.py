"""The settings of a shop at the desk: who sees what, and the list of what was changed."""

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.usecases.shops.change_settings import change_agent
from chalicelib.usecases.shops.record_change import list_changes
from tests.support.desk.visitor import Visitor

SUPERVISOR = ("supervisor", "shop:demo")
HOSTILE = '"><script>alert(1)</script>'


def test_the_changes_of_settings_are_listed_by_pages_the_newest_first(desk: AwsServices) -> None:
    for number in range(30):
        change_agent(desk, "demo", f"agent-{number}", AgentIn(capacity=number + 1), "lin")
    visitor = Visitor.signed_in("lin", SUPERVISOR)
    first = visitor.get("demo/settings/changes")
    assert first.status == 200
    assert "agent-29" in first.text
    assert "agent-4<" not in first.text
    cursor = first.text.split("next=")[1].split('"')[0]
    second = visitor.get("demo/settings/changes", page="agents", next=cursor)
    assert "agent-4<" in second.text
    assert "agent-5<" not in second.text


def test_each_change_is_on_exactly_one_page_of_the_list(desk: AwsServices) -> None:
    for number in range(7):
        change_agent(desk, "demo", f"agent-{number}", AgentIn(), "lin")
    names, after = [], None
    while True:
        listed = list_changes(desk, "demo", None, 2, after)
        names += [change.name for change in listed.items]
        after = listed.next
        if after is None:
            break
    assert sorted(names) == [f"agent-{number}" for number in range(7)]


def test_what_was_changed_is_escaped(desk: AwsServices) -> None:
    change_agent(desk, "demo", "mei", AgentIn(name=HOSTILE, teams=(HOSTILE,)), HOSTILE)
    text = Visitor.signed_in("lin", SUPERVISOR).get("demo/settings/changes").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


@pytest.mark.parametrize("path", ["settings", "settings/changes"])
def test_the_settings_of_another_shop_are_not_there(desk: AwsServices, path: str) -> None:
    assert Visitor.signed_in("lin", ("supervisor", "shop:other")).get(f"demo/{path}").status == 404


def test_agents_see_the_index_and_not_what_was_changed(desk: AwsServices) -> None:
    visitor = Visitor.signed_in("mei", ("agent", "shop:demo"), language="zh")
    index = visitor.get("demo/settings")
    assert index.status == 200
    assert "设置" in index.text
    assert "settings/changes" not in index.text
    assert visitor.get("demo/settings/changes").status == 404
