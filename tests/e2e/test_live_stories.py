"""Open pages on the packaged stack, with real sockets and enforced rights: tickets, nudges, presence, the feed."""

from typing import Any

import pytest

from tests.support.cloud.socket_client import Refused, SocketClient
from tests.support.cloud.world import World, problem


def address(world: World, token: str) -> str:
    answer = world.post("/v1/live/tickets", {"shop": world.shop}, token)
    assert answer.status == 201, answer
    return str(answer.body["url"])


def changes(world: World, since: str | None = None) -> Any:
    query = f"&since={since}" if since else ""
    answer = world.get(f"/v1/cases/changes?shop={world.shop}{query}")
    assert answer.status == 200, answer
    return answer.body


def noted(world: World, since: str, case: str, version: int) -> Any:
    """The feed since a cursor, as soon as it has this version of the case."""

    def look() -> Any:
        page = changes(world, since)
        return page if any((row["case"], row["version"]) == (case, version) for row in page["items"]) else None

    return world.eventually(look, f"version {version} in the feed")


def test_two_agents_see_changes_and_each_other_at_once(world: World) -> None:
    start = changes(world)["next"]
    used = address(world, world.agent)
    mei, boss = SocketClient(used), SocketClient(address(world, world.stack.token("supervisor", world.shop)))
    with pytest.raises(Refused, match="403"):
        SocketClient(used)
    with pytest.raises(Refused, match="403"):
        SocketClient(used.partition("?")[0] + "?ticket=guessed")

    case = world.ask("live-1")
    (first,) = [row for row in boss.until("changed") if row["case"] == case][:1]
    assert set(first) == {"case", "version", "number", "what"}
    boss.send({"who": True})
    assert boss.until("here") == []
    mei.send({"write": case})
    assert mei.until("here") == []
    ((people,), name) = boss.until("people"), f"agent-{world.shop}"
    assert people == {"case": case, "reading": [], "writing": [name]}
    mei.close()
    assert boss.until("people") == [{"case": case, "reading": [], "writing": []}]

    version = world.case(case)["version"]
    page = noted(world, start, case, version)
    assert changes(world, page["next"])["items"] == []
    boss.close()


def test_another_shops_changes_and_sockets_are_not_there(world: World) -> None:
    stranger = world.stack.token("agent", "another-shop")
    problem(world.get(f"/v1/cases/changes?shop={world.shop}", stranger), 404)
    problem(world.post("/v1/live/tickets", {"shop": world.shop}, stranger), 404)
    problem(world.post("/v1/live/tickets", {"shop": world.shop, "name": "boss"}), 422)
