"""One session, and one client per service, each created on first use.

The clients come from botocore, as boto3's do: `import boto3` would also load its transfer manager and resources, which
no function uses and which slow down every cold start (docs/decisions/0001).
"""

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session

# A short connect timeout and few quick retries: every caller is retried by a queue or a stream, or is a waiting person.
_QUICK = Config(connect_timeout=2, read_timeout=8, retries={"total_max_attempts": 4, "mode": "standard"})
# Repeating a send after an unclear answer could send an email twice, so this client never retries.
_ONCE = Config(connect_timeout=2, read_timeout=15, retries={"total_max_attempts": 1, "mode": "standard"})
# Forms and links for browsers are signed with the scheme that every region accepts.
_SIGNED = _QUICK.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
_CONFIGS = {"sesv2": _ONCE, "s3": _SIGNED}


@cache
def _session() -> Session:
    return Session()


@cache
def client(service: str) -> Any:
    """The client of an AWS service."""
    return _session().create_client(service, config=_CONFIGS.get(service, _QUICK))
