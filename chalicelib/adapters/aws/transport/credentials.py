"""Whose name a request is signed in. Lambda puts credentials into environment variables; those of containers (and of
Lambda's SnapStart) are fetched and renewed by botocore."""

import os
from functools import cache
from typing import Any, NamedTuple

CONTAINER = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
"""Where there is one of these variables, credentials are fetched from that address."""
EXPIRED_CODES = frozenset({"ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException"})
"""What services answer when credentials have been replaced by others."""


class Credentials(NamedTuple):
    """An access key, its secret, and the token of its session if it is temporary."""

    access_key: str
    secret_key: str
    token: str | None


def are_known() -> bool:
    """Whether credentials are in the environment, or are fetched from an address in it."""
    return _are_in_environment() or any(os.environ.get(name) for name in CONTAINER)


def credentials() -> Credentials:
    """The current credentials. Raises botocore's NoCredentialsError or CredentialRetrievalError."""
    if _are_in_environment():
        environment = os.environ
        token = environment.get("AWS_SESSION_TOKEN") or None
        return Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"], token)
    fetched = _fetched().get_frozen_credentials()  # renews them before they expire
    return Credentials(fetched.access_key, fetched.secret_key, fetched.token)


def clear_cache() -> None:
    """Have the credentials fetched again, because a service did not accept them any more."""
    _fetched.cache_clear()


def _are_in_environment() -> bool:
    return bool(os.environ.get("AWS_ACCESS_KEY_ID") and os.environ.get("AWS_SECRET_ACCESS_KEY"))


@cache
def _fetched() -> Any:
    from botocore.exceptions import NoCredentialsError
    from botocore.session import Session

    fetched = Session().get_credentials()
    if fetched is None:
        raise NoCredentialsError()
    return fetched
