"""A user of the sample shop, from outside: sends webhooks, waits for their effects, reads email, works as staff."""

import json
import re
import urllib.parse
from collections.abc import Callable
from typing import Any

from infra.local.signatures import platform_signature
from infra.local.stack import Stack
from infra.local.waiting import NotYet, wait_until

Json = dict[str, Any]


PLATFORM_HEADERS = {
    "shopify": ("X-Shopify-Topic", "X-Shopify-Webhook-Id", "X-Shopify-Hmac-Sha256"),
    "woocommerce": ("X-WC-Webhook-Topic", "X-WC-Webhook-Delivery-ID", "X-WC-Webhook-Signature"),
}
"""The headers of each platform: the topic, the delivery's id, the signature."""


class Visitor:
    """A shop on the stack, seen from outside. SystemExit says what was refused or did not come."""

    def __init__(self, stack: Stack, shop: str, show: Callable[[str], None] = lambda _: None) -> None:
        """`show` gets what is awaited, whenever something is."""
        self.stack, self.shop, self.show = stack, shop, show
        self.secret, self.agent = stack.secret(shop, "standard"), stack.token("agent", shop)

    def at(self, shop: str) -> "Visitor":
        """The same at another shop."""
        return type(self)(self.stack, shop, self.show)

    def wait_for(self, look: Callable[[], Any], what: str) -> Any:
        """What `look` returns, as soon as that is something."""
        self.show(what)
        return wait_until(look, what, self.stack.cloud.log)

    def send_webhook(self, kind: str, data: Json, delivery: str) -> None:
        """Send a webhook."""
        self.stack.hook(self.shop, kind, data, self.secret, delivery)

    def send_platform_webhook(self, source: str, topic: str, body: Json, delivery: str) -> None:
        """Send a webhook as Shopify or WooCommerce signs it."""
        raw = json.dumps(body, ensure_ascii=False).encode()
        signed, prefix = platform_signature(self.stack.secret(self.shop, source), raw), PLATFORM_HEADERS[source]
        headers = dict(zip(prefix, (topic, delivery, signed), strict=True))
        answer = self.stack.request("POST", f"/v1/hooks/{self.shop}/{source}", raw, headers=headers)
        if answer.status not in (200, 202):
            raise SystemExit(f"The platform's webhook was refused: {answer.status} {answer.body}")

    def case_by_external_id(self, external_id: str) -> str:
        """The id of the case with that external id, once it is there."""
        path = f"/v1/cases?shop={self.shop}&external_id={external_id}"
        cases = self.wait_for(
            lambda: self.stack.request("GET", path, token=self.agent).body["items"], f"case {external_id}"
        )
        return str(cases[0]["id"])

    def case(self, case: str) -> Json:
        """A case as it stands."""
        body: Json = self.stack.request("GET", f"/v1/cases/{case}", token=self.agent).body
        return body

    def post(self, case: str, path: str, body: Json, token: str | None = None) -> Json:
        """Post to a case as an agent, or with somebody else's token; the case after it."""
        answer = self.stack.request("POST", f"/v1/cases/{case}/{path}", body, token or self.agent)
        if answer.status not in (200, 201):
            raise SystemExit(f"The API refused {path}: {answer.status} {answer.body}")
        changed: Json = answer.body
        return changed

    def wait_for_event(self, case: str, kind: str) -> Json:
        """The first event of that type, once it is there."""

        def look() -> Json | NotYet:
            events = self.stack.request("GET", f"/v1/cases/{case}/events", token=self.agent).body["items"]
            types = [event["type"] for event in events]
            return events[types.index(kind)] if kind in types else NotYet(types)

        event: Json = self.wait_for(look, f"the event {kind}")
        return event

    def wait_for_state(self, case: str, state: str) -> Json:
        """The case, once its flow is in that state."""

        def look() -> Json | NotYet:
            current = self.case(case)
            return current if current["flow"]["state"] == state else NotYet(current["flow"]["state"])

        reached: Json = self.wait_for(look, f"the flow's state {state}")
        return reached

    def emailed_link(self, address: str, kind: str) -> str:
        """The newest link of that kind (`/s/`, `/p/`, `/help/`) that was emailed to the address."""

        def look() -> str | NotYet:
            mails = self.stack.mails(address)
            links = [match[0] for mail in mails if (match := re.search(rf"https?://\S+{kind}\S+", mail["text"]))]
            return links[-1] if links else NotYet([mail["subject"] for mail in mails])

        return str(self.wait_for(look, f"the link {kind} emailed to {address}"))

    def submit_form(self, link: str, fields: Json) -> None:
        """Fill in a page's form and send it."""
        form = urllib.parse.urlencode(fields).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.stack.request("POST", link.removeprefix(self.stack.api), form, headers=headers)
        if answer.status not in (200, 303):
            raise SystemExit(f"The form was refused: {answer.status}")
