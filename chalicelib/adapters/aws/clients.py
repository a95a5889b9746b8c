"""One client per service, created on first use.

The services that most requests need are called by our own client, because botocore's calls take four times its CPU and
loading botocore takes most of a cold start (docs/decisions/0023-transport.md)."""

import os
from functools import cache
from typing import Any

from chalicelib.adapters.aws.transport import credentials
from chalicelib.adapters.aws.transport.client import PROTOCOLS, Client
from chalicelib.adapters.aws.transport.endpoints import CONNECTIONS, endpoint_of

BOTOCORE = "botocore"
"""The value of the variable AWS_CLIENT that has botocore call every service."""


@cache
def client(service: str) -> Any:
    """The client of an AWS service. Its calls raise ServiceError."""
    own = service in (*PROTOCOLS, CONNECTIONS) and os.environ.get("AWS_CLIENT") != BOTOCORE and credentials.are_known()
    endpoint = endpoint_of(service) if own else None
    if endpoint is not None and service == CONNECTIONS:
        from chalicelib.adapters.aws.transport.connections_client import ConnectionsClient

        return ConnectionsClient(endpoint)
    if endpoint is not None:
        return Client(endpoint)
    from chalicelib.adapters.aws.transport.botocore_clients import botocore_client

    return botocore_client(service)
