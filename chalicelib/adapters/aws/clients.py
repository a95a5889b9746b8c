"""One session, one client a service, each made on first use.

The clients are boto3's own, taken from botocore: `import boto3` brings its transfer manager and resources along,
which no function uses and every cold start would pay for (docs/decisions/0001).
"""

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session

# A short connect timeout and few quick retries: behind every caller stands a queue, a stream or a person.
_QUICK = Config(connect_timeout=2, read_timeout=8, retries={"total_max_attempts": 4, "mode": "standard"})
# A send that is repeated after an unclear answer may be sent twice, so this client never repeats.
_ONCE = Config(connect_timeout=2, read_timeout=15, retries={"total_max_attempts": 1, "mode": "standard"})


# Forms and links for browsers are signed by the scheme that every region understands.
_SIGNED = _QUICK.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
_CONFIGS = {"sesv2": _ONCE, "s3": _SIGNED}


@cache
def _session() -> Session:
    return Session()


@cache
def client(service: str) -> Any:
    """The client of an AWS service."""
    return _session().create_client(service, config=_CONFIGS.get(service, _QUICK))
