"""The sample shop: its day is sent as yesterday's, then a few live cases show clocks, escalation and a survey."""

import random
import time
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import yaml

from chalicelib.domain.instants import zone
from infra.local.stack import Stack
from infra.paths import ROOT
from infra.progress import bar, console
from infra.samples import aftersales_flows, customers, replay
from infra.samples.replay import Delivery
from infra.samples.visitor import Json, Visitor

SHOP, ZONE = "demo", zone("Asia/Shanghai")
SHOP_BODY = {
    "name": "Lantern & Loom 灯与织", "time_zone": "Asia/Shanghai", "locale": "zh-CN", "mail_from": "care@example.com",
    "calendar": "CN",
}  # fmt: skip
POLICY = {
    "clocks": [
        {"when": {"channel": "chat"}, "clock": "first_reply", "target_seconds": 6},
        {"when": {"type": "question"}, "clock": "first_reply", "target_seconds": 45},
    ],
    "escalation": {"tier_delays_seconds": [20, 3600]},
    "survey": {"delay_seconds": 3, "contact_budget_days": 14, "expires_days": 14},
    "auto_close_days": 4,
    "after_sales": aftersales_flows.AFTER_SALES,
}
TYPES = {"replied": "case.replied", "resolved": "case.resolved", "message": "message.received"}


def play(stack: Stack) -> dict[str, str]:
    """Set the shop up, send its day, live through a few cases, compute the night; the summary's lines."""
    _set_up(stack)
    yesterday = datetime.now(ZONE).date() - timedelta(days=1)
    deliveries = day(yesterday.isoformat())
    ledger = replay.send(stack, SHOP, deliveries, "Sending yesterday's day")
    replay.settle(stack)
    visitor = Visitor(stack, SHOP)
    lines = _live(visitor) | _flows(visitor) | _people(visitor) | {"Mails sent": _mails(stack)}
    today = datetime.now(ZONE).date().isoformat()
    keys = [replay.night(stack, SHOP, one) for one in (today, yesterday.isoformat())]  # today's is not over: shown last
    sent = f"{len(deliveries)} ({ledger.answers[202]} new, {ledger.answers[200]} seen before)"
    so_far, report = (replay.fetch_report(stack, str(key)) for key in keys)
    return {"Deliveries": sent, **lines, "Today's report, so far": f"file://{so_far}", "report": report}


def _set_up(stack: Stack) -> None:
    admin = stack.token("admin")
    for path, body in ((f"/v1/shops/{SHOP}", SHOP_BODY), (f"/v1/shops/{SHOP}/policy", POLICY)):
        answer = stack.request("PUT", path, body, admin)
        if answer.status != 200:
            raise SystemExit(f"The sample shop was refused: {path} {answer.status} {answer.body}")


def day(date: str) -> list[Delivery]:
    """The sample day as deliveries: some doubled, some out of order, always the same ones."""
    told = yaml.safe_load((ROOT / "examples" / "day.yaml").read_text("utf-8"))
    people = {key: {"external_id": key, **value} for key, value in told["customers"].items()}
    found: list[Delivery] = []
    for case in told["cases"]:
        found += _case(date, people, *case)
    for identifier, at, score, who, sku, text in told["reviews"]:
        data = {
            "external_id": f"{date}-{identifier}", "score": score, "customer": people[who],
            "order": _order(identifier, sku), "occurred_at": _moment(date, at), "historical": True,
            **({"text": text} if text else {}),
        }  # fmt: skip
        found.append(Delivery(f"{date}-{identifier}", "review.created", data))
    return _disordered(found)


def _case(
    date: str, people: dict[str, Any], identifier: str, at: str, kind: str, channel: str, who: str, sku: str,
    subject: str, message: str, steps: list[list[Any]],
) -> list[Delivery]:  # fmt: skip
    external_id = f"{date}-{identifier}"
    request = {
        "external_id": external_id, "type": kind, "channel": channel, "subject": subject, "message": message,
        "customer": people[who], "order": _order(identifier, sku), "occurred_at": _moment(date, at), "historical": True,
    }  # fmt: skip
    found = [Delivery(external_id, "case.requested", request)]
    for place, (when, what, *more) in enumerate(steps):
        about = {"case_external_id": external_id, "occurred_at": _moment(date, when)}
        if what in TYPES or what == "answered":
            found.append(
                Delivery(f"{external_id}-{place}", TYPES.get(what, "survey.answered"), about | _step(what, more))
            )
    return found


def _step(what: str, more: list[Any]) -> dict[str, Any]:
    if what == "answered":
        csat, nps, ces, comment = more
        return {"csat": csat, "nps": nps, "ces": ces} | ({"comment": comment} if comment else {})
    who, words = more
    if what == "message":
        return {"author": "customer", "message": words}
    return {"agent": who} | ({"message": words} if words else {})


def _order(identifier: str, sku: str) -> dict[str, Any]:
    price = {"amount": "199.00", "currency": "CNY"}
    return {"external_id": f"O-{identifier}", "items": [{"sku": sku, "quantity": 1, "price": price}], "total": price}


