"""The three functions behind the sockets of open pages. Nothing that a page sends is logged, and no address, because a
ticket stands in it."""

from typing import Any

from chalicelib.bootstrap import services
from chalicelib.observability import logger

REFUSED = {"statusCode": 403}
ACCEPTED = {"statusCode": 200}


def connect(event: dict[str, Any]) -> dict[str, Any]:
    """Open a socket with the ticket of the address."""
    from chalicelib.usecases.live.sockets import open_socket

    ticket = (event.get("queryStringParameters") or {}).get("ticket") or ""
    socket = open_socket(services(), _connection(event), ticket)
    logger.info("socket", extra={"opened": socket is not None, "shop": socket.shop if socket else None})
    return ACCEPTED if socket is not None else REFUSED


def receive(event: dict[str, Any]) -> None:
    """Store what a page reports, and answer it."""
    from chalicelib.usecases.live.sockets import receive_report

    outcome = receive_report(services(), _connection(event), event.get("body") or "")
    logger.info("report", extra={"outcome": outcome})


def disconnect(event: dict[str, Any]) -> None:
    """Remove a socket that was closed."""
    from chalicelib.usecases.live.sockets import close_socket

    logger.info("socket closed", extra={"known": close_socket(services(), _connection(event))})


def _connection(event: dict[str, Any]) -> str:
    return str(event["requestContext"]["connectionId"])
