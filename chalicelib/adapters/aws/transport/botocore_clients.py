"""Clients of botocore, for the services whose protocol our own client does not speak, and for the others when they are
configured in a way that only botocore understands. They raise the errors of our own client."""

from functools import cache
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError
from botocore.session import Session

from chalicelib.adapters.aws.transport.errors import NoAnswer, ServiceError

# A short connect timeout and few quick retries: every caller is retried by a queue or a stream, or is a waiting person.
# As many connections as the sweeper has threads, so that none is closed while others wait.
_QUICK = Config(
    connect_timeout=2, read_timeout=8, max_pool_connections=32, retries={"total_max_attempts": 4, "mode": "standard"}
)
# Repeating a send after an unclear answer could send an email twice, so this client never retries.
_ONCE = Config(connect_timeout=2, read_timeout=15, retries={"total_max_attempts": 1, "mode": "standard"})
# Forms and links for browsers are signed with the scheme that every region accepts.
_SIGNED = _QUICK.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
_CONFIGS = {"sesv2": _ONCE, "s3": _SIGNED}
_one_at_a_time = Lock()
"""A session must not make clients in several threads, and lists of cases are read by several."""
NOT_SENT = (EndpointConnectionError, ConnectTimeoutError)


class _OurErrors:
    """Part of each client's class: its calls raise our errors."""

    def _make_api_call(self, operation: str, params: dict[str, Any]) -> Any:
        try:
            return super()._make_api_call(operation, params)  # type: ignore[misc]
        except ClientError as error:
            raise _translated(operation, error.response) from error
        except BotoCoreError as error:
            raise NoAnswer(operation, type(error).__name__, not isinstance(error, NOT_SENT)) from error


def _translated(operation: str, response: dict[str, Any]) -> ServiceError:
    answer = {name: value for name, value in response.items() if name not in ("Error", "ResponseMetadata")}
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    answer.setdefault("message", response["Error"].get("Message", ""))
    return ServiceError(operation, response["Error"]["Code"], status, answer)


@cache
def _session() -> Session:
    """One session; every client of it gets the class above as its first base (botocore's event for such extensions)."""
    session = Session()
    session.register("creating-client-class", lambda base_classes, **_: base_classes.insert(0, _OurErrors))
    return session


def botocore_client(service: str) -> Any:
    """The client of a service."""
    with _one_at_a_time:
        return _session().create_client(service, config=_CONFIGS.get(service, _QUICK))