def _moment(date: str, clock: str) -> str:
    return datetime.fromisoformat(f"{date}T{clock}").replace(tzinfo=ZONE).isoformat()


def _disordered(deliveries: list[Delivery]) -> list[Delivery]:
    """Neighbours change places, every twentieth comes twice under its id, every thirtieth under another."""
    chance = random.Random(20261120)  # noqa: S311 - the same disorder each time, nothing secret
    again = [one for place, one in enumerate(deliveries) if place % 20 == 7]
    renamed = [replace(one, id=f"{one.id}-again") for place, one in enumerate(deliveries) if place % 30 == 11]
    placed = [(place + chance.uniform(0, 12), one) for place, one in enumerate(deliveries)]
    placed += [(chance.uniform(0, len(deliveries)), one) for one in (*again, *renamed)]
    return [one for _, one in sorted(placed, key=lambda pair: pair[0])]


def _live(visitor: Visitor) -> dict[str, str]:
    """Three cases of now: one nobody answers, one answered in time and asked about, one unhappy."""
    run = format(int(time.time()), "x")
    _ask(visitor, run)
    with bar() as progress:
        task = progress.add_task("Living through three cases", total=5)
        cases = {name: visitor.case_of(f"live-{run}-{name}") for name in SUBJECTS}
        progress.advance(task)
        for name in ("happy", "unhappy"):
            visitor.post(cases[name], "messages", {"body": "已为您处理。/ Done.", "public": True})
            visitor.post(cases[name], "status", {"status": "resolved"})
        progress.advance(task)
        for name, scores in SCORES.items():
            visitor.fill_in(visitor.mailed(f"{name}-{run}@example.net", "/s/"), scores)
        progress.advance(task)
        breach = visitor.event(cases["late"], "clock_breached")
        visitor.event(cases["late"], "case_escalated")
        progress.advance(task)
        follow_up = visitor.wait(lambda: _follow_up(visitor, cases["unhappy"]), "the follow-up of the unhappy answer")
        progress.advance(task)
    return _told(visitor.case(cases["happy"]), visitor.case(cases["late"]), breach, follow_up)


def _ask(visitor: Visitor, run: str) -> None:
    for name, channel, language in (("late", "chat", "zh-CN"), ("happy", "web", "zh-CN"), ("unhappy", "web", "en")):
        customer = {
            "external_id": f"live-{run}-{name}", "name": NAMES[name], "email": f"{name}-{run}@example.net",
            "language": language,
        }  # fmt: skip
        data = {
            "external_id": f"live-{run}-{name}", "type": "question", "channel": channel, "subject": SUBJECTS[name],
            "message": SUBJECTS[name], "customer": customer,
        }  # fmt: skip
        visitor.tell("case.requested", data, f"live-{run}-{name}")


def _told(happy: Json, late: Json, breach: Json, follow_up: Json) -> dict[str, str]:
    scores, lateness = happy["satisfaction"], _seconds(breach["data"]["due_at"], breach["at"])
    return {
        "A promise kept": f"{happy['number']}: first reply {happy['clocks'][0]['state']}",
        "A promise broken": f"{late['number']}: noticed {lateness:.2f} s after it was due, now at tier {late['tier']}",
        "A survey answered": f"{happy['number']}: CSAT {scores['csat']}, NPS {scores['nps']}",
        "An unhappy one followed up": f"{follow_up['number']}: {follow_up['type']}, tier {follow_up['tier']}",
    }


def _flows(visitor: Visitor) -> dict[str, str]:
    run = format(int(time.time()), "x")
    delivered = (datetime.now(ZONE) - timedelta(days=2)).isoformat()
    with console.status("Living through a flow of each kind"):
        return aftersales_flows.play(visitor, run, delivered)


def _people(visitor: Visitor) -> dict[str, str]:
    with console.status("Meeting one person in three channels, and forgetting another"):
        return customers.play(visitor, format(int(time.time()), "x"))


SUBJECTS = {"late": "在吗？我的订单没收到", "happy": "怎么修改收货地址？", "unhappy": "Where is my invoice?"}
NAMES = {"late": "周杰", "happy": "孙悦", "unhappy": "Ida Berg"}
SCORES = {
    "happy": {"csat": 5, "nps": 10, "ces": 7, "comment": "谢谢，很快！"},
    "unhappy": {"csat": 1, "nps": 2, "comment": "I had to ask twice."},
}


def _mails(stack: Stack) -> str:
    """How many of each kind, by the links in them."""
    links = {"/s/": "surveys", "/p/": "steps of flows", "/help/": "links to forms"}
    kinds = (next((kind for link, kind in links.items() if link in mail["text"]), "notices") for mail in stack.mails())
    return ", ".join(f"{count} {kind}" for kind, count in Counter(kinds).most_common())


def _seconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def _follow_up(visitor: Visitor, case: str) -> Json | None:
    path = f"/v1/cases?shop={visitor.shop}&limit=25"
    found = visitor.stack.request("GET", path, token=visitor.agent).body["items"]
    return next((one for one in found if case in one["links"]), None)
