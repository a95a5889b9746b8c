"""One boto3 session, one client a service, each made on first use."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

# A short connect timeout and few quick retries: behind every caller stands a queue, a stream or a person.
_QUICK = Config(connect_timeout=2, read_timeout=8, retries={"total_max_attempts": 4, "mode": "standard"})
# A send that is repeated after an unclear answer may be sent twice, so this client never repeats.
_ONCE = Config(connect_timeout=2, read_timeout=15, retries={"total_max_attempts": 1, "mode": "standard"})


@cache
def _session() -> boto3.Session:
    return boto3.Session()


@cache
def client(service: str) -> Any:
    """The client of an AWS service."""
    return _session().client(service, config=_ONCE if service == "sesv2" else _QUICK)
