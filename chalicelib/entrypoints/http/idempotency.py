"""Requests that must take effect once: their idempotency keys, and the version they expect."""

import hashlib
import re
from collections.abc import Callable
from typing import TypeVar

from chalice.app import Request

from chalicelib.domain.kernel.errors import Conflict, Stale, invalid
from chalicelib.entrypoints.http.callers import Caller
from chalicelib.entrypoints.http.requests import raw_body
from chalicelib.usecases.ports.cases import AlreadyAnswered, IdempotencyRecord

T = TypeVar("T")
NO_VERSION = -1  # for an ETag that we never gave


def expected_version(request: Request) -> int | None:
    """The version that `If-Match` names; None without that header, or with `*`."""
    text = request.headers.get("if-match")
    if text is None or text.strip() == "*":
        return None
    digits = text.strip().removeprefix("W/").strip('"')
    return int(digits) if re.fullmatch("[0-9]{1,9}", digits) else NO_VERSION


def idempotency_of(request: Request, caller: Caller) -> IdempotencyRecord | None:
    """The request's idempotency record, if it has a key. Keys of different callers are different."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 1 <= len(key) <= 255:
        raise invalid("Idempotency-Key", "has 1 to 255 characters")
    return record_of(caller, key, f"{request.method} {request.context.get('path', '')}\n".encode() + raw_body(request))


def record_of(caller: Caller, key: str, content: bytes) -> IdempotencyRecord:
    """The idempotency record of a caller's request with this key and content."""
    return IdempotencyRecord(_digest(f"{caller.id}\n{key}".encode()), _digest(content))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:40]


def run_once(
    idempotency: IdempotencyRecord | None,
    answered: Callable[[str], IdempotencyRecord | None],
    do: Callable[[], T],
    again: Callable[[IdempotencyRecord], T],
) -> T:
    """Handle a request (`do`), or give the answer it got before (`again`). Invalid when its key was used for another
    request."""
    before = answered(idempotency.key) if idempotency else None
    if before is None:
        try:
            return do()
        except AlreadyAnswered as error:
            before = error.idempotency
        except (Stale, Conflict):  # perhaps because the same request was handled at the same time
            before = answered(idempotency.key) if idempotency else None
            if before is None:
                raise
    if idempotency is None or before.digest != idempotency.digest:
        raise invalid("Idempotency-Key", "was used for another request; choose a new one")
    return again(before)
