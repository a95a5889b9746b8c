"""The module `live.js` in Chromium, without a cloud: what it asks for, what it says, and how it comes back."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

from infra.paths import ROOT

SITE = "http://desk.localhost"
CASE, OTHER = "01M7VHRXG0C0XZKDHBV94NGW43", "01M7VHRXG0C0XZKDHBV94NGW44"
MODULE = (ROOT / "chalicelib" / "adapters" / "desk" / "static" / "live.js").read_text("utf-8")
HTML = f"""<!doctype html><title>x</title><body><ol id="log"></ol><div id="page">
<span hidden data-changes-url="/changes" data-ticket-url="/tickets" data-shop="demo" data-form-token="f"
 data-cursor="start" data-case="{CASE}"></span><textarea data-writes></textarea></div>
<script type="module" src="/log.js"></script><script type="module" src="/live.js"></script>"""
LOG = """for (const name of ["changed", "people", "reset", "live", "signed-out"])
  document.addEventListener("desk:" + name, (event) => {
    const line = document.createElement("li");
    line.textContent = name + " " + JSON.stringify(event.detail);
    document.getElementById("log").append(line);
  });"""


def row(version: int, case: str = CASE) -> dict[str, Any]:
    return {"case": case, "version": version, "number": "7KQ-4XP", "what": "reply_sent"}


class Server:
    """Answers the module as the desk and API Gateway do."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pages: list[dict[str, Any]] = []
        self.since: list[str | None] = []
        self.tickets: list[dict[str, str]] = []
        self.sockets: list[WebSocketRoute] = []
        self.reports: list[dict[str, Any]] = []
        self.is_up = True
        self.takes_sockets = True
        page.route(f"{SITE}/**", self.answer)
        page.route_web_socket(re.compile("ws://sockets"), self.open)

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE).partition("?")[0]
        policy = "default-src 'none'; script-src 'self'; connect-src 'self' ws://sockets.localhost"
        files = {"/": ("text/html", HTML), "/live.js": ("text/javascript", MODULE), "/log.js": ("text/javascript", LOG)}
        if path in files:
            kind, text = files[path]
            route.fulfill(content_type=kind, body=text, headers={"Content-Security-Policy": policy})
        elif not self.is_up:
            route.abort()
        elif path == "/changes":
            match = re.search(r"since=([^&]*)", route.request.url)
            self.since.append(match[1] if match else None)
            page = self.pages.pop(0) if self.pages else {"items": [], "next": f"c{len(self.since)}"}
            route.fulfill(status=int(str(page.pop("status", 200))), json=page)
        else:
            self.tickets.append(route.request.headers)
            if self.takes_sockets:
                route.fulfill(status=201, json={"url": "ws://sockets.localhost/api?ticket=t"})
            else:
                route.fulfill(status=503)

    def open(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(lambda text: self.receive(socket, json.loads(text)))

    def receive(self, socket: WebSocketRoute, report: dict[str, Any]) -> None:
        self.reports.append(report)
        socket.send(json.dumps({"here": []}))

    def send(self, message: dict[str, Any]) -> None:
        self.sockets[-1].send(json.dumps(message))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    opened.clock.install()
    yield opened
    context.close()


@pytest.fixture
def server(page: Page) -> Server:
    return Server(page)


def start(page: Page) -> None:
    page.goto(f"{SITE}/")


def lines(page: Page, name: str) -> list[Any]:
    texts = page.locator("#log li").all_text_contents()
    return [json.loads(text.partition(" ")[2]) for text in texts if text.startswith(name + " ")]


def pass_time(page: Page, steps: int, of: int = 1_000) -> None:
    """Let time pass in steps of so many milliseconds, so that what is sent meanwhile is answered."""
    for _ in range(steps):
        page.clock.run_for(of)
        page.evaluate("() => fetch('/log.js').then(() => null)")


def eventually(page: Page, look: Any) -> None:
    """Waits in real time until something is true; no time passes for the page."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if look():
            return
        page.evaluate("() => fetch('/log.js').then(() => null)")
    raise AssertionError(look)


def test_a_page_reads_from_its_cursor_opens_its_socket_and_says_what_it_shows(page: Page, server: Server) -> None:
    server.pages = [{"items": [row(3)], "next": "c1"}]
    start(page)
    eventually(page, lambda: server.reports and len(server.since) >= 2)
    assert server.since[:2] == ["start", "c1"]
    assert server.reports[0] == {"see": CASE}
    assert server.tickets[0]["x-form-token"] == "f"
    assert lines(page, "changed") == [row(3)]
    assert {"socket": True} in lines(page, "live")


def test_a_version_is_shown_once_whichever_way_it_comes(page: Page, server: Server) -> None:
    start(page)
    eventually(page, lambda: server.reports)
    for message in ({"changed": [row(4), row(4, OTHER)]}, {"changed": [row(4)]}, {"changed": [row(3)]}):
        server.send(message)
    server.pages = [{"items": [row(4), row(5)], "next": "c9"}]
    server.send({"poll": True})
    expect(page.locator("#log li", has_text='"version":5')).to_have_count(1)
    assert lines(page, "changed") == [row(4), row(4, OTHER), row(5)]


def test_without_sockets_changes_are_read_every_five_seconds(page: Page, server: Server) -> None:
    server.takes_sockets = False
    start(page)
    eventually(page, lambda: server.since)
    before = len(server.since)
    pass_time(page, 60)
    assert 9 <= len(server.since) - before <= 16
    assert len(server.tickets) >= 3


def test_with_a_socket_changes_are_read_once_a_minute(page: Page, server: Server) -> None:
    start(page)
    eventually(page, lambda: server.reports and len(server.since) >= 2)
    before = len(server.since)
    pass_time(page, 40)
    assert len(server.since) == before
    pass_time(page, 40)
    eventually(page, lambda: len(server.since) > before)


def test_who_was_offline_reads_at_once_when_the_network_is_back(page: Page, server: Server) -> None:
    start(page)
    eventually(page, lambda: server.reports)
    server.is_up = False
    page.evaluate("dispatchEvent(new Event('offline'))")
    page.clock.run_for(90_000)
    server.is_up = True
    server.pages = [{"items": [row(8)], "next": "c8"}]
    sockets = len(server.sockets)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#log li", has_text='"version":8')).to_have_count(1)
    eventually(page, lambda: len(server.sockets) > sockets)


def test_a_socket_that_is_closed_is_opened_again_with_a_new_ticket(page: Page, server: Server) -> None:
    start(page)
    eventually(page, lambda: server.reports)
    for number in range(2, 5):
        server.sockets[-1].close()
        page.clock.run_for(3_000)
        eventually(page, lambda number=number: len(server.sockets) >= number)
        page.clock.run_for(3_000)
    assert len(server.tickets) >= 4


def test_a_server_that_is_down_is_asked_again_and_again(page: Page, server: Server) -> None:
    server.is_up = False
    start(page)
    for _ in range(20):
        pass_time(page, 1, of=30_000)
    server.is_up = True
    steps = 0
    while not (server.since and server.reports):
        pass_time(page, 1, of=30_000)
        steps += 1
        assert steps < 20, "it has given up"


def test_writing_is_reported_while_somebody_types_and_ends_by_itself(page: Page, server: Server) -> None:
    start(page)
    eventually(page, lambda: server.reports)
    page.locator("textarea").press_sequentially("abc")
    eventually(page, lambda: {"write": CASE} in server.reports)
    assert server.reports.count({"write": CASE}) == 1
    page.clock.run_for(11_000)
    eventually(page, lambda: server.reports[-1] == {"see": CASE})
    assert "abc" not in json.dumps(server.reports)


def test_a_report_is_repeated_and_people_who_are_not_named_any_more_are_gone(page: Page, server: Server) -> None:
    start(page)
    eventually(page, lambda: server.reports)
    people = {"case": OTHER, "reading": ["li"], "writing": []}
    server.send({"people": [people]})
    expect(page.locator("#log li", has_text='"li"')).to_have_count(1)
    count = len(server.reports)
    page.clock.run_for(21_000)
    eventually(page, lambda: len(server.reports) > count)
    eventually(page, lambda: len(lines(page, "people")) == 2)
    assert lines(page, "people") == [people, {"case": OTHER, "reading": [], "writing": []}]


def test_a_page_that_is_swapped_in_reports_its_own_case_and_one_without_a_case_leaves(
    page: Page, server: Server
) -> None:
    start(page)
    eventually(page, lambda: server.reports)
    swap = """(to) => {
      const span = document.querySelector("[data-changes-url]");
      if (to) span.dataset.case = to; else delete span.dataset.case;
      document.dispatchEvent(new Event("htmx:after:swap"));
    }"""
    page.evaluate(swap, OTHER)
    eventually(page, lambda: server.reports[-1] == {"see": OTHER})
    page.evaluate(swap, None)
    eventually(page, lambda: server.reports[-1] == {"leave": OTHER})


def test_a_cursor_that_is_too_old_resets_the_page_and_a_session_that_ended_is_named(page: Page, server: Server) -> None:
    server.pages = [{"items": [], "next": "n", "reset": True}, {"status": 401}]
    start(page)
    eventually(page, lambda: lines(page, "reset") and lines(page, "signed-out"))
    assert server.since[:2] == ["start", "n"]


def test_a_server_that_no_longer_answers_on_its_socket_is_noticed(page: Page, server: Server) -> None:
    start(page)
    eventually(page, lambda: server.reports)
    server.receive = lambda socket, report: server.reports.append(report)  # type: ignore[method-assign]
    page.clock.run_for(20_500)
    eventually(page, lambda: len(server.reports) >= 2)
    page.clock.run_for(10_500)
    eventually(page, lambda: len(server.sockets) >= 2)


def test_the_module_is_small() -> None:
    import gzip

    assert len(gzip.compress(MODULE.encode(), 9)) <= 3 * 1024
