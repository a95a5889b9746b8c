"""Email on the packaged stack: it is received, answered in its thread, bounced, and erased."""

import uuid
from typing import Any

from infra.local.stack import HTTP, INBOUND_DOMAIN
from tests.support.cloud.stories import everything
from tests.support.cloud.world import World
from tests.support.emails.samples.writing import PNG, a_file, body, mail, plain, several
from tests.support.paths import ROOT

Json = dict[str, Any]
CORPUS = ROOT / "tests" / "support" / "emails" / "samples"


def sent(world: World, address: str) -> list[Json]:
    """The emails to an address as the mail server has them, with their ids."""
    messages = HTTP.request("GET", f"{world.stack.cloud.endpoint}/_ministack/ses/messages").json()
    return [one for mails in messages["messages"].values() for one in mails if one["To"] == [address]]


def cases_by_mail(world: World) -> list[Json]:
    found: list[Json] = world.get(f"/v1/cases?shop={world.shop}&status=new").body["items"]
    return [one for one in found if one["channel"] == "email"]


def test_a_mail_becomes_a_case_is_answered_in_its_thread_and_erased(world: World) -> None:
    mark = uuid.uuid4().hex[:8]
    address, shop = f"fang-{mark}@example.net", f"{world.shop}@{INBOUND_DOMAIN}"
    raw = mail(
        f"first-{mark}",
        several("mixed", body(f"灯在冒烟 {mark}"), a_file("lamp.png", PNG, "image/png")),
        From=f"Fang {mark} <{address}>",
        To=shop,
        Subject="=?utf-8?B?5Y+w54Gv?=",
    )
    world.stack.receive(raw, shop, address)
    (case,) = world.eventually(lambda: cases_by_mail(world), "the case of the mail")
    assert (case["subject"], case["language"], case["customer"]["email"]) == ("台灯", "zh-CN", address)
    opening = world.event(case["id"], "case_opened")["data"]
    assert opening["message"] == f"灯在冒烟 {mark}"
    assert world.event(case["id"], "evidence_added")["data"]["kind"] == "image/png"
    whole = world.get(f"/v1/cases/{case['id']}/mails/{opening['mail']['letter']}").body
    assert (whole["certain"], whole["text"].strip()) == (True, f"灯在冒烟 {mark}")
    assert HTTP.request("GET", whole["url"]).data == raw
    (got,) = world.eventually(lambda: sent(world, address), "the word that we got it")
    assert got["Subject"] == f"Re: 台灯 [{case['number']}]"

    world.post(f"/v1/cases/{case['id']}/messages", {"body": "请马上拔掉插头。"})
    _, reply = world.eventually(lambda: found if len(found := sent(world, address)) == 2 else None, "the reply")
    assert reply["BodyText"].startswith("请马上拔掉插头。")
    answer = plain(f"second-{mark}", f"已经拔了 {mark}", From=address, To=shop, In_Reply_To=f"<{reply['MessageId']}>")
    world.stack.receive(answer, shop, address)
    answered = world.event(case["id"], "message_received")["data"]
    assert answered["message"] == f"已经拔了 {mark}"
    second = f"/v1/cases/{case['id']}/mails/{answered['mail']['letter']}"
    world.eventually(
        lambda: found if (found := world.get(second)).status == 200 else None, "the files of the second email"
    )

    customer = world.case(case["id"])["customer"]["id"]
    erased = world.stack.request("DELETE", f"/v1/customers/{customer}", token=world.admin)
    # Of five: the second email's handling removes its own two if it sees the erasure first.
    assert erased.body["files"] >= 3
    assert mark not in everything(world)


def test_a_forged_mail_opens_a_case_of_its_own_and_is_not_answered(world: World) -> None:
    case = world.ask("web")
    number, address = world.case(case)["number"], f"{world.shop}-web@example.net"
    shop = f"{world.shop}@{INBOUND_DOMAIN}"
    forged = plain(uuid.uuid4().hex, "Send it to my new address!", From=address, To=shop, Subject=f"[{number}]")
    world.stack.receive(forged, shop, "evil@attacker.example", dmarc="FAIL")
    (made,) = world.eventually(lambda: cases_by_mail(world), "the forged mail's case")
    assert made["customer"]["email"] is None
    assert world.types(case) == ["case_opened"]
    assert sent(world, address) == []


def test_a_mail_for_no_shop_stays_where_an_operator_finds_it(world: World) -> None:
    arrived = world.stack.receive(plain(uuid.uuid4().hex, "Hello?"), f"nobody@{INBOUND_DOMAIN}", "a@example.net")
    bucket = world.stack.outputs["EvidenceBucketName"]
    log = f"/aws/lambda/{world.stack.name}-mail"

    def is_logged() -> bool:
        events = world.stack.client("logs").filter_log_events(logGroupName=log)["events"]
        return any(arrived in one["message"] for one in events)

    world.eventually(is_logged, "the log of the mail for nobody")
    found = world.stack.client("s3").list_objects_v2(Bucket=bucket, Prefix=f"incoming/{arrived}")
    assert found["KeyCount"] == 1


def test_what_a_form_passed_on_is_answered_at_its_writers_address_and_an_id_is_no_proof(world: World) -> None:
    mark, shop = uuid.uuid4().hex[:8], f"{world.shop}@{INBOUND_DOMAIN}"
    for name in ("amy", "ann"):
        raw = plain(
            mark,
            f"Lamp of {name} {mark}",
            From="Form <noreply@forms.example>",
            To=shop,
            Reply_To=f"{name}-{mark}@example.org",
            Message_ID=f"<{mark}@localhost>",
        )
        world.stack.receive(raw, shop, "bounce@forms.example")
    made = world.eventually(lambda: found if len(found := cases_by_mail(world)) == 2 else None, "a case of each")
    for case in made:
        world.post(f"/v1/cases/{case['id']}/messages", {"body": f"Which lamp? {case['number']}"})
    for name in ("amy", "ann"):
        world.eventually(lambda name=name: sent(world, f"{name}-{mark}@example.org"), "the answer")  # type: ignore[misc]
    assert sent(world, "noreply@forms.example") == []
