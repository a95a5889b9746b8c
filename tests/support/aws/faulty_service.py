"""A service on the loopback address that answers as it is told to: well, badly, slowly, in part or not at all."""

import json
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple


class Step(NamedTuple):
    """How one request is answered: the bytes that are sent after `wait_seconds`, and whether the connection is closed
    then."""

    sent: bytes
    closes: bool = False
    wait_seconds: float = 0.0


def answer(status: int = 200, body: bytes | None = None, *headers: str, length: int | None = None) -> bytes:
    """An HTTP answer; `length` is what it claims where that is not the truth."""
    body = json.dumps({"Item": {}}).encode() if body is None else body
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def failure(code: str, status: int = 400, *headers: str) -> bytes:
    """An error of a service."""
    return answer(status, json.dumps({"__type": f"x#{code}"}).encode(), *headers)


CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"It\r\n9\r\nem": {}}\n\r\n0\r\n\r\n'
FINE = Step(answer())
DROPPED = Step(b"", closes=True)
"""The connection is closed without an answer."""
HALF_HEAD = Step(b"HTTP/1.1 200 OK\r\nContent-Le", closes=True)
HALF_BODY = Step(answer(200, b'{"Item"', length=400), closes=True)
NO_HTTP = Step(b"SSH-2.0-OpenSSH_9.6\r\n", closes=True)
CLOSED_AFTER = Step(answer(), closes=True)
"""A good answer, after which the service closes the connection without having said so."""


class FaultyService:
    """Takes the steps one after the other, then answers well."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.bodies: list[bytes] = []
        """The bodies of the requests."""
        self.connections = 0
        self.lock = threading.Lock()

    def next_step(self, body: bytes) -> Step:
        """Note a request; how it is to be answered."""
        with self.lock:
            self.bodies.append(body)
            return self.steps.pop(0) if self.steps else FINE

    @contextmanager
    def serving(self, context: ssl.SSLContext | None = None) -> Iterator[int]:
        """The port on which it serves, with TLS if there is a context."""
        service = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with service.lock:
                    service.connections += 1
                while (body := _body(self.rfile)) is not None:
                    step = service.next_step(body)
                    time.sleep(step.wait_seconds)
                    self.wfile.write(step.sent)
                    if step.closes:
                        return

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address, daemon_threads, request_queue_size = True, True, 64

            def get_request(self) -> Any:
                connection, address = super().get_request()
                return (context.wrap_socket(connection, server_side=True) if context else connection), address

            def handle_error(self, *_: Any) -> None:
                """A client that went away is what some tests want."""

        server = Server(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _body(stream: Any) -> bytes | None:
    """The body of the next request; None when the client has closed the connection."""
    length = None
    for line in iter(stream.readline, b"\r\n"):
        if not line:
            return None
        name, _, value = line.decode("latin-1").partition(":")
        if name.lower() == "content-length":
            length = int(value)
    return bytes(stream.read(length or 0))
