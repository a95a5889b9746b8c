"""Posting webhooks to a shop's endpoints, and to nothing else: https, and public addresses only.

The name is resolved here, every address it has is checked, and the connection goes to the one that was checked, so
no name can point elsewhere between the check and the connect. Redirects are answers, not followed.
"""

import re
import socket
import time
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Thread
from typing import Any
from urllib.parse import SplitResult, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from chalicelib.domain.endpoints import Attempt
from chalicelib.domain.instants import Instant

CONNECT_SECONDS, READ_SECONDS = 3, 10
LONGEST_SECONDS = 13  # five of these fit into the function's time
ANSWER_CHARACTERS = 1_000
TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("2002::/16"))
"""IPv6 that gateways translate to IPv4, private ones included."""


class Forbidden(Exception):
    """The address is none a webhook may go to; the message says why."""


class HttpCourier:
    """The `Courier` over HTTP. On the `local` stage plain http and loopback addresses are allowed, too."""

    def __init__(self, stage: str) -> None:
        self.local = stage == "local"

    def objection(self, url: str) -> str | None:
        """Why no webhook may go to this address; None when one may."""
        try:
            self._target(urlsplit(url))
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
            answer = self._send(parts, self._target(parts), headers, body)
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
            at=now, status=answer.status, answer=text, seconds=_since(began),
            retry_after=float(wished) if re.fullmatch("[0-9]{1,6}", wished) else None,
        )  # fmt: skip

    def _target(self, parts: SplitResult) -> str:
        """The checked address to connect to."""
        if parts.scheme != "https" and not self.local:
            raise Forbidden("only https is allowed")
        if parts.username or parts.password or not parts.hostname:
            raise Forbidden("an address has a host name, and no user or password in it")
        try:
            found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Forbidden(f"{parts.hostname} does not resolve") from None
        addresses = [str(one[4][0]) for one in found]
        if not self.local and not all(is_public(ip_address(one)) for one in addresses):
            raise Forbidden(f"{parts.hostname} is not on the public internet")
        return addresses[0]

    def _send(self, parts: SplitResult, address: str, headers: dict[str, str], body: str) -> Any:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        pool = _pool(parts, address, timeout)
        return pool.urlopen(
            "POST", path, body=body.encode(), headers=headers | {"Host": parts.netloc}, redirect=False, retries=False,
            preload_content=False,
        )  # fmt: skip


def _pool(parts: SplitResult, address: str, timeout: urllib3.Timeout) -> urllib3.HTTPConnectionPool:
    if parts.scheme != "https":
        return urllib3.HTTPConnectionPool(address, _port(parts), timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        address, _port(parts), timeout=timeout, server_hostname=parts.hostname, assert_hostname=parts.hostname
    )


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is on the public internet: no private, link-local (metadata), translated or multicast one."""
    if isinstance(address, IPv6Address):
        if any(address in network for network in TRANSLATED):
            return False
        address = address.ipv4_mapped or address
    return address.is_global and not address.is_multicast


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, Forbidden) else type(error).__name__


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)
