"""Times of the desk in Chromium, as somebody has them whose computer is slow and whose server is far away."""

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any, NamedTuple

from playwright.sync_api import Browser, CDPSession, Page

LATENCY_MS, SLOWDOWN, ROUNDS = 60, 4, 7
PAUSE_MS = 1_500
"""How long a page is left alone before somebody clicks."""
SHOWN = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
READY = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
CLICK = """() => new Promise((done) => {
  const from = performance.now();
  const painted = () => requestAnimationFrame(() => { const c = new MessageChannel();
    c.port1.onmessage = () => done(performance.now() - from); c.port2.postMessage(0); });
  new MutationObserver((_, watch) => {
    if (document.querySelector('article.case h1')) { watch.disconnect(); painted(); }
  }).observe(document.body, { childList: true, subtree: true });
  document.querySelectorAll('.row-link')[3].click();
})"""
"""Opens the fourth case of the list. Milliseconds until the frame is painted in which its heading stands."""


class Load(NamedTuple):
    """A first load, in milliseconds and bytes: until the list is painted, until keys and clocks work, from a click to
    the case, and everything that was received until the list was there."""

    shown: float
    ready: float
    click: float
    received: int


def first_loads(browser: Browser, state: Any, url: str, rounds: int = ROUNDS) -> list[Load]:
    """First loads of the queue, each in a browser without a cache."""
    return [_load(browser, state, url) for _ in range(rounds)]


def main_thread_ms(browser: Browser, state: Any, url: str) -> float:
    """The CPU of the page's main thread from a click to the case, at full speed; the median. Unlike times, it says the
    same on a machine that does much else."""
    return median(_main_thread(browser, state, url) for _ in range(ROUNDS))


def _main_thread(browser: Browser, state: Any, url: str) -> float:
    with _browser(browser, state, slow=False) as (page, session):
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(url, wait_until="load")
        page.wait_for_timeout(PAUSE_MS)
        before = _task_ms(session)
        page.evaluate(CLICK)
        return _task_ms(session) - before


def _task_ms(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(float(each["value"]) * 1000 for each in metrics if each["name"] == "TaskDuration")


def middle(loads: list[Load]) -> Load:
    """The medians."""
    return Load(*(median(column) for column in zip(*loads, strict=True)))


def _load(browser: Browser, state: Any, url: str) -> Load:
    with _browser(browser, state, slow=True) as (page, session):
        received: list[int] = []
        session.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
        page.goto(url, wait_until="load")
        total = sum(received)
        page.wait_for_timeout(PAUSE_MS)
        return Load(page.evaluate(SHOWN), page.evaluate(READY), page.evaluate(CLICK), total)


@contextmanager
def _browser(browser: Browser, state: Any, slow: bool) -> Iterator[tuple[Page, CDPSession]]:
    """A browser with nothing in its cache, and with a slow network and processor."""
    context = browser.new_context(storage_state=state, locale="zh-CN", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    if slow:
        limits = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": -1, "uploadThroughput": -1}
        session.send("Network.emulateNetworkConditions", limits)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    yield page, session
    context.close()
