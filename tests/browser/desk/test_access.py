"""Checks 3 and 4: the desk by keyboard alone, and for everybody who sees or uses it in another way."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.support.cloud.stories import ORDER
from tests.support.desk.browser import PHONE, WIDE, Person, Staff

SCREENS = {"wide": WIDE, "phone": PHONE}
PAGES = ("queue?view=all", "board", "board/figures", "search", "settings", "drafts")
SETTINGS = (
    *("shop", "calendars", "policy", "agents", "agents/edit", "macros", "macros/edit", "users", "changes", "privacy"),
    *("sources", "sources/edit?source=shopify", "endpoints", "endpoints/edit", "templates", "imports"),
    "templates/edit?template=reply",
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_no_fault_on_any_page(staff: Staff, language: str, screen: str) -> None:
    case = staff.world.ask(f"axe-{language}-{screen}", type="return", order=ORDER, claim={"reason": "size_too_small"})
    faults = {}
    with staff.at_desk("supervisor", language, viewport=SCREENS[screen], bypass_csp=True) as boss:
        for path in (*PAGES, f"cases/{case}"):
            assert boss.open(path) == 200, path
            if path.startswith("cases"):
                for section in boss.page.locator(".case-side > .section").all():
                    section.evaluate("it => { it.open = true }")
            name = path.partition("?")[0].replace("/", "-") if path != f"cases/{case}" else "case"
            boss.shot(f"{name}-{screen}-{language}")
            faults[path] = boss.faults()
            wide = boss.page.evaluate("document.documentElement.scrollWidth > innerWidth")
            faults[path] += ["it scrolls sideways"] if wide else []
    assert {path: found for path, found in faults.items() if found} == {}


@pytest.mark.parametrize(("screen", "language", "scheme"), [("wide", "zh", "dark"), ("phone", "en", "light")])
def test_axe_finds_no_fault_in_any_setting(staff: Staff, screen: str, language: str, scheme: Any) -> None:
    faults = {}
    given: dict[str, Any] = {"viewport": SCREENS[screen], "color_scheme": scheme, "bypass_csp": True}
    with staff.at_desk("admin", language, **given) as admin:
        for path in SETTINGS:
            assert admin.open(f"settings/{path}") == 200, path
            admin.shot(f"settings-{path.partition('?')[0].replace('/', '-')}-{screen}-{language}")
            faults[path] = admin.faults()
            wide = admin.page.evaluate("document.documentElement.scrollWidth > innerWidth")
            faults[path] += ["it scrolls sideways"] if wide else []
    assert {path: found for path, found in faults.items() if found} == {}


def test_axe_finds_no_fault_in_the_dark(staff: Staff) -> None:
    case = staff.world.ask("axe-dark")
    with staff.at_desk("supervisor", color_scheme="dark", bypass_csp=True) as boss:
        for path in ("queue?view=all", f"cases/{case}", "board", "settings"):
            boss.open(path)
            boss.shot(f"{path.partition('?')[0].partition('/')[0]}-dark")
            assert boss.faults() == [], path


def test_a_return_is_taken_from_the_queue_to_its_refund_by_keyboard_alone(staff: Staff) -> None:
    world = staff.world
    order = ORDER | {"external_id": "O-keys"}
    case = world.ask("keys", type="return", order=order, claim={"reason": "size_too_small"})
    number = world.case(case)["number"]
    with staff.at_desk("supervisor") as boss:
        keys = boss.page.keyboard
        boss.open("queue?view=all")
        boss.page.wait_for_function("Boolean(customElements.get('ac-clock'))")
        for _ in range(50):
            keys.press("j")
            if number in boss.page.evaluate("document.activeElement.textContent"):
                break
        keys.press("Enter")
        heading = boss.page.get_by_role("heading", level=1)
        expect(heading).to_contain_text(number)
        expect(heading).to_be_focused()
        move(boss, "Approve")
        move(boss, "Record the parcel the customer sent", tracking="SF1392026")
        move(boss, "Record the arrival")
        move(boss, "Record the inspection")
        boss.shot("keys-flow")
        move(boss, "Start the refund")
        act(boss, "#money", "Propose money", "Propose", amount="499.00")
        expect(boss.page.locator("#money .given li")).to_have_count(1)
    (money,) = world.case(case)["money"]
    assert (money["kind"], money["amount"]["amount"]) == ("refund", "499.00")


def move(person: Person, name: str, **fields: str) -> None:
    """Open a move of the flow, fill its form in and send it."""
    act(person, "#flow", name, name, **fields)
    expect(person.page.locator("#flow details[open] form button", has_text=name)).to_have_count(0)


def act(person: Person, section: str, name: str, button: str, **fields: str) -> None:
    """Open a form beside the case, fill it in and send it, with Tab, Enter and typing alone."""
    keys = person.page.keyboard
    tab_to(person, person.page.locator(f"{section} summary", has_text=name).first)
    keys.press("Enter")
    opened = person.page.locator(f"{section} details[open]", has_text=name)
    for field, text in fields.items():
        tab_to(person, opened.locator(f"[name={field}]").first)
        keys.type(text)
    tab_to(person, opened.locator("form button", has_text=button).first)
    with person.page.expect_response(lambda answer: answer.request.method == "POST" and "/cases/" in answer.url):
        keys.press("Enter")


def tab_to(person: Person, target: Locator, most: int = 200) -> None:
    """Press Tab until the focus is there."""
    for _ in range(most):
        if target.evaluate("it => it === document.activeElement"):
            return
        person.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {target}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_keys_are_listed_by_a_question_mark_rest_in_fields_and_can_be_switched_off(
    staff: Staff, language: str
) -> None:
    case = staff.world.ask(f"help-{language}")
    with staff.at_desk("agent", language) as lin:
        lin.open_case(case)
        lin.page.wait_for_function("Boolean(customElements.get('ac-clock'))")
        lin.page.keyboard.press("?")
        dialog = lin.page.get_by_role("dialog")
        expect(dialog).to_contain_text(lin.say("keys.title"))
        expect(dialog).to_contain_text(lin.say("composer.reply"))
        lin.shot(f"keys-{language}")
        lin.page.keyboard.press("Escape")
        lin.page.keyboard.press("r")
        expect(lin.reply).to_be_focused()
        lin.page.keyboard.type("g q ? r")
        expect(lin.reply).to_have_value("g q ? r")
        lin.page.locator(".me summary").click()
        lin.button("frame.keys_on").click()
        lin.page.locator("main h1").focus()
        lin.page.keyboard.press("?")
        expect(dialog).to_have_count(0)
