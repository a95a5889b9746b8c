"""A shop in which everybody wrote what becomes markup on a page that does not encode it. It does no harm."""

from typing import Any

from tests.support.desk.markers import both, brief, plain, summed
from tests.support.emails.samples.writing import PNG, a_file, body, mail, several
from tests.support.moto.stack import Answer, MotoStack

PRICE = {"amount": "199.00", "currency": "CNY"}
PARTIES = {"time_zone": "Asia/Shanghai", "locale": "zh-CN", "mail_from": "care@example.com", "calendar": "CN"}


class Hostile:
    """Fills the shop `demo` of an application on moto through its front door."""

    def __init__(self, stack: MotoStack) -> None:
        self.stack = stack
        self.count = 0
        self.admin, self.agent = stack.token("admin"), stack.token("agent", "demo", "mei")

    def send(self, method: str, path: str, sent: Any, token: str | None = None) -> Answer:
        """A request that must be taken."""
        answer = self.stack.request(method, path, sent, token or self.agent)
        assert answer.status < 300, (path, answer.status, answer.body)
        return answer

    def fill(self) -> str:
        """Write everywhere; the id of the case in which most of it stands."""
        self._settings()
        case = self._case()
        self._work(case)
        self._mail()
        return case

    def _settings(self) -> None:
        shop, agent = "/v1/shops/demo", "/v1/shops/demo/agents/mei"
        macro = {"name": both("macro"), "text": both("macro_text"), "note": both("macro_note")}
        known = {"name": summed("agent"), "email": "mei@example.com", "teams": [brief("team")]}
        endpoint = {"name": "ops", "url": f"http://127.0.0.1:9/?{brief('endpoint')}"}
        self.send("PUT", shop, PARTIES | {"name": summed("shop")}, self.admin)
        self.send("PUT", agent, known | {"segments": [brief("segment")]}, self.admin)
        self.send("PUT", f"{agent}/presence", {"state": "here"}, self.admin)
        self.send(
            "PUT", f"{shop}/macros/sorry", macro | {"actions": {"tags": {"add": [brief("macro_tag")]}}}, self.admin
        )
        self.send("PUT", f"{shop}/endpoints", {"endpoints": [endpoint]}, self.admin)

    def _case(self) -> str:
        item = {"sku": summed("sku"), "title": summed("product"), "price": PRICE, "category": summed("category")}
        order = {"external_id": summed("order"), "items": [item], "total": PRICE}
        names = {"external_id": summed("customer_id"), "name": summed("customer"), "email": "x@example.net"}
        customer = names | {"phone": brief("phone")}
        parcel = {"id": summed("parcel"), "carrier": summed("carrier"), "tracking": summed("tracking")}
        said = {"subject": summed("subject"), "message": f"{summed('message')}\n{summed('message')}"}
        asked = said | {"type": "return", "channel": "web", "external_id": summed("case_id"), "customer": customer}
        claim = {"reason": "other", "evidence": [summed("evidence"), f"https://example.com/{brief('evidence_url')}"]}
        self._hook("order.updated", order | {"number": summed("number"), "parcels": [parcel], "customer": customer})
        self._hook("case.requested", asked | {"order": order, "claim": claim})
        self._hook("case.requested", asked | {"type": "question", "external_id": "web-2"})
        cases = self.stack.ask("GET", "/v1/cases?shop=demo", token=self.agent).body["items"]
        return next(str(case["id"]) for case in cases if case["type"] == "return")

    def _hook(self, kind: str, data: dict[str, Any]) -> None:
        self.count += 1
        secret = self.stack.secret("demo", "standard")
        assert self.stack.hook("demo", kind, data, secret, f"d-{self.count}").status == 202

    def _work(self, case: str) -> None:
        side = {
            "kind": "supplier",
            "to": "maker@example.org",
            "subject": summed("side"),
            "message": summed("side_said"),
        }
        steps: dict[str, dict[str, Any]] = {
            "tags": {"add": [brief("tag")]},
            "assign": {"assignee": "mei", "team": brief("case_team")},
            "tasks": {"department": "finance", "title": summed("task")},
            "messages": {"body": summed("reply")},
            "files": {"name": plain("file")},
            "escalate": {"reason": summed("escalated")},
            "side-conversations": side,
            "flow/approve": {"note": summed("move_note")},
            "flow/ship": {"carrier": summed("return_carrier"), "tracking": summed("return_tracking")},
            "money": {"kind": "coupon", "amount": PRICE, "reason": summed("money")},
            "status": {"status": "waiting_customer", "reason": summed("status")},
        }
        for name, sent in steps.items():
            self.send("POST", f"/v1/cases/{case}/{name}", sent)
        self.send("POST", f"/v1/cases/{case}/messages", {"body": f"@mei {summed('note')}", "public": False})
        self.send("PUT", f"/v1/cases/{case}/drafts/reply", {"body": summed("draft"), "counter": 0})

    def _mail(self) -> None:
        name = plain("attached").replace('"', "'")
        html = f"<p>{summed('html')}</p><blockquote>{summed('quoted')}</blockquote>"
        with_file = several("mixed", body(summed("mail")), a_file(name, PNG, "image/png"))
        with_html = several("alternative", body(summed("mail")), body(html, "text/html"))
        for sender, content in (("file", with_file), ("html", with_html)):
            by = f'"{plain("sender").replace(chr(34), chr(39))}" <{sender}@example.net>'
            self.stack.receive(mail(sender, content, Subject=summed("mail_subject"), From=by), "demo@in.example.com")
