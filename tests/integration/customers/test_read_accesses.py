"""Who read a customer's data: what was recorded, and what the events of their cases show, in one list."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.adapters.aws import keys
from chalicelib.bootstrap import services
from chalicelib.domain.kernel.timestamps import parse_instant
from tests.support.cases.webhooks import request
from tests.support.moto.stack import MotoStack, running

START = parse_instant("2026-11-20T10:10:00+08:00") // 1000
HOUR_S, DAY_S = 3600, 86_400


@pytest.fixture
def stack() -> Iterator[MotoStack]:
    """The application with a shop and a case."""
    with running(START) as stack:
        body = {"name": "Lamps", "time_zone": "Asia/Shanghai", "locale": "zh-CN", "mail_from": "care@example.com"}
        assert stack.request("PUT", "/v1/shops/demo", body | {"calendar": "CN"}, stack.token("admin")).status < 300
        secret = stack.secret("demo", "standard")
        assert stack.hook("demo", "case.requested", request(occurred_at=None), secret, "d-1").status == 202
        yield stack


def mei(stack: MotoStack) -> str:
    return stack.token("agent", "demo", "mei")


def case_of(stack: MotoStack) -> dict[str, Any]:
    found = stack.ask("GET", f"/v1/cases?shop=demo&external_id={request()['external_id']}", token=stack.token("admin"))
    shown: dict[str, Any] = found.body["items"][0]
    return shown


def recorded(customer: str) -> list[str]:
    """What was recorded of reading this customer, besides what the tests themselves read as admin."""
    items = services().table.query(keys.customer(customer[-16:]), between=("A#", "A$"))
    return [item["what"] for item in items if item["by"] == "mei"]


def shown(stack: MotoStack, customer: str, limit: int = 100) -> list[tuple[str, str, str]]:
    """All pages of the list."""
    found: list[tuple[str, str, str]] = []
    path = f"/v1/customers/{customer}/accesses?limit={limit}"
    answer = stack.ask("GET", path, token=stack.token("admin")).body
    while True:
        found += [(one["hour"], one["what"], one["by"]) for one in answer["items"] if one["by"] != "admin"]
        if answer["next"] is None:
            return found
        answer = stack.ask("GET", f"{path}&next={answer['next']}", token=stack.token("admin")).body


def command(stack: MotoStack, path: str, body: dict[str, Any], by: str = "mei", **headers: str) -> int:
    token = stack.token("agent", "demo", by)
    return stack.request("POST", f"/v1/cases/{case_of(stack)['id']}{path}", body, token, headers).status


def test_a_command_is_shown_by_its_event_and_recorded_nowhere_else(stack: MotoStack) -> None:
    customer = case_of(stack)["customer"]["id"]
    assert command(stack, "/messages", {"body": "好的"}) == 201
    assert command(stack, "/escalate", {"reason": "?"}) == 200
    assert recorded(customer) == []
    assert shown(stack, customer) == [("2026-11-20T02:00:00.000Z", "case", "mei")]


def test_a_command_that_stores_no_event_is_recorded_if_it_shows_the_case(stack: MotoStack) -> None:
    customer = case_of(stack)["customer"]["id"]
    assert command(stack, "/status", {"status": "new"}) == 200
    assert recorded(customer) == ["case"]
    assert shown(stack, customer) == [("2026-11-20T02:00:00.000Z", "case", "mei")]


def test_a_request_that_is_answered_again_is_recorded_though_its_event_is_of_an_earlier_hour(stack: MotoStack) -> None:
    customer = case_of(stack)["customer"]["id"]
    again: dict[str, str] = {"Idempotency-Key": "once"}
    assert command(stack, "/messages", {"body": "好的"}, **again) == 201
    stack.advance(HOUR_S)
    assert command(stack, "/messages", {"body": "好的"}, **again) == 201
    assert [hour[11:13] for hour, _, _ in shown(stack, customer)] == ["02", "03"]


def test_a_refused_command_shows_nothing_and_is_not_recorded(stack: MotoStack) -> None:
    customer = case_of(stack)["customer"]["id"]
    assert command(stack, "/messages", {"body": "好的"}, **{"If-Match": '"7"'}) == 412
    assert (recorded(customer), shown(stack, customer)) == ([], [])


def test_an_agent_of_another_help_desk_has_read_nothing_here(stack: MotoStack) -> None:
    customer = case_of(stack)["customer"]["id"]
    data = {"case_external_id": request()["external_id"], "agent": "mei", "message": "好的"}
    stack.hook("demo", "case.replied", data, stack.secret("demo", "standard"), "d-2")
    assert shown(stack, customer) == []


def test_both_kinds_are_in_one_order_on_pages_of_any_size(stack: MotoStack) -> None:
    customer = case_of(stack)["customer"]["id"]
    for hour in range(4):
        for by in ("mei", "lee"):
            assert command(stack, "/messages", {"body": f"{hour}"}, by) == 201
            assert stack.ask("GET", f"/v1/customers/{customer}", token=stack.token("agent", "demo", by)).status == 200
        assert stack.ask("GET", f"/v1/cases/{case_of(stack)['id']}", token=mei(stack)).status == 200
        stack.advance(HOUR_S)
    whole = shown(stack, customer)
    assert whole == sorted(set(whole))
    assert [(what, by) for _, what, by in whole] == [
        ("case", "lee"),
        ("case", "mei"),
        ("profile", "lee"),
        ("profile", "mei"),
    ] * 4
    for limit in (1, 2, 3, 5, 16):
        assert shown(stack, customer, limit) == whole


def test_after_366_days_it_is_no_longer_known_who_worked_on_a_case(stack: MotoStack) -> None:
    customer = case_of(stack)["customer"]["id"]
    assert command(stack, "/messages", {"body": "好的"}) == 201
    stack.clock.move_to(START + 366 * DAY_S)
    assert len(shown(stack, customer)) == 1
    stack.clock.move_to(START + 367 * DAY_S)
    assert shown(stack, customer) == []
