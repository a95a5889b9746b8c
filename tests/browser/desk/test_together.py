"""Checks 5 and 6: who else is there, and what happened while one was away."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.desk.browser import Person, Staff

LIVE = 30_000
"""How many milliseconds a change may take on a machine that does much else; `bench.desk` measures what they do take."""


@pytest.fixture
def lin(staff: Staff) -> Iterator[Person]:
    with staff.at_desk("agent") as lin:
        yield lin


@pytest.fixture
def mei(staff: Staff) -> Iterator[Person]:
    with staff.at_desk("agent_2") as mei:
        yield mei


def writes(lin: Person, case: str, text: str) -> None:
    """A reply in a chat, which waits for nothing."""
    lin.open_case(case)
    lin.send(text)
    expect(lin.page.locator("#timeline").get_by_text(text)).to_have_count(1)


def shows_once(mei: Person, text: str) -> None:
    """The page that is open says that something changed, and then shows it once."""
    notice = mei.page.locator("#news")
    expect(notice).to_be_visible(timeout=LIVE)
    notice.get_by_role("link").click()
    expect(mei.page.locator("#timeline").get_by_text(text)).to_have_count(1)


def test_who_is_writing_is_seen_in_the_list_and_on_the_case_by_everybody_else(
    staff: Staff, lin: Person, mei: Person
) -> None:
    case = staff.world.ask("writing", channel="chat")
    writer, reader = staff.user("agent"), staff.user("agent_2")
    mei.open("queue?view=all")
    lin.open_case(case)
    in_list = mei.page.locator(f"[data-row='{case}'] .people")
    expect(in_list.locator(".reading")).to_contain_text("is looking at it", timeout=LIVE)
    expect(in_list).to_contain_text(writer)
    lin.reply.press_sequentially("We ")
    expect(in_list.locator(".writing")).to_contain_text("is writing", timeout=LIVE)
    mei.open_case(case)
    on_case = mei.page.locator(".case [data-people]")
    expect(on_case).to_contain_text(f"{writer} is writing", timeout=LIVE)
    expect(on_case).not_to_contain_text(reader)
    mei.shot("presence")
    lin.open("board")
    expect(on_case).not_to_contain_text(writer, timeout=LIVE)


def test_what_was_replied_while_the_network_was_gone_is_shown_once_when_it_is_back(
    staff: Staff, lin: Person, mei: Person
) -> None:
    case = staff.world.ask("offline", channel="chat")
    mei.open_case(case)
    mei.page.context.set_offline(True)
    writes(lin, case, "While you were gone")
    expect(mei.page.locator("#news")).to_be_hidden()
    mei.page.context.set_offline(False)
    shows_once(mei, "While you were gone")


def test_who_cannot_open_sockets_sees_changes_all_the_same(staff: Staff, lin: Person, mei: Person) -> None:
    case = staff.world.ask("blocked", channel="chat")
    mei.page.route_web_socket(re.compile("."), lambda socket: socket.close())
    mei.open_case(case)
    writes(lin, case, "By polling")
    shows_once(mei, "By polling")
