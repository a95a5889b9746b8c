"""The pages of insights in Chromium, as they are with findings: for everybody, on every screen, without scripts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from chalicelib import bootstrap
from chalicelib.domain.kernel.timestamps import to_datetime
from tests.fakes import NOON
from tests.support.desk.browser import ARTEFACTS, PHONE, WIDE
from tests.support.desk.visitor import Visitor
from tests.support.insights.pages import LAMP, PageServices, fill
from tests.support.paths import ROOT

CSS = ROOT / "chalicelib" / "adapters" / "desk" / "static" / "desk.css"
PAGES = (
    "insights",
    "insights/topics/battery",
    "insights/questions/q-invoice",
    "insights/days/2026-11-11",
    "insights/associations",
    f"insights/products/{LAMP}",
    "insights/alerts",
    "insights/warnings",
    "insights/corrections",
    "insights/models",
)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageServices]:
    """The desk on services in memory: what is looked at is the pages, not the cloud."""
    made = PageServices()
    monkeypatch.setattr(bootstrap, "AwsServices", lambda: made)
    bootstrap.services.cache_clear()
    yield made
    bootstrap.services.cache_clear()


@pytest.mark.parametrize(
    ("language", "screen", "scheme"), [("en", WIDE, "light"), ("zh", PHONE, "dark"), ("en", PHONE, "light")]
)
def test_axe_finds_no_fault_on_any_page_of_insights(
    desk: PageServices, browser: Browser, language: str, screen: Any, scheme: Any
) -> None:
    with time_machine.travel(to_datetime(NOON), tick=False):
        fill(desk)
        boss = Visitor.signed_in("boss", ("supervisor", "shop:demo"), language=language)
        texts = {path: styled(boss.get(f"demo/{path}").text) for path in PAGES}
    context = browser.new_context(viewport=screen, color_scheme=scheme)
    page = context.new_page()
    faults = {}
    ARTEFACTS.mkdir(exist_ok=True)
    for path, text in texts.items():
        page.set_content(text)
        page.screenshot(path=ARTEFACTS / f"{path.replace('/', '-')}-{scheme}-{language}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        found = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in Axe().run(page).response["violations"]]
        faults[path] = found + (["it scrolls sideways"] if wide else [])
    context.close()
    assert {path: found for path, found in faults.items() if found} == {}


def styled(text: str) -> str:
    """A page with its styles in it and without its scripts."""
    text = re.sub(r'<link rel="stylesheet"[^>]*>', lambda _: f"<style>{CSS.read_text('utf-8')}</style>", text)
    return re.sub(r"<script.*?</script>|<link rel=\"icon\"[^>]*>", "", text)
