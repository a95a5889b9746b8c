"""Sizes and times of the agents' desk, and what its pages take of the server: python -m bench.desk."""

import gzip
import re
import shutil
import time
from itertools import chain
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench.desk.chromium import LATENCY_MS, SLOWDOWN, first_loads, main_thread_ms, middle
from bench.desk.live import seconds_of_changes
from bench.desk.replay import Replay, replaying
from bench.desk.server import Cost, Server, cases_of, open_shop
from bench.support.cloud import running
from bench.support.figures import Figure, NotHere, run
from infra.local.stack import Stack
from infra.paths import ROOT
from tests.support.chromium import FLAGS
from tests.support.desk.browser import sign_in

FEW, MANY, ROUNDS, LEAST_OF = 100, 10_000, 40, 7
STATIC = ROOT / "chalicelib" / "adapters" / "desk" / "static"
KB = 1024


def measure() -> list[Figure]:
    """Fill two shops, one with a hundred open cases and one with ten thousand, and open the desk of both."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise NotHere("Chromium is not installed; on Debian: apt-get install chromium")
    with running() as stack, sync_playwright() as playwright:
        few, many = (f"desk-{count}-{int(time.time())}" for count in (FEW, MANY))
        for shop, count in ((few, FEW), (many, MANY)):
            open_shop(stack, shop, count)
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        with replaying(stack) as replay:
            shown = _in_browser(browser, stack, replay, few) + _in_browser(browser, stack, replay, many)
        live = seconds_of_changes(
            browser, stack, few, signed_in(browser, stack, few), signed_in(browser, stack, few, "agent")
        )
        browser.close()
        return [*_sizes(), *shown, *_of_server(few, many), *live]


def _sizes() -> list[Figure]:
    packed = sum(len(gzip.compress(path.read_bytes(), 9)) for path in STATIC.glob("*.js") if path.name != "htmx.js")
    return [Figure("own modules, gzip", packed / KB, "KiB", limit=8)]


def signed_in(browser: Browser, stack: Stack, shop: str, role: str = "supervisor") -> Any:
    """The cookies of somebody who has signed in."""
    stack.create_user(f"{role}-{shop}", role, shop)
    context = browser.new_context(locale="zh-CN")
    sign_in(context.new_page(), f"{stack.api}/desk/{shop}/queue", f"{role}-{shop}")
    state = context.storage_state()
    context.close()
    return state


def _in_browser(browser: Browser, stack: Stack, replay: Replay, shop: str) -> list[Figure]:
    state, count = signed_in(browser, stack, shop), re.findall(r"\d+", shop)[0]
    url = f"{stack.api}/desk/{shop}/queue".replace(stack.cloud.endpoint, replay.url)
    first_loads(browser, state, url, rounds=1)  # fetches what is replayed
    loads = middle(first_loads(browser, state, url))
    thread = main_thread_ms(browser, state, url)
    slow = f"{LATENCY_MS} ms latency, CPU ÷ {SLOWDOWN}"
    return [
        Figure(f"first load of the queue, {count} cases", loads.received / KB, "KiB", limit=60),
        Figure(f"… queue painted, {slow}", loads.shown, "ms", limit=1200),
        Figure(f"… keys and clocks work, {slow}", loads.ready, "ms"),
        Figure(f"… click → case painted, {slow}", loads.click, "ms", limit=300),
        Figure("… click → case: CPU of the page × 4 + latency", thread * SLOWDOWN + LATENCY_MS, "ms"),
    ]


def _of_server(few: str, many: str) -> list[Figure]:
    server = Server(few, many)
    paths = {name: name for name in ("queue", "board", "search", "settings", "settings/policy", "drafts")}
    paths["case"] = f"cases/{cases_of(few)[3]}"
    figures = [_of_page(name, server.least(LEAST_OF, f"{few}/{path}")) for name, path in paths.items()]
    queue, calls = server.growth(ROUNDS, f"{few}/queue", f"{many}/queue")
    board, board_calls = server.growth(ROUNDS // 2, f"{few}/board", f"{many}/board")
    return [
        *chain.from_iterable(figures),
        Figure("queue, 10,000 cases to 100: CPU of the server", queue, "×", limit=1.1),
        Figure("… calls", calls, "×", limit=1.1),
        Figure("board, 10,000 cases to 100: CPU of the server", board, "×"),
        Figure("… calls", board_calls, "×"),
    ]


def _of_page(name: str, cost: Cost) -> list[Figure]:
    return [
        Figure(f"server, {name}", cost.cpu, "ms CPU"),
        Figure("… calls to DynamoDB", cost.calls),
        Figure("… size of the page", cost.size / KB, "KiB"),
    ]


if __name__ == "__main__":
    run(measure)
