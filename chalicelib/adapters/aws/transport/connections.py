"""Connections that stay open between requests, and the one function that sends a request.

Any thread may send: it takes an idle connection or opens one, and gives it back afterwards."""

import os
import select
import socket
from collections import deque
from collections.abc import Mapping
from functools import cache
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import NamedTuple

from chalicelib.adapters.aws.transport.endpoints import Endpoint

CONNECT_SECONDS, READ_SECONDS = 2.0, 8.0
"""Short, because every caller is retried by a queue or a stream, or is a waiting person."""
MAX_IDLE = 32
"""How many idle connections are kept for an endpoint."""


class Request(NamedTuple):
    """A POST request to an endpoint; all header names are in lower case. `path`: encoded."""

    endpoint: Endpoint
    headers: dict[str, str]
    body: bytes
    path: str = "/"


class Response(NamedTuple):
    """What a service answered. `headers`: by lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Broken(Exception):
    """No complete answer came. `was_sent`: whether the service may have received the request. `was_stale`: whether the
    connection was an old one, which the service had closed before it sent any part of an answer."""

    def __init__(self, reason: BaseException, was_sent: bool, was_stale: bool) -> None:
        self.reason, self.was_sent, self.was_stale = type(reason).__name__, was_sent, was_stale
        super().__init__(self.reason)


def send(request: Request) -> Response:
    """Send a request and read the answer to its end. Raises Broken."""
    connection = _take_idle(request.endpoint)
    is_old = connection is not None
    try:
        connection = connection or _connect(request.endpoint)
    except OSError as error:
        raise Broken(error, was_sent=False, was_stale=False) from error
    return _exchange(request, connection, is_old)


def _exchange(request: Request, connection: socket.socket, is_old: bool) -> Response:
    answer = None
    try:
        connection.sendall(_head(request) + request.body)
        answer = HTTPResponse(connection, method="POST")
        answer.begin()
        if answer.length is None and not answer.chunked:  # an answer that broke off inside its head looks like this
            raise IncompleteRead(b"")
        body = answer.read()
    except (OSError, HTTPException) as error:
        connection.close()
        if is_old:  # the other idle connections are as old
            _idle(request.endpoint).clear()
        closed = isinstance(error, ConnectionError) and (answer is None or answer.headers is None)
        raise Broken(error, was_sent=True, was_stale=is_old and closed) from error
    if answer.will_close:
        connection.close()
    else:
        _idle(request.endpoint).append(connection)
    return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)


def _head(request: Request) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    return f"POST {request.path} HTTP/1.1\r\n{lines}content-length: {len(request.body)}\r\n\r\n".encode("latin-1")


def _connect(endpoint: Endpoint) -> socket.socket:
    if endpoint.scheme == "https":
        from chalicelib.adapters.aws.transport.tls import secured

        connection: socket.socket = secured(endpoint.address, CONNECT_SECONDS)
    else:
        connection = socket.create_connection(endpoint.address, CONNECT_SECONDS)
    connection.settimeout(READ_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _take_idle(endpoint: Endpoint) -> socket.socket | None:
    """An idle connection that is still open; None if there is none, perhaps because another thread took the last."""
    idle = _idle(endpoint)
    while True:
        try:
            connection = _if_open(idle.pop())
        except IndexError:
            return None
        if connection is not None:
            return connection


def _if_open(connection: socket.socket) -> socket.socket | None:
    """The connection; None if there is something to read. Nothing was asked, so it can only be that it was closed."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    if not poll.poll(0):
        return connection
    connection.close()
    return None


@cache
def _idle(_: Endpoint) -> deque[socket.socket]:
    return deque(maxlen=MAX_IDLE)


os.register_at_fork(after_in_child=_idle.cache_clear)
