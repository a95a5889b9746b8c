"""Sends texts to open pages, through API Gateway."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.aws.parallel import Parallel
from chalicelib.adapters.aws.transport.errors import ServiceError
from chalicelib.observability import logger

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

GONE = 410
"""The status of API Gateway's answer when a connection is closed."""
THREADS = 16
"""How many texts are sent at the same time."""


class ConnectionSender:
    """The `SocketSender` on API Gateway."""

    @cached_property
    def _pool(self) -> "ThreadPoolExecutor":
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(THREADS)

    def send(self, texts: Mapping[str, str]) -> list[str]:
        """Send a text to each connection, once; the connections that are gone."""
        gone: list[str] = []
        if len(texts) <= 1:
            for connection, text in texts.items():
                self._send(connection, text, gone)
            return gone
        client("apigatewaymanagementapi")  # made here, so that not each of the threads makes one
        with Parallel(self._pool, 2 * THREADS) as parallel:
            for connection, text in texts.items():
                parallel.start(self._send, connection, text, gone)
        return gone

    def _send(self, connection: str, text: str, gone: list[str]) -> None:
        try:
            client("apigatewaymanagementapi").post_to_connection(ConnectionId=connection, Data=text.encode())
        except ServiceError as error:
            if error.status == GONE:
                gone.append(connection)
            else:
                logger.warning("page not reached", extra={"code": error.code})
