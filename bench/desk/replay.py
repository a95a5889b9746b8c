"""The desk as a browser gets it from AWS: pages of the local stack, each fetched once and then answered at once,
compressed as API Gateway does it. So what is timed in the browser is the browser's part and the network's, and not the
local cloud, which is slower than AWS and shares its processors with the browser."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple

from infra.local.stack import HTTP, Stack

MIN_COMPRESSED = 1024
"""`MinimumCompressionSize` of the template's API."""
KEPT = ("content-type", "content-security-policy", "cache-control", "location", "set-cookie", "vary")


class Page(NamedTuple):
    """A stored answer: its status, its headers, and its body as it is sent."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Replay(ThreadingHTTPServer):
    """A server of stored answers."""

    daemon_threads = True

    def __init__(self, stack: Stack) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.source, self.pages = stack.cloud.endpoint, dict[str, Page]()

    @property
    def url(self) -> str:
        """Its own address."""
        return f"http://127.0.0.1:{self.server_port}"

    def page(self, path: str, cookie: str) -> Page:
        """The answer to a GET; the first time, from the stack."""
        if path not in self.pages:
            self.pages[path] = self.ask("GET", path, None, {"Cookie": cookie, "Accept-Language": "zh-CN"})
        return self.pages[path]

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Page:
        """The stack's answer, with this server's address in it."""
        answer = HTTP.request(method, self.source + path, body=body, headers=headers, redirect=False)
        text = answer.data.replace(self.source.encode(), self.url.encode())
        kept = [(name, value.replace(self.source, self.url)) for name, value in answer.headers.items()]
        kept = [(name, value) for name, value in kept if name.lower() in KEPT]
        if len(text) >= MIN_COMPRESSED:
            text, kept = gzip.compress(text), [*kept, ("Content-Encoding", "gzip")]
        return Page(answer.status, kept, text)


class _Handler(BaseHTTPRequestHandler):
    """A request of the browser."""

    protocol_version = "HTTP/1.1"
    server: Replay

    def do_GET(self) -> None:
        """A page or a file."""
        self._send(self.server.page(self.path, self.headers.get("Cookie", "")))

    def do_POST(self) -> None:
        """A form, which the stack takes."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        names = ("Cookie", "Content-Type", "X-Form-Token", "Accept", "HX-Request-Type")
        sent = {name: self.headers[name] for name in names if name in self.headers}
        self._send(self.server.ask("POST", self.path, body, sent | {"Origin": self.server.source}))

    def _send(self, page: Page) -> None:
        self.send_response(page.status)
        for name, value in page.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        self.wfile.write(page.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Nothing is logged."""


@contextmanager
def replaying(stack: Stack) -> Iterator[Replay]:
    """The server, running."""
    server = Replay(stack)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
