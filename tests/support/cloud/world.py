"""A shop on the packaged stack: its users, its webhooks, and waiting with a timeout."""

import json
import urllib.parse
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.local.stack import Answer, Stack
from infra.local.waiting import NotYet, wait_until

Json = dict[str, Any]


@dataclass
class World:
    """One shop on the stack, as its staff and its platform see it."""

    stack: Stack
    shop: str
    secret: str
    agent: str
    admin: str

    @classmethod
    def new(cls, stack: Stack, **changes: Any) -> "World":
        shop = f"s-{uuid.uuid4().hex[:10]}"
        admin = stack.token("admin")
        body = {
            "name": "Lantern & Loom 灯与织",
            "time_zone": "Asia/Shanghai",
            "locale": "zh-CN",
            "mail_from": "care@example.com",
            "calendar": "CN",
        }
        made = stack.request("PUT", f"/v1/shops/{shop}", body | changes, admin)
        assert made.status == 200, made
        return cls(stack, shop, stack.secret(shop, "standard"), stack.token("agent", shop), admin)

    def eventually(self, look: Callable[[], Any], what: str) -> Any:
        """The result of `look`, as soon as there is one; fails when nothing moves any more."""
        return wait_until(look, what, self.stack.cloud.log)

    def policy(self, **policy: Any) -> Answer:
        answer = self.stack.request("PUT", f"/v1/shops/{self.shop}/policy", policy, self.admin)
        assert answer.status == 200, answer
        return answer

    def hook(self, kind: str, data: Json, delivery: str | None = None) -> Answer:
        return self.stack.hook(self.shop, kind, data, self.secret, delivery or uuid.uuid4().hex)

    def ask(self, external_id: str, **changes: Any) -> str:
        """A customer asks; the id of the case that is opened."""
        data = {
            "external_id": external_id,
            "type": "question",
            "channel": "web",
            "subject": "灯不亮 💡",
            "message": "在吗？",
            "customer": {
                "external_id": f"c-{external_id}",
                "name": "王芳",
                "email": f"{self.shop}-{external_id}@example.net",
                "language": "zh-CN",
            },
        }
        answer = self.hook("case.requested", data | changes)
        assert answer.status == 202, answer
        return str(self.case_of(external_id)["id"])

    def case_of(self, external_id: str) -> Json:
        query = urllib.parse.urlencode({"shop": self.shop, "external_id": external_id})
        cases = self.eventually(lambda: self.get(f"/v1/cases?{query}").body["items"], f"case {external_id}")
        case: Json = cases[0]
        return case

    def get(self, path: str, token: str | None = None) -> Answer:
        return self.stack.request("GET", path, token=token or self.agent)

    def post(self, path: str, body: Any, token: str | None = None, **headers: str) -> Answer:
        return self.stack.request("POST", path, body, token or self.agent, {**headers})

    def case(self, identifier: str) -> Json:
        answer = self.get(f"/v1/cases/{identifier}")
        assert answer.status == 200, answer
        body: Json = answer.body
        return body

    def events(self, identifier: str) -> list[Json]:
        items: list[Json] = self.get(f"/v1/cases/{identifier}/events?limit=100").body["items"]
        return items

    def types(self, identifier: str) -> list[str]:
        return [event["type"] for event in self.events(identifier)]

    def event(self, identifier: str, kind: str) -> Json:
        """The event of that type, as soon as it exists."""

        def look() -> Json | NotYet:
            events = self.events(identifier)
            return next((event for event in events if event["type"] == kind), NotYet([one["type"] for one in events]))

        found: Json = self.eventually(look, f"the event {kind}")
        return found

    def mails(self, external_id: str) -> list[Json]:
        return self.stack.mails(f"{self.shop}-{external_id}@example.net")

    def form(self, path: str, fields: Json, **headers: str) -> Answer:
        body = urllib.parse.urlencode(fields).encode()
        return self.stack.request(
            "POST", path, body, headers={"Content-Type": "application/x-www-form-urlencoded", **headers}
        )


def problem(answer: Answer, status: int) -> Json:
    """An answer that is a problem document of that status."""
    assert answer.status == status, (answer.status, answer.body)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert {"type", "title", "status", "detail"} <= answer.body.keys()
    assert "Traceback" not in json.dumps(answer.body)
    body: Json = answer.body
    return body
