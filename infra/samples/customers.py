"""Three samples of customers: one assigned to an agent, one known in three channels, one who is erased."""

import json
from email.message import EmailMessage

from infra.local.stack import INBOUND_DOMAIN
from infra.local.waiting import NotYet
from infra.samples.visitor import Json, Visitor

STUDIO = "studio"
STUDIO_BODY = {
    "name": "Studio Lantern",
    "time_zone": "Europe/Lisbon",
    "locale": "en",
    "mail_from": "care@example.com",
    "calendar": "PT",
}
"""A second shop, which assigns its cases to agents."""


def _assigned(visitor: Visitor, run: str) -> str:
    """A case is assigned to the agent who speaks its language; the other agent stays free."""
    stack = visitor.stack
    stack.request("PUT", f"/v1/shops/{STUDIO}", STUDIO_BODY, stack.token("admin"))
    visitor, supervisor = visitor.at(STUDIO), stack.token("supervisor", STUDIO)
    for name, language in (("mei", "zh"), ("tom", "en")):
        path = f"/v1/shops/{STUDIO}/agents/{name}"
        stack.request("PUT", path, {"languages": [language], "capacity": 50}, supervisor)
        stack.request("PUT", f"{path}/presence", {"state": "here"}, supervisor)
    customer = {"external_id": f"ann-{run}", "name": "Ann Lee", "language": "en-GB"}
    case = _request_case(visitor, f"people-{run}-routed", customer, "Is the lamp dimmable?")
    event = visitor.wait_for_event(case, "case_assigned")["data"]
    return f"{visitor.case(case)['number']}: to {event['assignee']}, {event['why']}, who has {event['load']} now"


def _three_channels(visitor: Visitor, run: str) -> str:
    """The shop's frontend, its platform, and an email: the same address each time."""
    email, number = f"xu-{run}@example.net", int(run, 16)
    customer = {"external_id": f"xu-{run}", "name": "许嘉 Jia Xu", "email": email, "language": "zh-CN"}
    case = _request_case(visitor, f"people-{run}-web", customer, "发票抬头怎么改？")
    visitor.send_platform_webhook("shopify", "orders/create", _platform_order(number, email), f"orders/create-{run}")
    visitor.send_platform_webhook("shopify", "returns/request", _platform_return(number), f"returns/request-{run}")
    visitor.case_by_external_id(f"shopify/return/{number}")
    _send_email(visitor, f"people-{run}", email)
    customer_id = visitor.case(case)["customer"]["id"]

    def look() -> Json | NotYet:
        profile = visitor.stack.request("GET", f"/v1/customers/{customer_id}", token=visitor.agent).body
        # the return may come before its order: then the platform has two records of the buyer
        sources = {record["source"] for record in profile["records"]}
        known = len(sources) == 3 and len(profile["cases"]) == 3
        seen = [one["external_id"] for one in profile["records"]] + [one["number"] for one in profile["cases"]]
        return profile if known else NotYet(seen)

    profile = visitor.wait_for(look, "one customer in three channels")
    records = ", ".join(sorted({record["source"] for record in profile["records"]}))
    numbers = ", ".join(case["number"] for case in profile["cases"])
    return f"{profile['name']}: records of {records}; cases {numbers}"


def _platform_order(number: int, email: str) -> Json:
    buyer = {"id": number, "email": email.upper(), "first_name": "Jia", "last_name": "Xu"}
    line = {"id": number + 1, "sku": "LAMP-CLIP", "title": "夹灯 Clip lamp", "quantity": 1, "price": "129.00"}
    return {
        "id": number,
        "name": f"#{number % 100000}",
        "currency": "CNY",
        "total_price": "129.00",
        "customer": buyer,
        "line_items": [line],
    }


def _platform_return(number: int) -> Json:
    line_item = {"line_item": {"id": number + 1}}
    return {
        "id": number,
        "status": "requested",
        "order": {"id": number},
        "name": f"#{number % 100000}-R1",
        "return_line_items": [{"fulfillment_line_item": line_item, "quantity": 1, "return_reason": "unwanted"}],
        "total_return_line_items": 1,
    }


def _send_email(visitor: Visitor, name: str, email: str) -> None:
    """An email to the shop, and the reply that it was received."""
    message, to = EmailMessage(), f"{visitor.shop}@{INBOUND_DOMAIN}"
    message["From"], message["To"], message["Subject"] = f"许嘉 <{email}>", to, "这单什么时候发货？"
    message["Message-ID"] = f"<{name}@client.example>"
    message.set_content("这单什么时候发货？\n\n发自我的 iPhone\n")
    visitor.stack.receive(message.as_bytes(), to, email)
    visitor.emailed_link(email, "/p/")


def _erased(visitor: Visitor, run: str) -> str:
    """A customer is erased; their case stays."""
    customer = {"external_id": f"he-{run}", "name": "何晨", "email": f"he-{run}@example.net", "language": "zh-CN"}
    case_id = _request_case(visitor, f"people-{run}-erased", customer, "请删除我的个人信息")
    customer_id = visitor.case(case_id)["customer"]["id"]
    answer = visitor.stack.request("DELETE", f"/v1/customers/{customer_id}", token=visitor.stack.token("admin"))
    case = visitor.case(case_id)
    if answer.status != 200 or "何晨" in json.dumps(case, ensure_ascii=False):
        raise SystemExit(f"The customer was not erased: {answer.status} {answer.body}")
    destroyed = f"keys destroyed: {answer.body['records']}, files removed: {answer.body['files']}"
    return f"{case['number']} stays without anything personal; {destroyed}"


def _request_case(visitor: Visitor, name: str, customer: Json, message: str) -> str:
    """A customer asks a question on the web; the id of the case."""
    data = {
        "external_id": name,
        "type": "question",
        "channel": "web",
        "subject": message,
        "message": message,
        "customer": customer,
    }
    visitor.send_webhook("case.requested", data, name)
    return visitor.case_by_external_id(name)


STORIES = {
    "A case assigned to an agent": _assigned,
    "One customer, three channels": _three_channels,
    "A customer erased": _erased,
}
"""Each is played with a visitor and the run's suffix of names, and gives the line of the summary."""
