"""A user of the sample shop, from outside: sends webhooks, waits for their effects, reads email, works as staff."""

import re
import time
import urllib.parse
from collections.abc import Callable
from typing import Any

from infra.local.stack import Stack

WAIT_SECONDS = 60
Json = dict[str, Any]


class Visitor:
    """A shop on the stack, seen from outside. SystemExit says what was refused or did not come."""

    def __init__(self, stack: Stack, shop: str) -> None:
        self.stack, self.shop = stack, shop
        self.secret, self.agent = stack.secret(shop, "standard"), stack.token("agent", shop)

    def wait_for(self, look: Callable[[], Any], what: str) -> Any:
        """What `look` returns, as soon as that is something."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            result = look()
            if result:
                return result
            time.sleep(0.2)
        raise SystemExit(f"After {WAIT_SECONDS} s there is still no sign of {what}; see .local/cloud.log")

    def send_webhook(self, kind: str, data: Json, delivery: str) -> None:
        """Send a webhook."""
        self.stack.hook(self.shop, kind, data, self.secret, delivery)

    def case_by_external_id(self, external_id: str) -> str:
        """The id of the case with that external id, once it is there."""
        path = f"/v1/cases?shop={self.shop}&external_id={external_id}"
        cases = self.wait_for(lambda: self.stack.request("GET", path, token=self.agent).body["items"], external_id)
        return str(cases[0]["id"])

    def case(self, case: str) -> Json:
        """A case as it stands."""
        body: Json = self.stack.request("GET", f"/v1/cases/{case}", token=self.agent).body
        return body

    def post(self, case: str, path: str, body: Json) -> Json:
        """Post to a case as staff; the case after it."""
        answer = self.stack.request("POST", f"/v1/cases/{case}/{path}", body, self.agent)
        if answer.status not in (200, 201):
            raise SystemExit(f"The API refused {path}: {answer.status} {answer.body}")
        changed: Json = answer.body
        return changed

    def wait_for_event(self, case: str, kind: str) -> Json:
        """The first event of that type, once it is there."""

        def look() -> Json | None:
            events = self.stack.request("GET", f"/v1/cases/{case}/events", token=self.agent).body["items"]
            return next((event for event in events if event["type"] == kind), None)

        event: Json = self.wait_for(look, kind)
        return event

    def wait_for_state(self, case: str, state: str) -> Json:
        """The case, once its flow is in that state."""

        def look() -> Json | None:
            current = self.case(case)
            return current if current["flow"]["state"] == state else None

        reached: Json = self.wait_for(look, f"the flow's state {state}")
        return reached

    def emailed_link(self, address: str, kind: str) -> str:
        """The newest link of that kind (`/s/`, `/p/`, `/help/`) that was emailed to the address."""

        def look() -> str | None:
            texts = [mail["text"] for mail in self.stack.mails(address)]
            links = [match[0] for text in texts if (match := re.search(rf"https?://\S+{kind}\S+", text))]
            return links[-1] if links else None

        return str(self.wait_for(look, f"the link {kind} emailed to {address}"))

    def submit_form(self, link: str, fields: Json) -> None:
        """Fill in a page's form and send it."""
        form = urllib.parse.urlencode(fields).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.stack.request("POST", link.removeprefix(self.stack.api), form, headers=headers)
        if answer.status not in (200, 303):
            raise SystemExit(f"The form was refused: {answer.status}")
