"""Checks 5, 7 and 8: what is written is sent once, undone in time, refused over what was not seen, and never lost."""

import re
import time
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from infra.local.stack import HTTP, INBOUND_DOMAIN
from tests.support.cloud.world import World
from tests.support.desk.browser import PHONE, Staff
from tests.support.emails.samples.writing import plain


@pytest.fixture
def world(staff: Staff) -> World:
    return staff.world


def case_by_mail(world: World, name: str) -> str:
    """A case whose customer wrote an email and is answered by email, so that a reply waits before it is sent."""
    shop, sender = f"{world.shop}@{INBOUND_DOMAIN}", f"{world.shop}-{name}@example.net"
    world.stack.receive(plain(f"{name}-{world.shop}", "灯不亮", From=sender, To=shop), shop, name)
    query = urlencode({"shop": world.shop, "status": "new", "limit": 100})

    def look() -> str | None:
        cases = [case for case in world.get(f"/v1/cases?{query}").body["items"] if case["channel"] == "email"]
        return next((case["id"] for case in cases if sender in str(world.case(case["id"]))), None)

    return str(world.eventually(look, "the case of the email"))


def mailed(world: World, name: str, text: str) -> int:
    """How many emails with this text were sent to that customer."""
    messages = HTTP.request("GET", f"{world.stack.cloud.endpoint}/_ministack/ses/messages").json()["messages"]
    sent = [one for mails in messages.values() for one in mails]
    return sum(text in one["BodyText"] for one in sent if one["To"] == [f"{world.shop}-{name}@example.net"])


def test_a_reply_is_undone_in_time_and_nothing_but_the_draft_is_left(staff: Staff, world: World) -> None:
    before: dict[str, tuple[str, list[str]]] = {}
    for language in ("zh", "en"):
        case = case_by_mail(world, f"undo-{language}")
        before[language] = case, world.types(case)
        with staff.at_desk("agent", language) as lin:
            lin.open_case(case)
            lin.send("我们查一下 undone")
            expect(lin.button("composer.undo")).to_be_visible()
            lin.shot(f"undo-{language}")
            lin.press("composer.undo")
            expect(lin.reply).to_have_value("我们查一下 undone")
            expect(lin.button("composer.undo")).to_have_count(0)
    time.sleep(11)
    for language, (case, types) in before.items():
        assert world.types(case) == types
        assert mailed(world, f"undo-{language}", "undone") == 0


def test_a_page_stays_where_it_is_when_a_reply_is_sent_and_the_undo_is_in_sight(staff: Staff, world: World) -> None:
    case = case_by_mail(world, "scrolled")
    with staff.at_desk("agent", viewport=PHONE) as lin:
        lin.open_case(case)
        lin.write("One moment, please.")
        lin.button("composer.send").scroll_into_view_if_needed()
        lin.page.evaluate("window.scrollBy(0, 40)")
        before = lin.page.evaluate("scrollY")
        assert before > 0
        lin.press("composer.send")
        expect(lin.button("composer.undo")).to_be_in_viewport()
        assert lin.page.evaluate("scrollY") == before
        lin.press("composer.undo")


def test_a_reply_whose_page_is_closed_is_sent_once(staff: Staff, world: World) -> None:
    case = case_by_mail(world, "closed")
    with staff.at_desk("agent") as lin:
        lin.open_case(case)
        lin.send("Sent though closed")
        expect(lin.button("composer.undo")).to_be_visible()
    world.eventually(lambda: mailed(world, "closed", "Sent though closed"), "the mail")
    time.sleep(2)
    assert mailed(world, "closed", "Sent though closed") == 1
    assert str(world.events(case)).count("Sent though closed") == 1


def test_a_reply_in_a_chat_waits_for_nobody(staff: Staff, world: World) -> None:
    case = world.ask("chat", channel="chat")
    with staff.at_desk("agent") as lin:
        lin.open_case(case)
        lin.send("At once")
        expect(lin.page.locator("#timeline").get_by_text("At once")).to_be_visible()
        assert "At once" in str(world.events(case))


def test_a_draft_survives_a_reload_and_is_in_another_browser_but_in_no_other_case(staff: Staff, world: World) -> None:
    case, other = world.ask("draft-1"), world.ask("draft-2")
    with staff.at_desk("agent") as lin:
        lin.open_case(case)
        lin.write("half a sent")
        lin.page.reload()
        expect(lin.reply).to_have_value("half a sent")
        lin.reply.press("ControlOrMeta+End")
        lin.reply.press_sequentially("ence")
        lin.page.reload()  # before the server has it
        expect(lin.reply).to_have_value("half a sentence")
        expect(lin.page.locator("#reply-form .saved")).not_to_be_empty()
        lin.open_case(other)
        expect(lin.reply).to_have_value("")
    with staff.at_desk("agent") as elsewhere:
        elsewhere.open_case(case)
        expect(elsewhere.reply).to_have_value("half a sentence")
        elsewhere.open_case(other)
        expect(elsewhere.reply).to_have_value("")
    with staff.at_desk("agent_2") as colleague:
        colleague.open_case(case)
        expect(colleague.reply).to_have_value("")


def test_a_draft_survives_a_session_that_ended_while_it_was_written(staff: Staff, world: World) -> None:
    case = world.ask("expired")
    user = staff.user("agent_ended")
    with staff.at_desk("agent_ended") as lin:
        lin.open_case(case)
        lin.page.context.clear_cookies()
        lin.reply.fill("written after the end")
        lin.page.wait_for_timeout(1_500)
        lin.button("composer.send").click()
        lin.page.get_by_label("Username").fill(user)
        lin.page.get_by_label("Password").fill("Local-only-4-you")
        lin.page.get_by_role("button", name="Sign in").click()
        lin.page.wait_for_selector("#main")
        lin.open_case(case)
        expect(lin.reply).to_have_value("written after the end")
    assert "written after the end" not in str(world.events(case))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_later_of_two_replies_is_refused_with_what_came_and_its_text_kept(
    staff: Staff, world: World, language: str
) -> None:
    case = world.ask(f"two-{language}", channel="chat")
    with staff.at_desk("agent", language) as lin, staff.at_desk("agent_2", language) as mei:
        for person in (lin, mei):
            person.open_case(case)
        lin.send("The first answer")
        mei.send("The second answer")
        notice = mei.page.get_by_role("alert").first
        expect(notice).to_be_visible()
        expect(mei.page.locator("#refusal")).to_contain_text("The first answer")
        expect(mei.reply).to_have_value("The second answer")
        mei.shot(f"stale-reply-{language}")
        assert "The second answer" not in str(world.events(case))
        mei.press("composer.send")
        expect(mei.page.locator("#refusal")).to_have_count(0)
    assert re.findall("The (first|second) answer", str(world.events(case))) == ["first", "second"]


def test_a_reply_is_sent_without_scripts(staff: Staff, world: World) -> None:
    case = world.ask("plain", channel="chat")
    with staff.at_desk("agent", java_script_enabled=False) as lin:
        assert lin.open("queue") == 200
        number = world.case(case)["number"]
        lin.page.get_by_role("link", name=number).first.click()
        expect(lin.page.get_by_role("heading", level=1)).to_contain_text(number)
        expect(lin.page.locator("#timeline")).to_contain_text("在吗？")
        lin.reply.fill("Without scripts")
        lin.button("composer.send").click()
        expect(lin.page.locator("#timeline")).to_contain_text("Without scripts")
    assert str(world.events(case)).count("Without scripts") == 1
