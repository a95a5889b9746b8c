"""Sends texts to the sockets of an API of API Gateway (its `@connections`). A text is sent once: who misses it asks for
changes by itself. So only a connection that had been closed while it was idle is a reason to send it again."""

import time
from urllib.parse import quote

from chalicelib.adapters.aws.transport import connections
from chalicelib.adapters.aws.transport.answers import read_answer
from chalicelib.adapters.aws.transport.credentials import credentials
from chalicelib.adapters.aws.transport.endpoints import Endpoint
from chalicelib.adapters.aws.transport.errors import NoAnswer
from chalicelib.adapters.aws.transport.signing import signed_headers

OPERATION = "PostToConnection"
SIGNED_AS = "execute-api"
"""The service for which requests are signed."""


class ConnectionsClient:
    """Has the method of botocore's client that we call. It raises ServiceError. Threads may share a client."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:  # noqa: N803 - botocore's names
        """Send a text to a connection. An error's status is 410 when the connection is closed."""
        path = f"{self.endpoint.path}/@connections/{quote(ConnectionId, safe='~')}"
        try:
            response = self._send(path, Data)
        except NoAnswer as error:
            if not error.was_stale:
                raise
            response = self._send(path, Data)
        read_answer(OPERATION, response)

    def _send(self, path: str, body: bytes) -> connections.Response:
        headers = {"host": self.endpoint.host, "content-type": "application/json"}
        signed = signed_headers(headers, body, self.endpoint.region, SIGNED_AS, credentials(), time.time(), path)
        request = connections.Request(self.endpoint, signed | {"accept-encoding": "identity"}, body, path)
        try:
            return connections.send(request)
        except connections.Broken as broken:
            raise NoAnswer(OPERATION, broken.reason, broken.was_sent, broken.was_stale) from broken
