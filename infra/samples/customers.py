"""One person in three channels, known as one; and one who is forgotten."""

import json
from email.message import EmailMessage
from typing import Any

from infra.local.stack import INBOUND, Stack, platform_signature
from infra.samples.visitor import Json, Visitor

ROUTED = "studio"
ROUTED_BODY = {
    "name": "Studio Lantern", "time_zone": "Europe/Lisbon", "locale": "en", "mail_from": "care@example.com",
    "calendar": "PT",
}  # fmt: skip
"""A second shop, whose staff have a roster."""


def play(visitor: Visitor, run: str) -> dict[str, str]:
    """Live through both; the summary's lines."""
    assigned = _routed(visitor.stack, run)
    profile = _three_channels(visitor, run)
    records = ", ".join(f"{one['source']}" for one in profile["records"])
    numbers = ", ".join(case["number"] for case in profile["cases"])
    receipt, left = _forgotten(visitor, run)
    return {
        "A case given to an agent": assigned,
        "One person, three channels": f"{profile['name']}: records of {records}; cases {numbers}",
        "A person forgotten": f"{left['number']} stays without a word of theirs; "
        f"keys destroyed: {receipt['records']}, files removed: {receipt['files']}",
    }


def _routed(stack: Stack, run: str) -> str:
    """A shop with a roster: a case comes and finds the agent who speaks its language; the other stays free."""
    stack.request("PUT", f"/v1/shops/{ROUTED}", ROUTED_BODY, stack.token("admin"))
    visitor, boss = Visitor(stack, ROUTED), stack.token("supervisor", ROUTED)
    for name, language in (("mei", "zh"), ("tom", "en")):
        path = f"/v1/shops/{ROUTED}/agents/{name}"
        stack.request("PUT", path, {"languages": [language], "capacity": 50}, boss)
        stack.request("PUT", f"{path}/presence", {"state": "here"}, boss)
    who = {"external_id": f"ann-{run}", "name": "Ann Lee", "language": "en-GB"}
    _ask(visitor, f"people-{run}-routed", who, "Is the lamp dimmable?")
    case = visitor.case_of(f"people-{run}-routed")
    told = visitor.event(case, "case_assigned")["data"]
    return f"{visitor.case(case)['number']}: to {told['assignee']}, {told['why']}, who has {told['load']} now"


def _three_channels(visitor: Visitor, run: str) -> Json:
    """The shop's frontend, its platform, and a mail: the same address each time."""
    email, number = f"xu-{run}@example.net", int(run, 16)
    who = {"external_id": f"xu-{run}", "name": "许嘉 Jia Xu", "email": email, "language": "zh-CN"}
    _ask(visitor, f"people-{run}-web", who, "发票抬头怎么改？")
    case = visitor.case_of(f"people-{run}-web")
    buyer = {"id": number, "email": email.upper(), "first_name": "Jia", "last_name": "Xu"}
    line = {"id": number + 1, "sku": "LAMP-CLIP", "title": "夹灯 Clip lamp", "quantity": 1, "price": "129.00"}
    order = {
        "id": number, "name": f"#{number % 100000}", "currency": "CNY", "total_price": "129.00", "customer": buyer,
        "line_items": [line],
    }  # fmt: skip
    sent_back = {"fulfillment_line_item": {"line_item": {"id": number + 1}}, "quantity": 1, "return_reason": "unwanted"}
    asked = {
        "id": number, "status": "requested", "order": {"id": number}, "name": f"#{number % 100000}-R1",
        "return_line_items": [sent_back], "total_return_line_items": 1,
    }  # fmt: skip
    _platform(visitor, "orders/create", order, run)
    _platform(visitor, "returns/request", asked, run)
    visitor.case_of(f"shopify/return/{number}")
    _write(visitor, f"people-{run}", email)
    customer = visitor.case(case)["customer"]["id"]

    def whole() -> Json | None:
        told = visitor.stack.request("GET", f"/v1/customers/{customer}", token=visitor.agent).body
        return told if len(told["records"]) == 3 and len(told["cases"]) == 3 else None

    found: Json = visitor.wait(whole, "one person in three channels")
    return found


def _write(visitor: Visitor, name: str, email: str) -> None:
    """A mail to the shop, and the word that it came."""
    mail, to = EmailMessage(), f"{visitor.shop}@{INBOUND}"
    mail["From"], mail["To"], mail["Subject"] = f"许嘉 <{email}>", to, "这单什么时候发货？"
    mail["Message-ID"] = f"<{name}@client.example>"
    mail.set_content("这单什么时候发货？\n\n发自我的 iPhone\n")
    visitor.stack.receive(mail.as_bytes(), to, email)
    visitor.mailed(email, "/p/")


def _forgotten(visitor: Visitor, run: str) -> tuple[Json, Json]:
    who = {"external_id": f"he-{run}", "name": "何晨", "email": f"he-{run}@example.net", "language": "zh-CN"}
    _ask(visitor, f"people-{run}-forgotten", who, "请删除我的个人信息")
    case = visitor.case_of(f"people-{run}-forgotten")
    customer = visitor.case(case)["customer"]["id"]
    answer = visitor.stack.request("DELETE", f"/v1/customers/{customer}", token=visitor.stack.token("admin"))
    left = visitor.case(case)
    if answer.status != 200 or "何晨" in json.dumps(left, ensure_ascii=False):
        raise SystemExit(f"The person was not forgotten: {answer.status} {answer.body}")
    return answer.body, left


def _ask(visitor: Visitor, name: str, who: dict[str, Any], message: str) -> None:
    data = {
        "external_id": name, "type": "question", "channel": "web", "subject": message, "message": message,
        "customer": who,
    }  # fmt: skip
    visitor.tell("case.requested", data, name)


def _platform(visitor: Visitor, topic: str, body: Json, run: str) -> None:
    """A webhook as Shopify signs it."""
    raw = json.dumps(body, ensure_ascii=False).encode()
    secret = visitor.stack.secret(visitor.shop, "shopify")
    headers = {
        "X-Shopify-Topic": topic, "X-Shopify-Webhook-Id": f"{topic}-{run}",
        "X-Shopify-Hmac-Sha256": platform_signature(secret, raw),
    }  # fmt: skip
    answer = visitor.stack.request("POST", f"/v1/hooks/{visitor.shop}/shopify", raw, headers=headers)
    if answer.status != 202:
        raise SystemExit(f"The platform's webhook was refused: {answer.status} {answer.body}")
