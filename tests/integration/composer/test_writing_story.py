"""An agent writes, through the handlers of `app.py` on moto: with the table, the stream, the queues and time."""

import json
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from nacl.exceptions import CryptoError

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.timestamps import parse_instant
from tests.support.moto.cloud import EVIDENCE, client
from tests.support.moto.stack import MotoStack, running
from tests.support.moto.tables import whole_table

START = parse_instant("2026-11-20T10:10:00+08:00") // 1000
FANG = "fang@example.net"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SECRET_WORDS = "秘密的话"


@pytest.fixture
def stack() -> Iterator[MotoStack]:
    """The application with a shop, an agent, and a case that an email opened."""
    with running(START) as stack:
        body = {"name": "Lamps", "time_zone": "Asia/Shanghai", "locale": "zh-CN", "mail_from": "care@example.com"}
        assert stack.request("PUT", "/v1/shops/demo", body | {"calendar": "CN"}, stack.token("admin")).status < 300
        ask(stack, "PUT", "/v1/shops/demo/agents/lee", {"name": "Lee", "email": "lee@example.com"}, boss(stack))
        write_email(stack, "first", "台灯不亮", "demo@in.example.com")
        yield stack


def write_email(stack: MotoStack, name: str, text: str, to: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = FANG, to, "Lamp", f"<{name}@client.example>"
    mail.set_content(text)
    stack.receive(mail.as_bytes(), to, FANG)


def mei(stack: MotoStack) -> str:
    return stack.token("agent", "demo", "mei")


def boss(stack: MotoStack) -> str:
    return stack.token("supervisor", "demo", "lin")


def ask(stack: MotoStack, method: str, path: str, body: Any = None, token: str | None = None, **more: Any) -> Any:
    answer = stack.request(method, path, body, token or mei(stack), more.get("headers"))
    expected = more.get("status", 200)
    assert answer.status == expected, answer.body
    return answer.body


def case_of(stack: MotoStack) -> dict[str, Any]:
    case: dict[str, Any] = ask(stack, "GET", "/v1/cases?shop=demo")["items"][0]
    return case


def path_of(stack: MotoStack, rest: str = "") -> str:
    return f"/v1/cases/{case_of(stack)['id']}{rest}"


def event_types(stack: MotoStack) -> list[str]:
    return [event["type"] for event in ask(stack, "GET", path_of(stack, "/events"))["items"]]


def reply(stack: MotoStack, body: str = "请换个插座试试。", status: int = 202, **more: Any) -> Any:
    seen = more.pop("seen", None) or case_of(stack)["version"]
    return ask(stack, "POST", path_of(stack, "/replies"), {"body": body, "seen": seen, **more}, status=status)


def replies_mailed(stack: MotoStack) -> list[str]:
    return [mail["text"] for mail in stack.mails(FANG) if "收到" not in mail["text"]]


def test_a_reply_leaves_after_ten_seconds_by_itself_and_once(stack: MotoStack) -> None:
    sending = reply(stack, then="waiting_customer")
    assert sending["state"] == "waiting"
    stack.advance(8)
    assert replies_mailed(stack) == []
    assert ask(stack, "GET", path_of(stack, "/replies"))["items"][0]["body"] == "请换个插座试试。"
    stack.advance(5)
    assert len(replies_mailed(stack)) == 1
    assert (case_of(stack)["status"], event_types(stack).count("reply_sent")) == ("waiting_customer", 1)
    stack.advance(60)
    assert len(replies_mailed(stack)) == 1
    undone = stack.request("DELETE", path_of(stack, f"/replies/{sending['reply']}"), token=mei(stack))
    assert (undone.status, "too late" in undone.body["detail"]) == (409, True)
    ended = ask(stack, "GET", path_of(stack, "/replies"))["items"][0]
    assert (ended["state"], ended["body"]) == ("sent", "")


def test_undo_brings_the_draft_back_and_no_email_leaves(stack: MotoStack) -> None:
    before = event_types(stack)
    sending = reply(stack)
    draft = ask(stack, "DELETE", path_of(stack, f"/replies/{sending['reply']}"))["draft"]
    assert draft["body"] == "请换个插座试试。"
    stack.advance(60)
    assert (replies_mailed(stack), event_types(stack)) == ([], before)
    assert ask(stack, "GET", path_of(stack, "/drafts/reply"))["body"] == "请换个插座试试。"


def test_a_reply_over_an_unseen_message_is_refused_and_one_that_waits_is_held(stack: MotoStack) -> None:
    seen = case_of(stack)["version"]
    sending = reply(stack, body="first")
    stack.advance(1)
    write_email(stack, "second", "亮了！", _reply_address(stack))
    assert event_types(stack)[-1] == "message_received"
    refused = reply(stack, body="second", seen=seen, status=412)
    assert [event["type"] for event in refused["unseen"]] == ["message_received"]
    assert "亮了" not in json.dumps(refused, ensure_ascii=False)
    stack.advance(30)
    assert replies_mailed(stack) == []
    draft = ask(stack, "GET", path_of(stack, "/drafts/reply"))
    assert (draft["body"], draft["notice"], len(draft["unseen"])) == ("first", "overtaken", 1)
    assert ask(stack, "GET", path_of(stack, "/replies"))["items"][0] | {"until": None} == {
        "reply": sending["reply"],
        "case": case_of(stack)["id"],
        "state": "held",
        "until": None,
        "body": "",
        "then": None,
    }


def _reply_address(stack: MotoStack) -> str:
    from chalicelib.usecases.notifications.signed_links import reply_address

    return reply_address(services(), case_of(stack)["id"][-16:]) or ""


def test_a_repeated_request_sends_once_and_its_key_serves_no_other(stack: MotoStack) -> None:
    path, seen, headers = path_of(stack, "/replies"), case_of(stack)["version"], {"Idempotency-Key": "k"}
    first, again = (
        ask(stack, "POST", path, {"body": "x", "seen": seen}, headers=headers, status=202) for _ in range(2)
    )
    assert first == again
    ask(stack, "POST", path, {"body": "y", "seen": seen}, headers=headers, status=422)
    stack.advance(30)
    assert len(replies_mailed(stack)) == 1


def test_drafts_are_encrypted_and_gone_with_their_customer(stack: MotoStack) -> None:
    for kind in ("reply", "note"):
        ask(stack, "PUT", path_of(stack, f"/drafts/{kind}"), {"body": SECRET_WORDS})
    reply(stack, body=SECRET_WORDS)
    ask(stack, "POST", path_of(stack, "/files"), {"name": SECRET_WORDS}, status=201)
    assert len(ask(stack, "GET", "/v1/shops/demo/drafts")["items"]) == 2
    assert len(ask(stack, "GET", "/v1/shops/demo/drafts", token=boss(stack))["items"]) == 0
    assert SECRET_WORDS not in whole_table()
    customer = case_of(stack)["customer"]["id"]
    ask(stack, "DELETE", f"/v1/customers/{customer}", token=stack.token("admin"))
    assert ask(stack, "GET", "/v1/shops/demo/drafts")["items"] == []
    ask(stack, "GET", path_of(stack, "/drafts/reply"), status=404)
    stack.advance(60)
    assert replies_mailed(stack) == []
    assert "reply_sent" not in event_types(stack)


def test_a_draft_that_is_moved_to_another_case_is_not_read(stack: MotoStack) -> None:
    ask(stack, "PUT", path_of(stack, "/drafts/reply"), {"body": SECRET_WORDS})
    table = services().table
    (item,) = list(table.query("DRAFT#demo#mei"))
    table.put(item | {"sk": "0" * 16 + "#reply"})
    with pytest.raises(CryptoError):
        services().drafts.load("demo", "mei", "0" * 16, "reply")


def test_an_older_tab_gets_to_know_of_the_conflict_and_pages_go_on(stack: MotoStack) -> None:
    path = path_of(stack, "/drafts/reply")
    first = ask(stack, "PUT", path, {"body": "a"})["draft"]
    stack.advance(1)
    ask(stack, "PUT", path, {"body": "ab", "counter": first["counter"]})
    answer = ask(stack, "PUT", path, {"body": "ax", "counter": first["counter"]})
    assert (answer["conflict"], answer["draft"]["body"]) == (True, "ab")
    assert [other["body"] for other in answer["draft"]["others"]] == ["ax"]
    ask(stack, "PUT", path_of(stack, "/drafts/note"), {"body": "n"})
    page = ask(stack, "GET", "/v1/shops/demo/drafts?limit=1")
    rest = ask(stack, "GET", f"/v1/shops/demo/drafts?limit=1&next={page['next']}")
    assert [draft["kind"] for draft in (*page["items"], *rest["items"])] == ["note", "reply"]
    assert rest["next"] is None
    ask(stack, "DELETE", path)
    ask(stack, "GET", path, status=404)
    ask(stack, "PUT", path_of(stack, "/drafts/memo"), {"body": "n"}, status=404)


def test_macros_are_saved_by_supervisors_read_by_all_and_applied(stack: MotoStack) -> None:
    path = "/v1/shops/demo/macros/hello"
    content: dict[str, Any] = {"name": {"zh": "问候", "en": "Greeting"}, "text": {"zh": "您好 {{ case.number }}"}}
    content["actions"] = {"assign": {"team": "lamps"}, "status": "waiting_customer"}
    ask(stack, "PUT", path, content, status=403)
    saved = ask(stack, "PUT", path, content, boss(stack))
    assert (saved["version"], saved["by"]) == (1, "lin")
    ask(stack, "PUT", path, content, boss(stack), headers={"If-Match": '"9"'}, status=412)
    ask(stack, "PUT", path, content | {"text": {"zh": "{{ nobody }}"}}, boss(stack), status=422)
    assert ask(stack, "PUT", path, content, boss(stack), headers={"If-Match": '"1"'})["version"] == 2
    assert [macro["id"] for macro in ask(stack, "GET", "/v1/shops/demo/macros")["items"]] == ["hello"]
    page = ask(stack, "GET", f"{path}/versions?limit=1")
    rest = ask(stack, "GET", f"{path}/versions?limit=1&next={page['next']}")
    assert [macro["version"] for macro in (*page["items"], *rest["items"])] == [2, 1]
    shown = ask(stack, "POST", path_of(stack, "/macros/preview"), {"macros": ["hello"]})
    assert shown["text"] == f"您好 {case_of(stack)['number']}"
    applied = ask(stack, "POST", path_of(stack, "/macros/apply"), {"macros": ["hello"], "reply": True})
    assert [effect["done"] for effect in applied["effects"]] == [True]
    assert applied["reply"]["state"] == "waiting"
    stack.advance(20)
    assert (case_of(stack)["team"], case_of(stack)["status"]) == ("lamps", "waiting_customer")
    ask(stack, "DELETE", path, token=boss(stack))
    ask(stack, "GET", path, status=404)
    assert ask(stack, "GET", "/v1/shops/demo/macros?archived=true")["items"] == []


def test_an_attached_file_is_checked_sent_as_a_link_and_erased(stack: MotoStack) -> None:
    form = ask(stack, "POST", path_of(stack, "/files"), {"name": "退货标签.pdf"}, status=201)
    key = form["fields"]["key"]
    client("s3").put_object(Bucket=EVIDENCE, Key=key, Body=PDF)
    ask(stack, "POST", path_of(stack, "/replies"), {"body": "x", "seen": 1, "files": [form["file"]]}, status=409)
    for _ in range(2):
        stack.deliver("evidence", json.dumps({"Records": [{"s3": {"object": {"key": key}}}]}))
    file = ask(stack, "GET", path_of(stack, f"/files/{form['file']}"))
    assert (file["state"], file["kind"], file["name"]) == ("stored", "application/pdf", "退货标签.pdf")
    reply(stack, files=[form["file"]])
    stack.advance(20)
    (text,) = replies_mailed(stack)
    token = text.partition("/f/")[2].split()[0]
    fetched = stack.request("GET", f"/f/{token}")
    assert (fetched.status, f"evidence/demo/{case_of(stack)['id']}/" in fetched.headers["location"]) == (303, True)
    page = stack.request("GET", "/p/" + text.partition("/p/")[2].split()[0])
    assert f'/f/{token}">退货标签.pdf</a>' in page.body
    event = next(e for e in ask(stack, "GET", path_of(stack, "/events"))["items"] if e["type"] == "reply_sent")
    assert [attached["name"] for attached in event["data"]["files"]] == ["退货标签.pdf"]
    ask(stack, "DELETE", f"/v1/customers/{case_of(stack)['customer']['id']}", token=stack.token("admin"))
    assert stack.request("GET", f"/f/{token}").status == 410
    assert stack.request("GET", "/f/x").status == 404


def test_a_mention_is_mailed_once_listed_and_read(stack: MotoStack) -> None:
    ask(stack, "POST", path_of(stack, "/messages"), {"body": "@lee 请看", "public": False}, status=201)
    assert len(stack.mails("lee@example.com")) == 1
    lee = stack.token("agent", "demo", "lee")
    (mention,) = ask(stack, "GET", "/v1/shops/demo/mentions", token=lee)["items"]
    assert (mention["case"], mention["by"]) == (case_of(stack)["id"], "mei")
    assert ask(stack, "GET", "/v1/shops/demo/mentions")["items"] == []
    stack.advance(1)
    ask(stack, "POST", path_of(stack, "/messages"), {"body": "@lee 再看", "public": False}, status=201)
    page = ask(stack, "GET", "/v1/shops/demo/mentions?limit=1", token=lee)
    rest = ask(stack, "GET", f"/v1/shops/demo/mentions?limit=1&next={page['next']}", token=lee)
    assert [page["items"][0]["at"] > rest["items"][0]["at"], rest["next"]] == [True, None]
    ask(stack, "POST", "/v1/shops/demo/mentions/read", {"mentions": [mention["id"]]}, lee)
    ask(stack, "POST", "/v1/shops/demo/mentions/read", {"case": mention["case"]}, lee)
    assert ask(stack, "GET", "/v1/shops/demo/mentions", token=lee)["items"] == []
    for event in services().table.query(f"CASE#{mention['case'][-16:]}", between=("E#", "E$")):
        stack.deliver("notices", json.dumps({"pk": event["pk"], "sk": event["sk"]}))  # every message comes again
    assert ask(stack, "GET", "/v1/shops/demo/mentions", token=lee)["items"] == []
    assert len(stack.mails("lee@example.com")) == 2
    listed = next(
        event for event in ask(stack, "GET", path_of(stack, "/events"))["items"] if event["id"] == mention["event"]
    )
    assert listed["data"]["mentions"] == ["lee"]


def test_another_shops_anything_does_not_exist(stack: MotoStack) -> None:
    other = stack.token("supervisor", "other", "eve")
    case = path_of(stack)
    pending = reply(stack)["reply"]
    requests: list[tuple[str, str, Any]] = [
        ("GET", "/v1/shops/demo/macros", None),
        ("PUT", "/v1/shops/demo/macros/x", {"name": {"zh": "x", "en": "x"}}),
        ("GET", "/v1/shops/demo/drafts", None),
        ("GET", "/v1/shops/demo/mentions", None),
        ("POST", "/v1/shops/demo/mentions/read", {}),
        ("POST", "/v1/shops/demo/macro-files", {"name": "x"}),
        ("POST", f"{case}/macros/preview", {"macros": ["x"]}),
        ("POST", f"{case}/macros/apply", {"macros": ["x"]}),
        ("POST", f"{case}/replies", {"body": "x", "seen": 1}),
        ("GET", f"{case}/replies", None),
        ("DELETE", f"{case}/replies/{pending}", None),
        ("PUT", f"{case}/drafts/reply", {"body": "x"}),
        ("GET", f"{case}/drafts/reply", None),
        ("POST", f"{case}/files", {"name": "x"}),
        ("GET", f"{case}/files/{pending}", None),
    ]
    assert {stack.request(method, path, body, other).status for method, path, body in requests} == {404}
    nobody = stack.request("DELETE", f"{case}/replies/{pending}", token=boss(stack))
    assert nobody.status == 404
