"""One request to an endpoint: the address it connects to, its timeout, the Retry-After it follows."""

import threading
from typing import Any

import pytest

from chalicelib.adapters.webhooks_out.webhook_client import HttpWebhookClient
from tests.fakes import NOON


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host name that resolves elsewhere the second time gains nothing: it is resolved once."""
    looks = iter([[(2, 1, 6, "", ("93.184.215.14", 443))], [(2, 1, 6, "", ("169.254.169.254", 443))]])
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: next(looks))
    reached: list[Any] = []

    def pool(_: Any, address: str, __: Any) -> Any:
        reached.append(address)
        raise OSError("far enough")

    monkeypatch.setattr("chalicelib.adapters.webhooks_out.webhook_client.pool", pool)
    HttpWebhookClient("prod").post("https://erp.example.com/", {}, "{}", NOON)
    assert reached == ["93.184.215.14"]


@pytest.mark.parametrize("wished", ["9" * 400, "²", "-5", "soon", "1.5"])
def test_a_wish_for_a_wait_that_is_none_is_not_kept(monkeypatch: pytest.MonkeyPatch, wished: str) -> None:
    class Answer:
        status = 503
        headers = {"Retry-After": wished}  # noqa: RUF012 - of one test

        def read(self, _: int) -> bytes:
            return b"later"

        def close(self) -> None:
            pass

    monkeypatch.setattr(HttpWebhookClient, "_send", lambda *_: Answer())
    attempt = HttpWebhookClient("local").post("http://127.0.0.1/", {}, "{}", NOON)
    assert (attempt.status, attempt.retry_after) == (503, None)


def test_an_endpoint_that_dribbles_its_answer_is_left_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.adapters.webhooks_out.webhook_client.MAX_SECONDS", 0.05)

    def dribble(*_: Any) -> None:
        threading.Event().wait(0.3)
        raise OSError("at last")

    monkeypatch.setattr(HttpWebhookClient, "_send", dribble)
    attempt = HttpWebhookClient("local").post("http://127.0.0.1/", {}, "{}", NOON)
    assert (attempt.status, attempt.answer) == (None, "no answer within 0.05 s")
