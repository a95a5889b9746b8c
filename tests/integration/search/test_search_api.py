"""Searching through the API: who may, what is recorded, and that nobody stores or logs what was searched for."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.adapters.aws import keys
from chalicelib.bootstrap import services
from chalicelib.domain.kernel.timestamps import parse_instant
from tests.support.cases.webhooks import request
from tests.support.moto.stack import Answer, MotoStack, running

START = parse_instant("2026-11-20T10:10:00+08:00") // 1000
SHOP = {
    "name": "Lamps",
    "time_zone": "Asia/Shanghai",
    "locale": "zh-CN",
    "mail_from": "care@example.com",
    "calendar": "CN",
}


@pytest.fixture
def stack() -> Iterator[MotoStack]:
    """The application with a shop, and cases that its own functions have indexed."""
    with running(START) as stack:
        admin = stack.token("admin")
        assert stack.request("PUT", "/v1/shops/demo", SHOP, admin).status < 300
        secret = stack.secret("demo", "standard")
        for number, message in enumerate(("快递破损，要退款", "refund please", "要退款")):
            opening = request(occurred_at=None, external_id=f"web-{number}", message=message, historical=number == 2)
            assert stack.hook("demo", "case.requested", opening, secret, f"d-{number}").status == 202
        yield stack


def mei(stack: MotoStack) -> str:
    return stack.token("agent", "demo", "mei")


def post(stack: MotoStack, token: str, q: str, **more: Any) -> Answer:
    return stack.ask("POST", "/v1/cases/search", {"shop": "demo", "q": q, **more}, token)


def test_words_of_two_characters_find_live_and_historical_cases(stack: MotoStack) -> None:
    answer = post(stack, mei(stack), "退款")
    assert answer.status == 200
    assert {(item["case"]["external_id"], item["by"]) for item in answer.body["items"]} == {
        ("web-0", "words"),
        ("web-2", "words"),
    }
    assert answer.body["next"] is None
    snippet = answer.body["items"][0]["snippet"]
    assert [snippet["text"][start:end] for start, end in snippet["marks"]] == ["退款"]


def test_both_ways_to_ask_give_the_same_answer_which_nobody_may_store(stack: MotoStack) -> None:
    by_body = post(stack, mei(stack), "refund")
    by_parameters = stack.ask("GET", "/v1/cases/search?shop=demo&q=refund", token=mei(stack))
    assert by_body.body == by_parameters.body
    assert by_body.headers["cache-control"] == by_parameters.headers["cache-control"] == "no-store"


def test_pages_follow_each_other_by_their_cursor(stack: MotoStack) -> None:
    first = post(stack, mei(stack), "退款", limit=1)
    second = post(stack, mei(stack), "退款", limit=1, next=first.body["next"])
    assert [len(page.body["items"]) for page in (first, second)] == [1, 1]
    assert first.body["items"][0]["case"]["id"] != second.body["items"][0]["case"]["id"]
    assert post(stack, mei(stack), "退款", next="!").status == 422
    assert stack.ask("GET", "/v1/cases/search?shop=demo&q=x&next=bm9uZQ==", token=mei(stack)).status == 422


def test_another_shop_does_not_exist_and_what_is_no_search_is_refused(stack: MotoStack) -> None:
    stranger = stack.token("agent", "other", "lee")
    assert post(stack, stranger, "退款").status == 404
    assert stack.ask("GET", "/v1/cases/search?shop=demo&q=x", token=stranger).status == 404
    assert stack.ask("GET", "/v1/cases/search?shop=demo", token=mei(stack)).status == 422
    assert stack.ask("GET", "/v1/cases/search?q=x", token=mei(stack)).status == 422
    assert stack.ask("GET", "/v1/cases/search?shop=demo&q=x&sort=up", token=mei(stack)).status == 422
    for body in ({"q": "x"}, {"shop": "demo", "q": ""}, {"shop": "demo", "q": "x" * 201}, {"shop": "demo", "q": " "}):
        assert stack.ask("POST", "/v1/cases/search", body, mei(stack)).status == 422


def test_what_cannot_be_found_says_why(stack: MotoStack) -> None:
    assert post(stack, mei(stack), "退").body == {"items": [], "next": None, "hint": "type_two"}
    assert post(stack, mei(stack), "您好").body["hint"] == "too_common"
    assert post(stack, mei(stack), "nothing-like-it").body["hint"] is None


def test_who_read_the_results_is_recorded_and_what_was_asked_is_not_logged(
    stack: MotoStack, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = post(stack, mei(stack), "refund")
    customer = answer.body["items"][0]["case"]["customer"]["id"]
    recorded = services().table.query(keys.customer(customer[-16:]), between=("A#", "A$"))
    assert [item["what"] for item in recorded if item["by"] == "mei"] == ["search"]
    assert "refund" not in capsys.readouterr().out


def test_a_shop_can_do_without_words(stack: MotoStack) -> None:
    admin, secret = stack.token("admin"), stack.secret("demo", "standard")
    assert stack.ask("GET", "/v1/shops/demo", token=admin).body["search"] == {"words": True}
    assert stack.request("PUT", "/v1/shops/demo", SHOP | {"search": {"words": False}}, admin).status == 200
    assert stack.request("PUT", "/v1/shops/demo", SHOP, admin).body["search"] == {"words": False}
    services().shops.shop("demo")
    opening = request(occurred_at=None, external_id="web-9", message="a plinth")
    assert stack.hook("demo", "case.requested", opening, secret, "d-9").status == 202
    assert post(stack, mei(stack), "plinth").body["items"] == []
