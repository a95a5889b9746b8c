"""How soon an open page of the desk shows what others do, on the local stack."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from bench.support.figures import Figure
from infra.local.stack import Stack

CHANGED = "#news:not([hidden])"
OFFLINE_SECONDS, PATIENCE_MS = 90, 60_000


def seconds_of_changes(browser: Browser, stack: Stack, shop: str, state: Any, other: Any) -> list[Figure]:
    """By socket, after ninety seconds without a network, by polling where sockets are blocked, and who is
    writing. `state` and `other`: the cookies of two people."""
    token = stack.token("agent", shop)
    case = stack.request("GET", f"/v1/desk/{shop}/views/all?limit=1", None, token).body["items"][0]["id"]
    address = f"{stack.api}/desk/{shop}"

    def note() -> None:
        made = stack.request("POST", f"/v1/cases/{case}/messages", {"body": "Called them", "public": False}, token)
        assert made.status == 201, made

    with _page(browser, state) as page:
        page.goto(f"{address}/cases/{case}")
        page.wait_for_timeout(4_000)
        by_socket = _seconds(page, note, CHANGED)
    with _page(browser, state) as page:
        page.goto(f"{address}/cases/{case}")
        page.context.set_offline(True)
        note()
        page.wait_for_timeout(OFFLINE_SECONDS * 1000)
        again = _seconds(page, lambda: page.context.set_offline(False), CHANGED)
    with _page(browser, state) as page:
        page.route_web_socket("**", lambda socket: socket.close())
        page.goto(f"{address}/cases/{case}")
        page.wait_for_timeout(4_000)
        by_polling = _seconds(page, note, CHANGED)
    return [
        Figure("a change is shown on a case that is open, by socket", by_socket, "s"),
        Figure("… after 90 s without a network", again, "s", limit=3),
        Figure("… sockets blocked", by_polling, "s", limit=6.5),
        Figure("… somebody is writing, in the list", _writing(browser, state, other, address), "s", limit=2),
    ]


def _writing(browser: Browser, state: Any, other: Any, address: str) -> float:
    """Until the list shows that somebody is writing on its first case."""
    with _page(browser, state) as reader, _page(browser, other) as writer:
        reader.goto(f"{address}/queue?view=all")
        case = reader.locator("[data-row]").first.get_attribute("data-row")
        writer.goto(f"{address}/cases/{case}")
        people = reader.locator(f"[data-row='{case}'] .people")
        people.filter(has_text="👁").wait_for(timeout=PATIENCE_MS)
        writer.locator("#reply").focus()
        began = time.monotonic()
        writer.keyboard.type("W")
        people.filter(has_text="✎").wait_for(timeout=PATIENCE_MS)
        return time.monotonic() - began


@contextmanager
def _page(browser: Browser, state: Any) -> Iterator[Page]:
    context = browser.new_context(storage_state=state, locale="zh-CN")
    yield context.new_page()
    context.close()


def _seconds(page: Page, act: Callable[[], object], shown: str) -> float:
    """The seconds from an act until something is shown."""
    began = time.monotonic()
    act()
    page.wait_for_selector(shown, timeout=PATIENCE_MS)
    return time.monotonic() - began
