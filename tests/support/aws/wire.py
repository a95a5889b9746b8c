"""An AWS without a network: what our client sends is noted, and prepared answers are given."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chalicelib.adapters.aws.transport import connections
from chalicelib.adapters.aws.transport.connections import Broken, Request, Response

Reply = Response | Broken | Callable[[Request], Response]
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "AKIATEST",
    "AWS_SECRET_ACCESS_KEY": "secret",
}


def reply(status: int = 200, body: Any = None, headers: Mapping[str, str] | None = None) -> Response:
    """An answer with a JSON body; bytes are sent as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
    return Response(status, dict(headers or {}), raw)


def failure(code: str, status: int = 400, headers: Mapping[str, str] | None = None) -> Response:
    """An error of a service."""
    return reply(status, {"__type": f"com.amazonaws.v1#{code}", "message": "no"}, headers)


def broken(reason: BaseException, was_sent: bool = True, was_stale: bool = False) -> Broken:
    """A connection without an answer."""
    return Broken(reason, was_sent, was_stale)


class Wire:
    """Gives the replies one after the other, the last one again and again."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.requests: list[Request] = []
        self.waited: list[float] = []
        """For how long the client waited before each repetition, in seconds."""

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        following = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(following, Broken):
            raise following
        return following if isinstance(following, Response) else following(request)

    def use(self, monkeypatch: pytest.MonkeyPatch) -> "Wire":
        """Have our client ask this wire, by an environment as Lambda's, and wait no real time."""
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        for name in ("AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_CLIENT"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(connections, "send", self.send)
        monkeypatch.setattr("time.sleep", self.waited.append)
        return self
