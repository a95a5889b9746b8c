"""Sends webhooks to a shop's endpoints. Redirects count as answers and are not followed."""

import re
import time
from threading import Thread
from typing import Any
from urllib.parse import SplitResult, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from chalicelib.adapters.aws.egress_guard import Forbidden, pool, target
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.webhooks_out.endpoint import Attempt

CONNECT_SECONDS = 3
READ_SECONDS = 10
MAX_SECONDS = 13  # five of these fit into the function's timeout
ANSWER_CHARACTERS = 1_000


class HttpWebhookClient:
    """The `WebhookClient` port over HTTP. The stage `local` also allows plain http and loopback addresses."""

    def __init__(self, stage: str) -> None:
        self.local = stage == "local"

    def objection(self, url: str) -> str | None:
        """Why no webhook may be sent to this URL; None when one may."""
        try:
            target(urlsplit(url), self.local)
        except (Forbidden, ValueError) as error:
            return str(error)
        return None

    def post(self, url: str, headers: dict[str, str], body: str, now: Instant) -> Attempt:
        """Post once; every result is an attempt. An answer that comes too slowly is no longer waited for."""
        attempts: list[Attempt] = []
        thread = Thread(target=lambda: attempts.append(self._post(url, headers, body, now)), daemon=True)
        thread.start()
        thread.join(MAX_SECONDS)
        late = Attempt(at=now, answer=f"no answer within {MAX_SECONDS} s", seconds=float(MAX_SECONDS))
        return attempts[0] if attempts else late

    def _post(self, url: str, headers: dict[str, str], body: str, now: Instant) -> Attempt:
        started = time.monotonic()
        try:
            parts = urlsplit(url)
            answer = self._send(parts, target(parts, self.local), headers, body)
        except (Forbidden, HTTPError, OSError, ValueError) as error:
            return Attempt(at=now, answer=_describe(error), seconds=_seconds_since(started))
        try:
            text = answer.read(ANSWER_CHARACTERS).decode("utf-8", "replace")
        except (HTTPError, OSError) as error:
            text = _describe(error)
        finally:
            answer.close()
        retry_after = answer.headers.get("Retry-After", "")
        return Attempt(
            at=now,
            status=answer.status,
            answer=text,
            seconds=_seconds_since(started),
            retry_after=float(retry_after) if re.fullmatch("[0-9]{1,6}", retry_after) else None,
        )

    def _send(self, parts: SplitResult, address: str, headers: dict[str, str], body: str) -> Any:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        return pool(parts, address, timeout).urlopen(
            "POST",
            path,
            body=body.encode(),
            headers=headers | {"Host": parts.netloc},
            redirect=False,
            retries=False,
            preload_content=False,
        )


def _describe(error: Exception) -> str:
    return str(error) if isinstance(error, Forbidden) else type(error).__name__


def _seconds_since(started: float) -> float:
    return round(time.monotonic() - started, 3)
