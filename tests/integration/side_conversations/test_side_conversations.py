"""Side conversations over the whole application on moto: over the API, by email in and out, encrypted, erased."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.kernel.timestamps import parse_instant
from tests.support.cases.webhooks import request
from tests.support.emails.samples.writing import PNG, a_file, body, mail, several
from tests.support.moto.cloud import client
from tests.support.moto.stack import Answer, MotoStack, running
from tests.support.moto.tables import whole_table

START = parse_instant("2026-11-20T10:10:00+08:00") // 1000
FACTORY = "factory@maker.example"
BODY = {"kind": "supplier", "to": FACTORY, "subject": "the batch", "message": "is it broken", "due_seconds": 3600}


@pytest.fixture
def stack() -> Iterator[MotoStack]:
    """The application with two shops and a case of the first."""
    with running(START) as stack:
        shop = {"name": "Lamps", "time_zone": "Asia/Shanghai", "locale": "zh-CN", "mail_from": "care@example.com"}
        for name in ("demo", "other"):
            answer = stack.request("PUT", f"/v1/shops/{name}", shop | {"calendar": "CN"}, stack.token("admin"))
            assert answer.status < 300
        secret = stack.secret("demo", "standard")
        assert stack.hook("demo", "case.requested", request(occurred_at=None), secret, "d-1").status == 202
        yield stack


def mei(stack: MotoStack) -> str:
    return stack.token("agent", "demo", "mei")


def case_of(stack: MotoStack) -> dict[str, Any]:
    listed = stack.ask("GET", "/v1/cases?shop=demo&external_id=web-1", token=mei(stack)).body["items"][0]
    case: dict[str, Any] = stack.ask("GET", f"/v1/cases/{listed['id']}", token=mei(stack)).body
    return case


def side_of(stack: MotoStack) -> dict[str, Any]:
    side: dict[str, Any] = case_of(stack)["side_conversations"][-1]
    return side


def post(stack: MotoStack, path: str, content: Any = None, token: str | None = None, **headers: str) -> Answer:
    path = f"/v1/cases/{case_of(stack)['id']}/side-conversations{path}"
    return stack.request("POST", path, content, token or mei(stack), headers)


def read(stack: MotoStack) -> dict[str, Any]:
    path = f"/v1/cases/{case_of(stack)['id']}/side-conversations/{side_of(stack)['id']}"
    answer = stack.ask("GET", path, token=mei(stack))
    assert answer.status == 200
    thread: dict[str, Any] = answer.body
    return thread


def answered(stack: MotoStack, text: str = "the white ones are") -> None:
    """The factory answers with a file, to the address that our email names."""
    (sent,) = stack.mails(FACTORY)[-1:]
    content = several("mixed", body(text), a_file("proof.png", PNG, "image/png"))
    stack.receive(mail("f-1", content, From=f"Factory <{FACTORY}>", To=sent["reply_to"]), sent["reply_to"], FACTORY)


def test_a_conversation_goes_out_by_email_comes_back_and_is_shown_to_staff(stack: MotoStack) -> None:
    assert post(stack, "", BODY).status == 201
    (sent,) = stack.mails(FACTORY)
    assert sent["text"].startswith("is it broken")
    side = side_of(stack)
    assert (side["to"], side["subject"], side["waiting_for"], side["state"]) == (FACTORY, "the batch", "them", "open")
    answered(stack)
    assert side_of(stack)["waiting_for"] == "us"
    first, second = read(stack)["messages"]
    assert (first["author"], first["by"]) == ("us", {"kind": "agent", "id": "mei"})
    assert (second["author"], second["message"], second["sender"]) == ("them", "the white ones are", FACTORY)
    (file,) = second["files"]
    assert (file["name"], file["kind"]) == ("proof.png", "image/png")
    key = file["url"].partition("?")[0].partition(".amazonaws.com/")[2].removeprefix("evidence/")
    assert client("s3").get_object(Bucket="evidence", Key=key)["Body"].read() == PNG
    whole = stack.ask("GET", f"/v1/cases/{case_of(stack)['id']}/mails/{second['mail']}", token=mei(stack))
    assert whole.body["text"].strip() == "the white ones are"
    listed = stack.ask("GET", "/v1/cases?shop=demo", token=mei(stack)).body["items"][0]["side_conversations"]
    assert [(one["to"], one["waiting_for"]) for one in listed] == [(None, "us")]


def test_time_reminds_once_and_closing_needs_no_body(stack: MotoStack) -> None:
    post(stack, "", BODY)
    stack.advance(2 * 86_400)
    assert side_of(stack)["overdue"] is True
    mails = [one for one in stack.mails("care@example.com") if "/desk/demo/cases/" in one["text"]]
    assert len([one for one in mails if "升级" not in one["subject"]]) == 1  # the others tell of its escalations
    side = side_of(stack)["id"]
    assert post(stack, f"/{side}/close").status == 200
    assert (side_of(stack)["state"], side_of(stack)["overdue"]) == ("closed", False)
    assert post(stack, f"/{side}/messages", {"body": "again"}).status == 201
    assert [one["text"].split("\r\n")[0].split("\n")[0] for one in stack.mails(FACTORY)] == ["is it broken", "again"]


def test_the_same_request_twice_is_one_message_and_a_stale_one_is_refused(stack: MotoStack) -> None:
    for _ in range(2):
        assert post(stack, "", BODY, **{"Idempotency-Key": "k-1"}).status == 201
    assert len(stack.mails(FACTORY)) == 1
    side = side_of(stack)["id"]
    assert post(stack, f"/{side}/messages", {"body": "?"}, **{"If-Match": '"1"'}).status == 412
    assert post(stack, f"/{side}/messages", {"body": ""}).status == 422
    assert post(stack, f"/{side}/messages", {"body": "?", "public": True}).status == 422
    assert post(stack, "/01KAJ4Z2C07Q9X3T5V8W1Y4A6B/close").status == 404


def test_another_shops_staff_find_nothing(stack: MotoStack) -> None:
    post(stack, "", BODY)
    path, stranger = f"/v1/cases/{case_of(stack)['id']}/side-conversations", stack.token("agent", "other", "tom")
    side = side_of(stack)["id"]
    found = [
        stack.ask("GET", f"{path}/{side}", token=stranger).status,
        *(
            stack.ask("POST", f"{path}{end}", BODY, stranger).status
            for end in ("", f"/{side}/messages", f"/{side}/close")
        ),
    ]
    assert found == [404] * 4


def test_every_text_and_address_is_encrypted_and_gone_with_the_customer(stack: MotoStack) -> None:
    post(stack, "", BODY)
    answered(stack)
    post(stack, f"/{side_of(stack)['id']}/close", {"reason": "the end of it"})
    words = (FACTORY, "the batch", "is it broken", "the white ones", "proof.png", "the end of it")
    assert [word for word in words if word in whole_table()] == []
    assert all(word in json.dumps(read(stack)) for word in words[:-1])
    customer = case_of(stack)["customer"]["id"]
    assert stack.request("DELETE", f"/v1/customers/{customer}", token=stack.token("admin")).status == 200
    assert (side_of(stack)["to"], side_of(stack)["subject"], side_of(stack)["received"]) == (None, None, 1)
    assert [word for word in words if word in json.dumps(read(stack))] == []
    assert client("s3").list_objects_v2(Bucket="evidence").get("KeyCount") == 0
    before = len(stack.sent)
    assert post(stack, f"/{side_of(stack)['id']}/messages", {"body": "hello?"}).status == 201
    assert len(stack.sent) == before


def test_reading_a_conversation_is_recorded(stack: MotoStack) -> None:
    post(stack, "", BODY)
    read(stack)
    customer = case_of(stack)["customer"]["id"]
    found = stack.ask("GET", f"/v1/customers/{customer}/accesses", token=stack.token("admin")).body["items"]
    assert {one["by"] for one in found} >= {"mei"}
