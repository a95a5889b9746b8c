"""The journeys whose length `tests.support.walk` measures: each is prepared, and then run."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.moto.http_events import Json, signed
from tests.support.moto.stack import MotoStack

SHOP = "demo"


def set_up(stack: MotoStack) -> None:
    """The shop of all journeys."""
    body = {
        "name": "Lantern & Loom",
        "time_zone": "Asia/Shanghai",
        "locale": "zh-CN",
        "mail_from": "care@example.com",
        "calendar": "CN",
    }
    answer = stack.request("PUT", f"/v1/shops/{SHOP}", body, stack.token("admin"))
    if answer.status != 200:
        raise SystemExit(f"the shop was refused: {answer.body}")


def opened(stack: MotoStack, name: str) -> None:
    """Open a case by webhook; the following `settle` identifies the customer."""
    price = {"amount": "199.00", "currency": "CNY"}
    data = {
        "external_id": name,
        "type": "question",
        "channel": "web",
        "subject": "The lamp flickers",
        "message": "It flickers since the second evening. What can I do?",
        "customer": {"external_id": f"C-{name}", "name": "Sun Yue", "email": f"{name}@example.net", "language": "en"},
        "order": {
            "external_id": f"O-{name}",
            "items": [{"sku": "LAMP-1", "quantity": 1, "price": price}],
            "total": price,
        },
    }
    stack.ask(*signed(SHOP, "case.requested", data, stack.secret(SHOP, "standard"), f"{name}-1"))
    stack.relay()
    stack.work()


def case_of(stack: MotoStack, name: str) -> str:
    """The id of the case of that name."""
    found = stack.ask("GET", f"/v1/cases?shop={SHOP}&external_id={name}", token=agent(stack)).body["items"]
    return str(found[0]["id"])


def agent(stack: MotoStack) -> str:
    """A token of an agent of the shop."""
    return stack.token("agent", SHOP, "mei")


def post(stack: MotoStack, case: str, path: str, body: Json) -> None:
    """An agent works on a case."""
    answer = stack.request("POST", f"/v1/cases/{case}/{path}", body, agent(stack))
    if answer.status not in (200, 201):
        raise SystemExit(f"{path}: {answer.status} {answer.body}")


def webhook(stack: MotoStack, name: str) -> Callable[[], None]:
    """`case.requested` arrives as a standard webhook, and the case is opened."""
    return lambda: opened(stack, name)


def reply(stack: MotoStack, name: str) -> Callable[[], None]:
    """An agent replies publicly to a new case; the relay has the customer identified, as after any opening."""
    opened(stack, name)
    case = case_of(stack, name)
    body = {"body": "Thank you. A label to send it back is on its way to you.", "public": True}
    return lambda: post(stack, case, "messages", body)


def survey(stack: MotoStack, name: str) -> Callable[[], None]:
    """A survey is sent by email, and an unhappy answer is given on its page."""
    opened(stack, name)
    case = case_of(stack, name)
    post(stack, case, "messages", {"body": "Done.", "public": True})
    post(stack, case, "status", {"status": "resolved"})

    def do() -> None:
        stack.advance(2 * 86_400)
        text = stack.mails(f"{name}@example.net")[-1]["text"]
        path = "/s/" + text.partition("/s/")[2].split()[0]
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        stack.request("POST", path, b"csat=1&nps=2&ces=3&comment=Slow", headers=headers)

    return do


def nightly_job(stack: MotoStack, name: str) -> Callable[[], None]:
    """The daily metrics of a day with one case are computed."""
    opened(stack, name)
    stack.advance(1)
    day = "2026-11-24"
    return lambda: void(stack.request("POST", "/v1/metrics/run", {"shop": SHOP, "day": day}, stack.token("admin")))


def mail(stack: MotoStack, name: str) -> Callable[[], None]:
    """A customer's email arrives, opens a case and is confirmed."""
    raw = (
        f"From: Sun Yue <{name}@example.net>\r\nTo: {SHOP}@in.example.com\r\nSubject: The lamp flickers\r\n"
        f"Date: Tue, 24 Nov 2026 10:00:00 +0800\r\nMessage-ID: <{name}@client.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nIt flickers since the second evening. What can I do?\r\n"
    )
    return lambda: void(stack.receive(raw.encode(), f"{SHOP}@in.example.com", f"{name}@example.net"))


def void(_: object) -> None:
    """Does nothing and returns nothing."""


@dataclass(frozen=True)
class Journey:
    """How it is prepared, and the functions that are its stages, in order."""

    prepare: Callable[[MotoStack, str], Callable[[], None]]
    stages: tuple[str, ...]


JOURNEYS = {
    "webhook": Journey(webhook, ("api", "relay", "intake")),
    "reply": Journey(reply, ("api", "relay", "intake")),
    "survey": Journey(survey, ("surveys", "api", "relay", "intake")),
    "night": Journey(nightly_job, ("nights",)),
    "mail": Journey(mail, ("mail", "relay", "intake", "relay", "notices")),
}
