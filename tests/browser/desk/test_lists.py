"""Checks 10 and 11: many cases at once, and the board."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from infra.local.stack import Stack
from tests.support.cloud.world import World
from tests.support.desk.browser import Staff

ALL, AT_ONCE = 120, 4
ROOM = 100


def open_cases(world: World, count: int) -> None:
    """Cases that a shop's own system sends."""

    def send(number: int) -> None:
        body = {
            "shop": world.shop,
            "external_id": f"many-{number}",
            "type": "question",
            "channel": "web",
            "subject": f"灯 {number}",
            "message": "在吗？",
            "customer": {"external_id": f"m-{number}"},
        }
        made = world.post("/v1/cases", body)
        assert made.status == 201, made

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(send, range(count)))


def agent(world: World, name: str, capacity: int) -> None:
    """An agent who is here, to whom questions are given by hand only."""
    boss = world.stack.token("supervisor", world.shop)
    path, body = f"/v1/shops/{world.shop}/agents/{name}", {"capacity": capacity, "name": "Lee 李", "skills": ["repair"]}
    assert world.stack.request("PUT", path, body, boss).status == 200
    assert world.stack.request("PUT", f"{path}/presence", {"state": "here"}, boss).status == 200


@pytest.fixture
def many(staff: Staff, stack: Stack) -> Staff:
    """A shop of its own: what is counted here is nobody else's."""
    return Staff(staff.browser, World.new(stack))


def test_all_of_a_view_are_assigned_with_the_result_of_each_and_undone_in_one_step(many: Staff) -> None:
    world = many.world
    agent(world, "lee", ROOM)  # first: functions know for a minute what a shop was
    open_cases(world, ALL)
    with many.at_desk("supervisor") as boss:
        boss.open("queue?view=unassigned")
        boss.shot("queue")
        boss.page.locator("#bulk [name=all]").check()
        boss.page.locator("#bulk-assignee").select_option("lee")
        boss.press_in("#bulk button[value=assign]")
        heading = boss.page.get_by_role("heading", level=1)
        expect(heading).to_have_text(boss.say("bulk.done", changed=ROOM, all=ALL))
        expect(boss.page.get_by_text(boss.say("bulk.why.full"))).to_have_count(ALL - ROOM)
        boss.shot("bulk")
        boss.press("bulk.undo")
        expect(heading).to_have_text(boss.say("bulk.undone", changed=ROOM, all=ROOM))
        boss.open("queue?view=unassigned")
        expect(boss.page.locator(".views [aria-current=page] .count")).to_have_text(f"{ROOM}+")
    assert not world.get(f"/v1/cases?shop={world.shop}&assignee=lee").body["items"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_board_says_what_the_api_says_and_is_acted_from_and_looking_marks_nothing(
    many: Staff, language: str
) -> None:
    world = many.world
    agent(world, "lee", 1)
    for number in range(3):
        world.ask(f"b-{number}")
    path = f"/v1/desk/{world.shop}/board"
    with many.at_desk("supervisor", language) as boss:
        shown = world.get(path, world.stack.token("supervisor", world.shop)).body
        boss.open("board")
        boss.shot(f"board-{language}")
        opened = shown["today"][0]["today"]["count"]
        expect(boss.page.locator(".tile b").first).to_have_text(str(opened))
        waiting = sum(share["count"] for share in shown["waiting"]["items"])
        cells = boss.page.locator("[aria-labelledby=waiting] td.number").all_inner_texts()
        assert sum(int(cell) for cell in cells) == waiting == 3
        boss.open("queue?view=unassigned")
        expect(boss.page.locator(".row.unread")).to_have_count(3)
        boss.open("board")
        field = boss.page.get_by_role("spinbutton")
        field.fill("7")
        boss.press("board.set")
        expect(boss.page.get_by_role("spinbutton")).to_have_value("7")
    (lee,) = world.get(f"/v1/shops/{world.shop}/agents").body["items"]
    assert lee["capacity"] == 7


def test_a_promise_that_breaks_is_on_the_board_without_a_reload(many: Staff) -> None:
    world = many.world
    with many.at_desk("supervisor") as boss:
        boss.open("board")
        expect(boss.page.locator("#broken")).to_contain_text("0")
        world.policy(clocks=[{"clock": "first_reply", "target_seconds": 2}])
        case = world.ask("late")
        number = world.case(case)["number"]
        expect(boss.page.locator("[aria-labelledby=broken]")).to_contain_text(number, timeout=20_000)
