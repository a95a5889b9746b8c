"""The pages as customers meet them: in Chromium, on a phone, in both languages, by keyboard, without scripts."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from infra.paths import ROOT
from infra.samples import replay
from tests.support.cloud.stories import link_to
from tests.support.cloud.world import World

ARTEFACTS = ROOT / "artefacts"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone with scripts switched off."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def survey_link(world: World, language: str) -> str:
    world.policy(survey={"delay_seconds": 0})
    address = f"{world.shop}-{language}@example.net"
    case = world.ask("web-1", customer={"external_id": "c", "email": address, "language": language})
    world.post(f"/v1/cases/{case}/status", {"status": "resolved"})
    mail = world.eventually(lambda: world.stack.mails(address), "the survey's mail")[0]
    found = re.search(r"http\S+/s/\S+", mail["text"])
    assert found is not None
    return found[0]


def shot(page: Page, name: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


def violations(browser: Browser, address: str) -> list[str]:
    """The faults that axe finds on a page; scripts are switched on for axe only."""
    context = browser.new_context(viewport=PHONE, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    found = Axe().run(page).response["violations"]
    context.close()
    return [f"{one['id']}: {one['help']}" for one in found]


@pytest.mark.parametrize(("language", "lang", "send"), [("zh-CN", "zh-Hans", "提交"), ("en", "en", "Send my answer")])
def test_a_survey_is_read_filled_in_and_sent_on_a_phone(
    world: World, browser: Browser, page: Page, language: str, lang: str, send: str
) -> None:
    link = survey_link(world, language)
    page.goto(link)
    assert page.locator("html").get_attribute("lang") == lang
    shot(page, f"survey-{language}")
    page.get_by_role("button", name=send).click()
    assert page.get_by_role("alert").is_visible()
    shot(page, f"survey-{language}-wrong")
    groups = page.get_by_role("group")
    groups.nth(0).get_by_role("radio", name="4", exact=True).check(force=True)
    groups.nth(1).get_by_role("radio", name="10", exact=True).check(force=True)
    page.get_by_role("textbox").fill("<b>快</b> 😀")
    page.get_by_role("button", name=send).click()
    shot(page, f"survey-{language}-thanks")
    case = world.case_of("web-1")
    assert (case["satisfaction"]["csat"], case["satisfaction"]["nps"]) == (4, 10)
    page.goto(link)
    assert page.get_by_role("button").count() == 0
    assert violations(browser, link) == []


def test_a_survey_is_filled_in_by_keyboard_alone(world: World, browser: Browser) -> None:
    link = survey_link(world, "en")
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(link)
    assert violations(browser, link) == []
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1")
    context.close()
    assert world.case_of("web-1")["satisfaction"]["csat"] in (2, 3)


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "链接不完整"), ("en-GB", "not complete")])
def test_a_broken_link_is_explained_in_the_browsers_language(
    world: World, browser: Browser, language: str, words: str
) -> None:
    context = browser.new_context(locale=language, java_script_enabled=False)
    page = context.new_page()
    answer = page.goto(f"{world.stack.api}/s/broken")
    assert answer is not None
    assert answer.status == 404
    assert words in page.inner_text("h1")
    context.close()


def test_leaving_is_one_button(world: World, browser: Browser, page: Page) -> None:
    link = survey_link(world, "en")
    mail = world.stack.mails(f"{world.shop}-en@example.net")[0]
    found = re.search(r"http\S+/u/\S+", mail["text"])
    assert found is not None
    assert violations(browser, found[0]) == []
    page.goto(found[0])
    page.get_by_role("button").click()
    assert "No more surveys" in page.inner_text("h1")
    shot(page, "unsubscribed")
    assert page.goto(link) is not None  # an answer is still welcome


WORDS = {
    "zh-CN": {
        "link": "发送链接",
        "wish": "退货退款",
        "send": "提交",
        "ship": "我已寄出",
        "number": "快递单号",
        "file": "上传",
    },
    "en": {
        "link": "Send me the link",
        "wish": "Send it back",
        "send": "Send",
        "ship": "I have sent it",
        "number": "Tracking number",
        "file": "Send the file",
    },
}
SHOES = {
    "external_id": "O-9",
    "items": [
        {"sku": "SHOE-42", "title": "Trail shoe 越野鞋 42", "quantity": 2},
        {"sku": "SOCK", "title": "Wool sock 羊毛袜"},
    ],
}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_customer_asks_ships_and_shows_a_picture_on_a_phone(
    world: World, browser: Browser, tmp_path: Path, language: str
) -> None:
    words, address = WORDS[language], f"{world.shop}-{language}@example.net"
    world.ask("first", order=SHOES, customer={"external_id": "c", "email": address, "language": language})
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, locale=language)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{world.stack.api}/help/{world.shop}")
    assert violations(browser, page.url) == []
    page.get_by_role("textbox").nth(0).fill("O-9")
    page.get_by_role("textbox").nth(1).fill(address)
    shot(page, f"help-{language}")
    page.get_by_role("button", name=words["link"]).click()
    link = world.stack.api + link_to(world, address, "/help/")
    page.goto(link)
    assert violations(browser, link) == []
    page.get_by_role("radio", name=words["wish"]).check()
    page.get_by_role("checkbox", name="Trail shoe").check()
    page.get_by_role("spinbutton").fill("1")
    page.get_by_role("textbox").fill("右脚的鞋底开胶了 / the sole comes off")
    shot(page, f"help-form-{language}")
    page.get_by_role("button", name=words["send"], exact=True).click()
    assert "/p/" in page.url
    (case,) = (one for one in world.get(f"/v1/cases?shop={world.shop}").body["items"] if one["type"] == "return")
    assert case["flow"]["items"] == [{"sku": "SHOE-42", "quantity": 1, "condition": None}]
    world.post(f"/v1/cases/{case['id']}/flow/approve", {})
    page.goto(world.stack.api + link_to(world, address, "/p/"))
    page.get_by_label(words["number"]).fill("SF139 2026")
    page.get_by_role("button", name=words["ship"]).click()
    assert page.get_by_role("status").is_visible()
    photo = tmp_path / "photo.png"
    page.screenshot(path=photo)
    page.set_input_files("input[type=file]", photo)
    page.get_by_role("button", name=words["file"], exact=True).click()
    assert page.get_by_role("status").is_visible()
    world.eventually(lambda: world.case(case["id"])["flow"]["evidence"], "the picture")
    page.goto(page.url.partition("?")[0])
    shot(page, f"progress-{language}")
    assert violations(browser, page.url) == []
    assert page.locator("li[aria-current=step]").count() == 1
    context.close()


def test_the_report_is_one_page_that_needs_nothing_else(world: World, browser: Browser, tmp_path: Path) -> None:
    world.hook("case.requested", _historical("2026-11-20T09:00:00+08:00"))
    world.case_of("h-1")
    key = replay.compute_day(world.stack, world.shop, "2026-11-20")
    path = replay.fetch_report(world.stack, str(key))
    asked: list[str] = []
    context = browser.new_context(viewport={"width": 1100, "height": 1400}, locale="zh-CN")
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"file://{path}")
    shot(page, "report")
    assert len(asked) == 1
    assert page.locator("svg").count() >= 3
    context.close()
    assert violations(browser, f"file://{path}") == []


def _historical(at: str) -> dict[str, object]:
    return {
        "external_id": "h-1",
        "type": "return",
        "channel": "web",
        "subject": "x",
        "message": "y",
        "historical": True,
        "customer": {"external_id": "c"},
        "occurred_at": at,
    }
