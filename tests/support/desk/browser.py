"""Members of staff at the desk in a browser: they sign in as people do, and find things by the names on the page."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from infra.local.stack import PASSWORD
from infra.paths import ROOT
from tests.support.cloud.world import World

ARTEFACTS = ROOT / "artefacts"
WORDS = ROOT / "chalicelib" / "adapters" / "desk" / "words"
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LOCALES = {"zh": "zh-CN", "en": "en-US"}
PATIENCE_MS = 20_000


@cache
def words(language: str) -> dict[str, str]:
    """All words of the desk in `zh` or `en`, by their keys."""
    return {
        key: text
        for path in sorted(WORDS.glob(f"*.{language}.json"))
        for key, text in json.loads(path.read_text("utf-8")).items()
    }


def sign_in(page: Page, address: str, user: str, password: str = PASSWORD) -> None:
    """Open a page of the desk without a session, and pass the managed login."""
    page.goto(address)
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("#main")


@dataclass
class Person:
    """Somebody at the desk of a shop."""

    page: Page
    desk: str
    shop: str
    language: str

    def say(self, key: str, **values: Any) -> str:
        """Words of the desk in this person's language."""
        return words(self.language)[key].format(**values)

    def address(self, path: str) -> str:
        """The address of a page in the shop."""
        return f"{self.desk}/{self.shop}/{path}"

    def open(self, path: str) -> int:
        """Open a page of the shop; its status."""
        answer = self.page.goto(self.address(path))
        assert answer is not None
        return answer.status

    def open_case(self, case: str) -> None:
        """Open a case."""
        assert self.open(f"cases/{case}") == 200

    def button(self, key: str, **values: Any) -> Locator:
        """The button with these words."""
        return self.page.get_by_role("button", name=self.say(key, **values), exact=True)

    @property
    def reply(self) -> Locator:
        """The box in which a reply is written."""
        return self.page.locator("#reply")

    def write(self, text: str) -> None:
        """Write a reply, and wait until the server has it as a draft."""
        with self.page.expect_response(lambda answer: "/drafts/reply" in answer.url):
            self.reply.fill(text)
        expect(self.page.locator("#reply-form .saved")).not_to_be_empty()

    def send(self, text: str) -> None:
        """Write a reply and send it; the page afterwards is there."""
        self.reply.fill(text)
        self.press("composer.send")

    def press(self, key: str, **values: Any) -> None:
        """Press the button with these words, which sends a form, and wait for the page that comes after."""
        self._press(self.button(key, **values))

    def press_in(self, selector: str) -> None:
        """Press a button whose words stand several times on the page."""
        self._press(self.page.locator(selector))

    def _press(self, button: Locator) -> None:
        with self.page.expect_response(lambda answer: answer.request.method == "POST" and "/drafts/" not in answer.url):
            button.click()
        self.page.wait_for_load_state("networkidle")

    def unfold(self, section: str) -> Locator:
        """A section beside a case, opened, and everything in it."""
        place = self.page.locator(section)
        place.evaluate("it => { it.open = true; it.querySelectorAll('details').forEach(each => each.open = true) }")
        return place

    def shot(self, name: str) -> None:
        """Keep a picture of the page."""
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"desk-{name}.png", full_page=True)

    def faults(self) -> list[str]:
        """What axe finds on the page."""
        found = Axe().run(self.page).response["violations"]
        return [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]


@dataclass
class Staff:
    """The people of a shop with their sign-ins: each signs in once, and then opens as many browsers as they like."""

    browser: Browser
    world: World
    states: dict[str, Any] = field(default_factory=dict)

    @property
    def desk(self) -> str:
        """The address of the desk."""
        return f"{self.world.stack.api}/desk"

    def user(self, role: str) -> str:
        """The name with which somebody of this role signs in; they are there afterwards."""
        user = f"{role}-{self.world.shop}"
        self.world.stack.create_user(user, role.partition("_")[0], self.world.shop)
        return user

    @contextmanager
    def at_desk(self, role: str = "agent", language: str = "en", **options: Any) -> Iterator[Person]:
        """Somebody signed in, in a browser of their own. `role`: `agent`, `agent_2`, `supervisor` or `admin`."""
        context = self.context(language, storage_state=self._state(role), **options)
        yield Person(context.new_page(), self.desk, self.world.shop, language)
        context.close()

    def context(self, language: str = "en", **options: Any) -> BrowserContext:
        """A new browser of somebody who is not signed in."""
        context = self.browser.new_context(locale=LOCALES[language], **{"viewport": WIDE, **options})
        context.set_default_timeout(PATIENCE_MS)
        return context

    def _state(self, role: str) -> Any:
        if role not in self.states:
            context = self.context()
            page = context.new_page()
            sign_in(page, f"{self.desk}/{self.world.shop}/queue", self.user(role))
            self.states[role] = context.storage_state()
            context.close()
        return self.states[role]
