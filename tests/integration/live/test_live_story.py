"""The whole way on moto: a change is stored, relayed, noted, read from the feed, and sent to the open pages."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.adapters.live.socket_sender import ConnectionSender
from chalicelib.bootstrap import services
from tests.support.moto.stack import MotoStack, running

NOON = 1_795_492_800
SHOP = {
    "name": "Demo",
    "time_zone": "Asia/Shanghai",
    "locale": "zh-CN",
    "mail_from": "care@example.com",
    "calendar": "CN",
}
CASE = {
    "shop": "demo",
    "external_id": "web-1",
    "type": "question",
    "channel": "web",
    "subject": "灯不亮",
    "message": "在吗",
    "customer": {"external_id": "fang"},
}
MEI = "mei|agent shop:demo"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What was sent to open pages. Connections that begin with `gone` are closed."""
    texts: list[tuple[str, Any]] = []

    def send(_: object, wanted: dict[str, str]) -> list[str]:
        texts.extend((connection, json.loads(text)) for connection, text in wanted.items())
        return [connection for connection in wanted if connection.startswith("gone")]

    monkeypatch.setattr(ConnectionSender, "send", send)
    return texts


@pytest.fixture
def stack(sent: list[tuple[str, Any]]) -> Iterator[MotoStack]:
    with running(NOON) as made:
        assert made.request("PUT", "/v1/shops/demo", SHOP, made.token("admin")).status == 200
        yield made


def changes(stack: MotoStack, since: str | None = None, token: str = MEI) -> Any:
    query = f"&since={since}" if since else ""
    answer = stack.request("GET", f"/v1/cases/changes?shop=demo{query}", token=token)
    assert answer.status == 200, answer
    return answer.body


def event(kind: str, connection: str, **more: Any) -> dict[str, Any]:
    context = {"connectionId": connection, "domainName": "x", "stage": "api", "apiId": "a", "eventType": kind}
    return {"requestContext": context, "isBase64Encoded": False, **more}


def connect(stack: MotoStack, connection: str, ticket: str) -> int:
    asked = {"ticket": ticket} if ticket else None
    answer = stack.invoke("websocket_connect", event("CONNECT", connection, queryStringParameters=asked))
    return int(answer["statusCode"])


def ticket(stack: MotoStack, token: str = MEI, shop: str = "demo") -> str:
    answer = stack.request("POST", "/v1/live/tickets", {"shop": shop}, token)
    assert answer.status == 201, answer
    return str(answer.body["url"].partition("?ticket=")[2])


def test_a_case_that_is_opened_and_answered_is_in_the_feed_and_on_open_pages(
    stack: MotoStack, sent: list[tuple[str, Any]]
) -> None:
    start = changes(stack)["next"]
    for connection in ("c-1", "gone"):
        assert connect(stack, connection, ticket(stack)) == 200
    case = stack.request("POST", "/v1/cases", CASE, MEI).body
    stack.advance(5)
    stack.request("POST", f"/v1/cases/{case['id']}/messages", {"body": "您好"}, MEI)
    stack.advance(5)
    page = changes(stack, start)
    newest = page["items"][-1]
    assert newest == {"case": case["id"], "version": 2, "number": case["number"], "what": "reply_sent"}
    assert changes(stack, page["next"])["items"] == []
    nudges = [(connection, text) for connection, text in sent if "changed" in text]
    assert nudges[0][1] == {"changed": [{**newest, "version": 1, "what": "case_opened"}]}
    assert sorted({connection for connection, _ in nudges}) == ["c-1", "gone"]
    assert [connection for connection, text in nudges if text["changed"][-1]["version"] == 2] == ["c-1"]
    assert "您好" not in str(nudges)


def test_history_is_in_no_feed(stack: MotoStack) -> None:
    start = changes(stack)["next"]
    stack.request("POST", "/v1/cases", {**CASE, "historical": True, "occurred_at": "2026-01-05T00:00:00Z"}, MEI)
    assert changes(stack, start)["items"] == []


def test_a_ticket_opens_one_socket_and_no_ticket_none(stack: MotoStack) -> None:
    secret = ticket(stack)
    assert [connect(stack, name, secret) for name in ("c-1", "c-2")] == [200, 403]
    assert [connect(stack, name, text) for name, text in (("c-3", ""), ("c-4", "guessed"))] == [403, 403]
    late = ticket(stack)
    stack.advance(61)
    assert connect(stack, "c-5", late) == 403


def test_who_reads_and_writes_is_sent_to_the_shop_until_the_page_is_closed(
    stack: MotoStack, sent: list[tuple[str, Any]]
) -> None:
    case = stack.request("POST", "/v1/cases", CASE, MEI).body["id"]
    connect(stack, "c-mei", ticket(stack))
    connect(stack, "c-li", ticket(stack, "li|supervisor shop:demo"))
    connect(stack, "c-bo", ticket(stack, "bo|agent shop:other admin", "demo"))
    stack.invoke("websocket_message", event("MESSAGE", "c-mei", body=json.dumps({"write": case})))
    people = {"people": [{"case": case, "reading": [], "writing": ["mei"]}]}
    assert dict(sent) == {"c-mei": {"here": []}, "c-li": people, "c-bo": people}
    sent.clear()
    stack.invoke("websocket_disconnect", event("DISCONNECT", "c-mei"))
    assert dict(sent)["c-li"] == {"people": [{"case": case, "reading": [], "writing": []}]}
    assert services().sockets.read("c-mei") is None


def test_another_shops_feed_and_tickets_are_not_there(stack: MotoStack) -> None:
    stranger = "bo|agent shop:other"
    assert stack.request("GET", "/v1/cases/changes?shop=demo", token=stranger).status == 404
    assert stack.request("POST", "/v1/live/tickets", {"shop": "demo"}, stranger).status == 404
    assert stack.request("GET", "/v1/cases/changes?shop=nowhere", token="root|admin").status == 404


@pytest.mark.parametrize(
    ("query", "path"), [("shop=demo&since=x", "since"), ("shop=demo&limit=0", "limit"), ("shop=demo&next=x", "next")]
)
def test_a_wrong_parameter_is_named(stack: MotoStack, query: str, path: str) -> None:
    answer = stack.request("GET", f"/v1/cases/changes?{query}", token=MEI)
    assert (answer.status, answer.body["errors"][0]["path"]) == (422, path)


def test_a_worker_that_fails_half_way_is_made_good_by_the_next_delivery(
    stack: MotoStack, sent: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = changes(stack)["next"]
    connect(stack, "c-1", ticket(stack))
    add, failures = type(services().feed).add, [OSError("the table is away")]

    def failing(feed: Any, shop: str, row: Any) -> None:
        if failures:
            raise failures.pop()
        add(feed, shop, row)

    monkeypatch.setattr(type(services().feed), "add", failing)
    with pytest.raises(RuntimeError, match="live failed"):
        stack.request("POST", "/v1/cases", CASE, MEI)
    stack.deliver("live", json.dumps({"pk": f"CASE#{_key()}", "sk": "E#0"}))
    stack.deliver("live", json.dumps({"pk": f"CASE#{_key()}", "sk": "E#0"}))
    assert [item["version"] for item in changes(stack, start)["items"]] == [1]
    assert len([text for _, text in sent if "changed" in text]) == 1


def _key() -> str:
    from chalicelib.domain.kernel.ids import case_key

    return case_key("demo", "web-1")
