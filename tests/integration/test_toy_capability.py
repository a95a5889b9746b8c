"""A capability that edits no file of another one: its fact, timer, follow-up, webhook type and figure work through the
packaged handlers of `app.py`, on moto."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.timestamps import parse_instant
from tests.support import toy_capability
from tests.support.cases.webhooks import request
from tests.support.moto.stack import SCHEDULED, MotoStack, running
from tests.support.toy_capability import WithGifts

SHOP = "demo"
START = parse_instant("2026-11-20T10:00:00+08:00") // 1000
DAY_S = 86_400


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[MotoStack]:
    """The application with a shop, a case, and the toy capability in its registries."""
    with running(START) as stack:
        services().registries = WithGifts(tmp_path / "gifts.sql")
        toy_capability.reminders.clear()
        body = {"name": "Lamps", "time_zone": "Asia/Shanghai", "locale": "zh-CN", "mail_from": "care@example.com"}
        assert stack.request("PUT", f"/v1/shops/{SHOP}", body | {"calendar": "CN"}, stack.token("admin")).status < 300
        assert send(stack, "case.requested", request(occurred_at=None), 1) == 202
        yield stack


def send(stack: MotoStack, kind: str, data: object, number: int) -> int:
    """Send a signed webhook and let everything follow; the status of the answer."""
    secret = stack.secret(SHOP, "standard")
    return stack.hook(SHOP, kind, data, secret, f"delivery-{number}").status  # type: ignore[arg-type]


def promise(stack: MotoStack, number: int = 2) -> None:
    data = {"case_external_id": request()["external_id"], "card": "给妈妈"}
    assert send(stack, "gift.promised", data, number) == 202


def event_types(stack: MotoStack) -> list[str]:
    return [
        event["type"] for event in stack.request("GET", case_path(stack, "/events"), token=admin(stack)).body["items"]
    ]


def case_path(stack: MotoStack, rest: str = "") -> str:
    found = stack.request("GET", f"/v1/cases?shop={SHOP}&external_id={request()['external_id']}", token=admin(stack))
    return f"/v1/cases/{found.body['items'][0]['id']}{rest}"


def admin(stack: MotoStack) -> str:
    return stack.token("admin")


def test_its_webhook_becomes_an_event_that_the_api_shows(stack: MotoStack) -> None:
    promise(stack)
    data = {"case_external_id": request()["external_id"], "card": "给妈妈"}
    assert send(stack, "gift.promised", data, 2) == 200  # the same delivery again
    assert event_types(stack) == ["case_opened", "gift_promised"]


def test_a_wrong_body_of_its_webhook_is_refused_in_words(stack: MotoStack) -> None:
    secret = stack.secret(SHOP, "standard")
    answer = stack.hook(SHOP, "gift.promised", {"case_external_id": "x", "cart": "typo"}, secret, "delivery-9")
    assert answer.status == 422
    assert "cart" in str(answer.body)


def test_its_timer_writes_its_fact_and_its_follow_up_reads_what_is_sealed(stack: MotoStack) -> None:
    promise(stack)
    stack.advance(2 * 3600 + 60)
    assert event_types(stack).count("gift_overdue") == 1
    assert [card for _, card in toy_capability.reminders] == ["给妈妈"]


def test_a_reply_which_is_a_fact_of_another_capability_keeps_its_promise(stack: MotoStack) -> None:
    promise(stack)
    written = stack.request(
        "POST", case_path(stack, "/messages"), {"body": "今天寄出"}, stack.token("agent", SHOP, "mei")
    )
    assert written.status == 201
    stack.advance(3 * 3600)
    assert "gift_overdue" not in event_types(stack)
    assert toy_capability.reminders == []


def test_its_figure_is_a_record_of_the_daily_metrics(stack: MotoStack) -> None:
    promise(stack)
    stack.advance(DAY_S)
    stack.invoke("nightfall", SCHEDULED)
    stack.settle()
    records = services().metrics.records_between(SHOP, "gift_overdue", "2026-11-20", "2026-11-20")
    assert [record["gifts"] for record in records] == [1]
