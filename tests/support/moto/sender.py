"""Sends the requests of our own AWS client to moto in this process, and those that moto does not answer nowhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from unittest.mock import patch

from botocore.awsrequest import AWSPreparedRequest
from moto.core.models import botocore_stubber

from chalicelib.adapters.aws.transport import connections
from chalicelib.adapters.aws.transport.connections import Request, Response

_ONE_AT_A_TIME = RLock()
"""A transaction of DynamoDB is seen as a whole; moto writes it item by item, so that threads would come in between."""


def send_to_moto(request: Request) -> Response:
    """What moto answers to a request."""
    if not botocore_stubber.enabled:
        raise AssertionError("moto is not running, and tests send nothing to AWS")
    url = f"{request.endpoint.scheme}://{request.endpoint.host}/"
    with _ONE_AT_A_TIME:
        answer = botocore_stubber.process_request(AWSPreparedRequest("POST", url, request.headers, request.body, False))
    assert answer is not None, f"moto does not know {url}"
    status, headers, body = answer
    lower = {name.lower(): str(value) for name, value in headers.items()}
    return Response(status, lower, body.encode() if isinstance(body, str) else body)


@contextmanager
def requests_go_to_moto() -> Iterator[None]:
    """Inside this block, our own AWS client asks moto."""
    with patch.object(connections, "send", send_to_moto):
        yield
