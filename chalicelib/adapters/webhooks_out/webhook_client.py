"""Posting webhooks to a shop's endpoints. Redirects are answers, not followed."""

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

CONNECT_SECONDS, READ_SECONDS = 3, 10
LONGEST_SECONDS = 13  # five of these fit into the function's time
ANSWER_CHARACTERS = 1_000


class HttpWebhookClient:
    """The `WebhookClient` over HTTP. On the `local` stage plain http and loopback addresses are allowed, too."""

    def __init__(self, stage: str) -> None:
        self.local = stage == "local"

    def objection(self, url: str) -> str | None:
        """Why no webhook may go to this address; None when one may."""
        try:
            target(urlsplit(url), self.local)
        except (Forbidden, ValueError) as why:
            return str(why)
        return None

    def post(self, url: str, headers: dict[str, str], body: str, now: Instant) -> Attempt:
        """Post once. Whatever happens is an attempt, and it ends: one that dribbles its answer is left to itself."""
        made: list[Attempt] = []
        attempt = Thread(target=lambda: made.append(self._post(url, headers, body, now)), daemon=True)
        attempt.start()
        attempt.join(LONGEST_SECONDS)
        late = Attempt(at=now, answer=f"no answer within {LONGEST_SECONDS} s", seconds=float(LONGEST_SECONDS))
        return made[0] if made else late

    def _post(self, url: str, headers: dict[str, str], body: str, now: Instant) -> Attempt:
        began = time.monotonic()
        try:
            parts = urlsplit(url)
            answer = self._send(parts, target(parts, self.local), headers, body)
        except (Forbidden, HTTPError, OSError, ValueError) as error:
            return Attempt(at=now, answer=_why(error), seconds=_since(began))
        try:
            text = answer.read(ANSWER_CHARACTERS).decode("utf-8", "replace")
        except (HTTPError, OSError) as error:
            text = _why(error)
        finally:
            answer.close()
        wished = answer.headers.get("Retry-After", "")
        return Attempt(
            at=now,
            status=answer.status,
            answer=text,
            seconds=_since(began),
            retry_after=float(wished) if re.fullmatch("[0-9]{1,6}", wished) else None,
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


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, Forbidden) else type(error).__name__


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)
