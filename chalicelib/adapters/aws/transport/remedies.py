"""What is put right at once when a call fails for a reason that lies with us: an old connection, old credentials, a
wrong clock. Each is tried once per call, without waiting. Another thread may have put it right meanwhile, so it is
judged by what the request was signed by, and not by what the client would sign by now."""

import time
from typing import Protocol

from chalicelib.adapters.aws.transport import credentials
from chalicelib.adapters.aws.transport.credentials import Credentials
from chalicelib.adapters.aws.transport.errors import NoAnswer, ServiceError

CLOCK_CODES = frozenset(
    {
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "RequestTimeTooSkewed",
        "RequestExpired",
        "RequestInTheFuture",
        "AuthFailure",
    }
)
"""What services answer when a request was signed too early or too late, among other things."""
TOLERATED_SECONDS = 240
"""Services accept five minutes; a smaller difference is not the reason."""

SignedBy = tuple[Credentials, float]
"""Whose name a request was signed in, and by how many seconds our clock was corrected for that."""


class HasClock(Protocol):
    """A client that signs by the clock of its service."""

    clock_offset: float


class Remedies:
    """The remedies of one call."""

    def __init__(self) -> None:
        self.tried: set[str] = set()

    def apply(self, error: ServiceError, client: HasClock, signed_by: SignedBy) -> bool:
        """Put the reason of an error right; whether the call is to be repeated at once."""
        signer, clock_offset = signed_by
        if isinstance(error, NoAnswer):
            return error.was_stale and self._is_first("connection")
        if error.code in credentials.EXPIRED_CODES and self._is_first("credentials"):
            credentials.clear_cache()
            return credentials.credentials() != signer
        if error.code in CLOCK_CODES and error.server_time is not None:
            ahead = error.server_time - time.time()
            if abs(ahead - clock_offset) > TOLERATED_SECONDS and self._is_first("clock"):
                client.clock_offset = ahead
                return True
        return False

    def _is_first(self, remedy: str) -> bool:
        is_first = remedy not in self.tried
        self.tried.add(remedy)
        return is_first
