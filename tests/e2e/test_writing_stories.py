"""An agent writes on the packaged stack: replies that leave or are undone, files, macros, mentions of colleagues."""

import time
import uuid
from typing import Any

from infra.local.stack import HTTP, INBOUND_DOMAIN
from tests.support.cloud.world import World
from tests.support.emails.samples.writing import PNG, plain

Json = dict[str, Any]


def sent(world: World, address: str) -> list[Json]:
    """The emails to an address as the mail server has them."""
    messages = HTTP.request("GET", f"{world.stack.cloud.endpoint}/_ministack/ses/messages").json()
    return [one for mails in messages["messages"].values() for one in mails if one["To"] == [address]]


def case_by_email(world: World, mark: str) -> Json:
    """The case that Fang's email opens."""
    shop = f"{world.shop}@{INBOUND_DOMAIN}"
    world.stack.receive(plain(f"first-{mark}", f"灯不亮 {mark}", From=f"fang-{mark}@example.net", To=shop), shop, mark)
    path = f"/v1/cases?shop={world.shop}&status=new"
    (case,) = world.eventually(lambda: world.get(path).body["items"], "the case of the email")
    found: Json = case
    return found


def version(world: World, case: Json) -> int:
    return int(world.get(f"/v1/cases/{case['id']}").body["version"])


def replies_mailed(world: World, mark: str) -> list[str]:
    return [one["BodyText"] for one in sent(world, f"fang-{mark}@example.net") if "回复内容" in one["BodyText"]]


def test_a_reply_leaves_by_itself_with_its_file_and_another_is_undone(world: World) -> None:
    mark = uuid.uuid4().hex[:8]
    case = case_by_email(world, mark)
    path = f"/v1/cases/{case['id']}"
    undone = world.post(f"{path}/replies", {"body": "回复内容 one", "seen": version(world, case)})
    assert undone.status == 202, undone
    taken_back = world.stack.request("DELETE", f"{path}/replies/{undone.body['reply']}", token=world.agent)
    assert (taken_back.status, taken_back.body["draft"]["body"]) == (200, "回复内容 one")

    form = world.post(f"{path}/files", {"name": "label.png"}).body
    fields = {**form["fields"], "file": ("label.png", PNG, "image/png")}
    assert HTTP.request("POST", form["url"], fields=fields, redirect=False).status < 400
    file = f"{path}/files/{form['file']}"
    world.eventually(lambda: world.get(file).body["state"] == "stored", "the checked file")

    draft = taken_back.body["draft"]
    body = {"body": "回复内容 two", "seen": version(world, case), "files": [form["file"]], "then": "waiting_customer"}
    started = time.monotonic()
    waiting = world.post(f"{path}/replies", body | {"draft": draft["counter"]})
    assert waiting.status == 202, waiting
    (text,) = world.eventually(lambda: replies_mailed(world, mark), "the reply")
    assert time.monotonic() - started >= 9
    assert text.startswith("回复内容 two")
    token = text.partition("/f/")[2].split()[0]
    fetched = HTTP.request("GET", f"{world.stack.api}/f/{token}", redirect=False)
    assert fetched.status == 303
    assert HTTP.request("GET", fetched.headers["location"]).status == 200
    shown = world.get(path).body
    assert shown["status"] == "waiting_customer"
    assert world.get(f"{path}/drafts/reply").status == 404
    late = world.stack.request("DELETE", f"{path}/replies/{waiting.body['reply']}", token=world.agent)
    assert late.status == 409
    assert len(replies_mailed(world, mark)) == 1


def test_macros_are_applied_and_a_mentioned_colleague_is_notified_and_reads_it(world: World) -> None:
    mark = uuid.uuid4().hex[:8]
    case = world.ask("macro")
    boss = world.stack.token("supervisor", world.shop)
    shop = f"/v1/shops/{world.shop}"
    colleague = {"name": "Lee", "email": f"lee-{mark}@example.com"}
    assert world.stack.request("PUT", f"{shop}/agents/lee-{mark}", colleague, boss).status == 200
    macro = {"name": {"zh": "问候", "en": "Greeting"}, "text": {"zh": "{{ customer.name }}，您好"}}
    macro["note"] = {"zh": f"@lee-{mark} 请看"}
    macro["actions"] = {"tags": {"add": ["greeted"]}, "status": "waiting_internal"}  # type: ignore[dict-item]
    assert world.stack.request("PUT", f"{shop}/macros/hello", macro, boss).status == 200
    applied = world.post(f"/v1/cases/{case}/macros/apply", {"macros": ["hello"], "reply": True}).body
    assert [effect["done"] for effect in applied["effects"]] == [True, True]
    assert applied["reply"]["state"] == "sent"
    shown = world.get(f"/v1/cases/{case}").body
    assert (shown["status"], shown["tags"]) == ("waiting_internal", ["greeted"])
    assert world.event(case, "reply_sent")["data"]["message"] == "王芳，您好"
    world.eventually(lambda: sent(world, f"lee-{mark}@example.com"), "the email to the colleague")
    assert world.get(f"{shop}/mentions").status == 200
    assert world.stack.request("DELETE", f"{shop}/macros/hello", token=boss).status == 200
