"""The senders of a recorded table's stories: requests, webhooks, emails, pages, and a server outside."""

import http.server
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from infra.samples.visitor import Visitor
from tests.support.moto.http_events import Json
from tests.support.moto.stack import MotoStack

SHOP = "demo"
RUN = "a1b2c3"
"""The suffix of the names of a day's customers; a hexadecimal number."""


class Guest(Visitor):
    """A visitor whose time passes only while somebody waits."""

    stack: Any

    def wait_for(self, look: Callable[[], Any], what: str) -> Any:
        """The result of `look`, as soon as there is one, within a day."""
        for _ in range(288):
            found = look()
            if found:
                return found
            self.stack.advance(300)
        raise SystemExit(f"nothing was seen of {what}")


class Teller:
    """A shop's customers and staff, as they use the application."""

    def __init__(self, stack: MotoStack, outside: str) -> None:
        self.stack, self.outside = stack, outside
        self.admin, self.boss = stack.token("admin"), stack.token("supervisor", SHOP, "boss")
        self.mei = stack.token("agent", SHOP, "mei")

    def send(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Any:
        """Send a request to the API as an admin or another user. SystemExit when it refuses."""
        answer = self.stack.request(method, path, body, token or self.admin, headers or None)
        if answer.status not in (200, 201, 202, 303):
            raise SystemExit(f"{method} {path}: {answer.status} {answer.body}")
        return answer.body

    def hook(self, kind: str, data: Json, delivery: str, shop: str = SHOP) -> Any:
        """A shop reports something; the receipt."""
        answer = self.stack.hook(shop, kind, data, self.stack.secret(shop, "standard"), delivery)
        if answer.status not in (200, 202):
            raise SystemExit(f"{delivery}: {answer.status} {answer.body}")
        return answer.body["receipt"]

    def ask(self, name: str, shop: str = SHOP, **changes: Any) -> str:
        """A customer asks; the id of the case."""
        who = {"external_id": f"c-{name}", "name": "林晓 Lin", "email": f"{name}@example.net", "language": "zh-CN"}
        data: Json = {
            "external_id": name,
            "type": "question",
            "channel": "web",
            "subject": "请问什么时候发货？",
            "message": "订单三天没有动静。😀",
            "customer": who,
        }
        self.hook("case.requested", data | changes, f"hook-{name}", shop)
        path = f"/v1/cases?shop={shop}&external_id={name}"
        return str(self.send("GET", path)["items"][0]["id"])

    def post(self, case: str, path: str, body: Json, token: str | None = None, **headers: str) -> Any:
        """Staff work on a case."""
        return self.send("POST", f"/v1/cases/{case}/{path}", body, token or self.mei, **headers)

    def link(self, to: str, kind: str) -> str:
        """The newest link of that kind that was mailed to the address."""
        texts = [mail["text"] for mail in self.stack.mails(to)]
        return [match[0] for text in texts if (match := re.search(rf"https?://\S+{kind}\S+", text))][-1]

    def fill_in(self, link: str, form: str) -> str:
        """Send a page's form; the location it redirects to."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.stack.request("POST", link.removeprefix(self.stack.api), form.encode(), headers=headers)
        if answer.status not in (200, 303):
            raise SystemExit(f"{link}: {answer.status} {answer.body}")
        return answer.headers.get("location", "")

    def write_email(
        self, name: str, sender: str, to: str, subject: str, text: str, answers: str = "", headers: Json | None = None
    ) -> None:
        """An email to a shop arrives."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Date"], mail["Message-ID"] = "Mon, 23 Nov 2026 12:00:00 +0800", f"<{name}-{RUN}@client.example>"
        if answers:
            mail["In-Reply-To"] = f"<{answers}-{RUN}@client.example>"
        for key, value in (headers or {}).items():
            mail[key] = value
        mail.set_content(text)
        self.stack.receive(mail.as_bytes(), to, sender)

    def customer(self, external_id: str) -> str:
        """The id of the customer of that external id."""
        found = self.send("GET", f"/v1/customers?shop={SHOP}&external_id={external_id}")
        return str(found["items"][0]["id"])


class _Outside(http.server.BaseHTTPRequestHandler):
    """A shop's endpoints: one that takes everything, one that is broken, one that is gone."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.send_response({"/ok": 200, "/gone": 410}.get(self.path, 500))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def outside() -> Iterator[str]:
    """The address of a server that stands for all external services."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Outside)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
