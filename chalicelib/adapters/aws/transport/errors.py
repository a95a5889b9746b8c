"""The errors of a call to AWS. Calls through botocore raise the same ones (`botocore_clients`), so adapters catch only
these."""

from collections.abc import Mapping
from typing import Any


class ServiceError(Exception):
    """The service refused a call. `code`: the name of its error, without a namespace; the HTTP status where the answer
    names none. `answer`: the fields of its body."""

    def __init__(self, operation: str, code: str, status: int = 400, answer: Mapping[str, Any] | None = None) -> None:
        self.operation, self.code, self.status = operation, code, status
        self.answer = dict(answer or {})
        self.server_time: float | None = None
        """When the service sent its answer, in seconds since 1970."""
        self.retry_after_ms: str | None = None
        """How long the service asks us to wait."""
        super().__init__(operation, code)

    def __str__(self) -> str:
        message = self.answer.get("message") or self.answer.get("Message")
        return f"{self.operation}: {self.code}{f': {message}' if message else ''}"


class NoAnswer(ServiceError):
    """No usable answer came: the connection was refused, broke, or took too long. `was_sent`: whether the service may
    have carried out the call. `was_stale`: the connection had been closed while it was idle."""

    def __init__(self, operation: str, code: str, was_sent: bool, was_stale: bool = False) -> None:
        super().__init__(operation, code, 0)
        self.was_sent, self.was_stale = was_sent, was_stale
