"""A client of WebSockets (RFC 6455) that does just what a page of the agents' desk does: text frames, both ways."""

import base64
import json
import os
import socket
from typing import Any
from urllib.parse import urlsplit

TEXT, CLOSE, PING = 1, 8, 9


class Refused(Exception):
    """The server did not open the socket; the message is the first line of its answer."""


class SocketClient:
    """An open socket."""

    def __init__(self, url: str, timeout: float = 20) -> None:
        parts = urlsplit(url)
        self.connection = socket.create_connection((parts.hostname or "", parts.port or 80), timeout)
        self.unread = b""
        key = base64.b64encode(os.urandom(16)).decode()
        head = (
            f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        self.connection.sendall(head.encode())
        while b"\r\n\r\n" not in self.unread:
            self._receive()
        answer, _, self.unread = self.unread.partition(b"\r\n\r\n")
        status = answer.split(b"\r\n")[0].decode()
        if " 101" not in status:
            self.connection.close()
            raise Refused(status)

    def send(self, message: Any) -> None:
        """Send JSON."""
        self._send(TEXT, json.dumps(message).encode())

    def receive(self) -> Any:
        """The next message, read as JSON. TimeoutError when none comes; EOFError when the socket was closed."""
        while True:
            code, payload = self._frame()
            if code == TEXT:
                return json.loads(payload)
            if code == CLOSE:
                raise EOFError
            if code == PING:
                self._send(10, payload)

    def until(self, name: str) -> Any:
        """The value of the next message that has this field."""
        while True:
            message = self.receive()
            if name in message:
                return message[name]

    def close(self) -> None:
        """Close it as a page does that is left."""
        self._send(CLOSE, (1001).to_bytes(2, "big"))
        self.connection.close()

    def _send(self, code: int, payload: bytes) -> None:
        mask = os.urandom(4)
        length = len(payload)
        size = bytes([0x80 | length]) if length < 126 else bytes([0x80 | 126]) + length.to_bytes(2, "big")
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
        self.connection.sendall(bytes([0x80 | code]) + size + mask + masked)

    def _frame(self) -> tuple[int, bytes]:
        first, second = self._take(2)
        length = second & 127
        if length >= 126:
            length = int.from_bytes(self._take(2 if length == 126 else 8), "big")
        return first & 15, self._take(length)

    def _take(self, count: int) -> bytes:
        while len(self.unread) < count:
            self._receive()
        taken, self.unread = self.unread[:count], self.unread[count:]
        return taken

    def _receive(self) -> None:
        more = self.connection.recv(65536)
        if not more:
            raise EOFError
        self.unread += more
