"""A side conversation on the packaged stack: out by email, back by email, overdue, never before the customer's eyes."""

import json
import re
import uuid
from types import SimpleNamespace
from typing import Any

from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.notifications.signed_links import side_address
from infra.local.stack import HTTP, INBOUND_DOMAIN
from tests.support.cloud.world import World
from tests.support.emails.samples.writing import PNG, a_file, body, mail, plain, several

Json = dict[str, Any]


def sent(world: World, address: str) -> list[Json]:
    """The emails to an address as the mail server has them."""
    messages = HTTP.request("GET", f"{world.stack.cloud.endpoint}/_ministack/ses/messages").json()
    return [one for mails in messages["messages"].values() for one in mails if one["To"] == [address]]


def own_address(world: World, case: str, side: str) -> str:
    """The address that the emails of a conversation name for answers; the local mail server does not show it."""
    name = f"/aftercare/{world.stack.name}/links"
    key = world.stack.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    services: Any = SimpleNamespace(inbound_domain=INBOUND_DOMAIN, secrets=SimpleNamespace(token_key=lambda: key))
    return side_address(services, key_of_id(case), key_of_id(side)) or ""


def side_of(world: World, case: str) -> Json:
    side: Json = world.case(case)["side_conversations"][-1]
    return side


def test_a_supplier_is_asked_answers_with_a_file_and_the_customer_sees_none_of_it(world: World) -> None:
    mark = uuid.uuid4().hex[:8]
    customer, factory = f"fang-{mark}@example.net", f"factory-{mark}@maker.example"
    shop = f"{world.shop}@{INBOUND_DOMAIN}"
    world.stack.receive(plain(f"c-{mark}", "灯不亮", From=f"Fang <{customer}>", To=shop), shop, customer)

    def cases() -> list[Json]:
        items: list[Json] = world.get(f"/v1/cases?shop={world.shop}").body["items"]
        return items

    (case,) = world.eventually(cases, "the case of the mail")
    path = f"/v1/cases/{case['id']}/side-conversations"
    asked = {"kind": "supplier", "to": factory, "subject": f"批次 {mark}", "message": f"开关坏了吗？ {mark}"}
    started = world.post(path, asked)
    assert started.status == 201, started
    (email,) = world.eventually(lambda: sent(world, factory), "the email to the factory")
    assert email["Subject"] == f"批次 {mark} [{case['number']}]"
    address = own_address(world, case["id"], side_of(world, case["id"])["id"])
    attached = several("mixed", body(f"是的 {mark}"), a_file("proof.png", PNG, "image/png"))
    world.stack.receive(mail(f"f-{mark}", attached, From=factory, To=address), address, factory)
    answer = world.event(case["id"], "side_message_received")["data"]
    assert (answer["message"], answer["side"]) == (f"是的 {mark}", side_of(world, case["id"])["id"])

    def thread() -> Json | None:
        found = world.get(f"{path}/{answer['side']}").body
        files = found["messages"][-1]["files"]
        return found if HTTP.request("GET", files[0]["url"]).data == PNG else None

    shown = world.eventually(thread, "the file of the answer")
    assert [one["author"] for one in shown["messages"]] == ["us", "them"]
    assert shown["waiting_for"] == "us"

    late = plain(f"g-{mark}", f"批次正常 {mark}", From=factory, To=shop, In_Reply_To=f"<{email['MessageId']}>")
    world.stack.receive(late, shop, factory)
    world.eventually(lambda: side_of(world, case["id"])["received"] == 2, "the answer in the thread")
    assert "message_received" not in world.types(case["id"])

    world.post(f"/v1/cases/{case['id']}/messages", {"body": "我们给您换新。"})
    got = world.eventually(lambda: found if len(found := sent(world, customer)) == 2 else None, "the reply")
    assert mark not in json.dumps(got, ensure_ascii=False).replace(customer, "")
    link = re.search(r"/p/[^\s\"<]+", json.dumps(got))
    assert link is not None
    page = world.stack.request("GET", link[0].rstrip("\\n").partition("\\")[0])
    assert page.status == 200
    assert mark not in str(page.body).replace(customer, "")


def test_who_does_not_answer_is_overdue_at_once_and_a_department_answers_without_email(world: World) -> None:
    case = world.ask("web")
    path = f"/v1/cases/{case}/side-conversations"
    asked = {"kind": "department", "to": "finance", "subject": "打款", "message": "到了吗？", "due_seconds": 2}
    assert world.post(path, asked).status == 201
    late = world.event(case, "side_conversation_overdue")
    assert late["data"]["side"] == side_of(world, case)["id"]
    assert side_of(world, case)["overdue"] is True
    recorded = world.post(f"{path}/{late['data']['side']}/messages", {"body": "昨天已打款", "author": "them"})
    assert recorded.status == 201
    side = side_of(world, case)
    assert (side["overdue"], side["waiting_for"], side["received"]) == (False, "us", 1)
    assert world.post(f"{path}/{side['id']}/close", {}).status == 200
    assert side_of(world, case)["state"] == "closed"
