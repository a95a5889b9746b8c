"""The sample shop: sixty days of history, the sample day as yesterday's, then today, live, and a few stories."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from infra.local.stack import Stack
from infra.progress import Show, side_by_side
from infra.samples import aftersales_flows, customers, replay, staff
from infra.samples.history.deliveries import CASES, history
from infra.samples.history.shape import promotion
from infra.samples.macros import save_macros
from infra.samples.sample_day import read_day
from infra.samples.today import play as today
from infra.samples.visitor import Json, Visitor

SHOP = "demo"
SHOP_BODY = {
    "name": "Lantern & Loom 灯与织",
    "time_zone": "Asia/Shanghai",
    "locale": "zh-CN",
    "mail_from": "care@example.com",
    "calendar": "CN",
}
POLICY = {
    "clocks": [
        {"when": {"channel": "chat", "priority": "urgent"}, "clock": "first_reply", "target_seconds": 6},
        {"when": {"segment": "champions"}, "clock": "first_reply", "target_seconds": 1800},
        {"when": {"channel": "chat"}, "clock": "first_reply", "target_seconds": 600},
        {"when": {"type": "question"}, "clock": "first_reply", "target_seconds": 3600},
        {"when": {"type": "order_issue"}, "clock": "first_reply", "target_seconds": 3600},
        {"clock": "next_reply", "target_seconds": 7200},
    ],
    "escalation": {"tier_delays_seconds": [1800, 3600]},
    "survey": {"delay_seconds": 3, "contact_budget_days": 14, "expires_days": 14},
    "auto_close_days": 4,
    "after_sales": aftersales_flows.AFTER_SALES,
}
DELIVERIES_AT_ONCE, HISTORY_AT_ONCE = 2, 3
"""Of yesterday, and of the history beside it, which goes on when yesterday has been sent."""
LIVE_CASES: dict[str, dict[str, str]] = {
    "late": {
        "name": "周杰",
        "channel": "chat",
        "priority": "urgent",
        "language": "zh-CN",
        "subject": "在吗？我的订单没收到",
    },
    "happy": {"name": "孙悦", "channel": "web", "language": "zh-CN", "subject": "怎么修改收货地址？"},
    "unhappy": {"name": "Ida Berg", "channel": "web", "language": "en", "subject": "Where is my invoice?"},
}
"""The first nobody answers; the others are resolved, and their customers fill in the survey."""
SURVEY_ANSWERS = {
    "happy": {"csat": 5, "nps": 10, "ces": 7, "comment": "谢谢，很快！"},
    "unhappy": {"csat": 1, "nps": 2, "comment": "I had to ask twice."},
}


def play(stack: Stack) -> dict[str, str]:
    """Set the shop up, send its past, compute the metrics, then play a few cases of today; the summary's lines.

    The past comes first: by its figures the shop knows its best customers when they write today.
    """
    _set_up(stack)
    now = today.today()
    yesterday = now.date() - timedelta(days=1)
    lines = _played(_past(stack, now.date()))
    replay.wait_for_intake(stack)
    (report,) = side_by_side(
        {f"Computing sixty days to {yesterday}": partial(_report, stack, yesterday.isoformat())}
    ).values()
    lines |= _played(_present(stack, now))
    lines["Emails sent"] = _sent_emails(stack)
    replay.wait_for_intake(stack)
    (so_far,) = side_by_side({f"Computing {now.date()}": partial(_report, stack, now.date().isoformat())}).values()
    return {**lines, "Today's report, so far": f"file://{so_far}", "report": report}


def _played(parts: dict[str, Callable[[Show], dict[str, str]]]) -> dict[str, str]:
    return {title: line for part in side_by_side(parts).values() for title, line in part.items()}


def _past(stack: Stack, day: date) -> dict[str, Callable[[Show], dict[str, str]]]:
    return {
        "Sixty days of history": lambda show: _send_history(stack, day, show),
        "Yesterday's deliveries": lambda show: _send_day(stack, day - timedelta(days=1), show),
    }


def _present(stack: Stack, now: datetime) -> dict[str, Callable[[Show], dict[str, str]]]:
    """What is independent of each other, and so is played at the same time; each part gives lines of the summary."""
    run, delivered = format(int(time.time()), "x"), (now - timedelta(days=2)).isoformat()
    visitor = Visitor(stack, SHOP)

    def flow(kind: str, show: Show) -> dict[str, str]:
        return aftersales_flows.play(kind, Visitor(stack, SHOP, show), run, delivered)

    def customer(title: str, show: Show) -> dict[str, str]:
        return {title: customers.STORIES[title](Visitor(stack, SHOP, show), run)}

    return {
        "Three live cases": lambda show: _play_timers_and_surveys(Visitor(stack, SHOP, show), run),
        **{f"A flow: {kind}": partial(flow, kind) for kind in aftersales_flows.FLOWS},
        **{title: partial(customer, title) for title in customers.STORIES},
        **({} if today.is_played(visitor, now) else today.parts(visitor, now)),
    }


def _send_history(stack: Stack, day: date, show: Show) -> dict[str, str]:
    """Send the history once: on a later day it would be another, whose cases would be counted beside the first."""
    deliveries = history(day)
    last = next(one.data for one in reversed(deliveries) if one.data.get("historical"))
    path = f"/v1/cases?shop={SHOP}&external_id={last['external_id']}"
    if stack.request("GET", path, token=stack.token("agent", SHOP)).body["items"]:
        return {"History": f"{CASES} cases, sent by an earlier run"}
    ledger = replay.send_all(stack, SHOP, deliveries, show, HISTORY_AT_ONCE)
    rate = len(deliveries) / max(ledger.seconds, 0.001)
    return {"History": f"{CASES} cases in {len(deliveries)} deliveries, {rate:.0f} a second"}


def _send_day(stack: Stack, yesterday: date, show: Show) -> dict[str, str]:
    deliveries = read_day(yesterday.isoformat())
    ledger = replay.send_all(stack, SHOP, deliveries, show, DELIVERIES_AT_ONCE)
    return {"Deliveries": f"{len(deliveries)} ({ledger.answers[202]} new, {ledger.answers[200]} seen before)"}


def _set_up(stack: Stack) -> None:
    admin = stack.token("admin")
    settings = (("", SHOP_BODY), ("/policy", POLICY), ("/promotions", _promotions(today.today().date())))
    for path, body in ((f"/v1/shops/{SHOP}{path}", body) for path, body in settings):
        answer = stack.request("PUT", path, body, admin)
        if answer.status != 200:
            raise SystemExit(f"The sample shop was refused: {path} {answer.status} {answer.body}")
    staff.hire(stack, SHOP)
    save_macros(stack, SHOP)


def _promotions(now: date) -> dict[str, Any]:
    """The promotion of the history, and the anniversary that the sample day is."""
    first, last = promotion(now)
    yesterday = (now - timedelta(days=1)).isoformat()
    return {
        "promotions": [
            {"name": "周末特惠 Weekend promotion", "first": first.isoformat(), "last": last.isoformat()},
            {"name": "店庆 Anniversary", "first": yesterday, "last": yesterday},
        ]
    }


def _report(stack: Stack, day: str, show: Show) -> str:
    return replay.fetch_report(stack, str(replay.compute_day(stack, SHOP, day, show)))


def _play_timers_and_surveys(visitor: Visitor, run: str) -> dict[str, str]:
    """Three cases of now: one nobody answers, one answered in time and surveyed, one unhappy."""
    for name in LIVE_CASES:
        _request_case(visitor, run, name)
    cases = {name: visitor.case_by_external_id(f"live-{run}-{name}") for name in LIVE_CASES}
    for name in SURVEY_ANSWERS:
        visitor.post(cases[name], "messages", {"body": "已为您处理。/ Done.", "public": True})
        visitor.post(cases[name], "status", {"status": "resolved"})
    for name, scores in SURVEY_ANSWERS.items():
        visitor.submit_form(visitor.emailed_link(f"{name}-{run}@example.net", "/s/"), scores)
    breach = visitor.wait_for_event(cases["late"], "clock_breached")
    visitor.wait_for_event(cases["late"], "case_escalated")
    follow_up = visitor.wait_for(lambda: _follow_up(visitor, cases["unhappy"]), "the follow-up of the bad answer")
    return _summary(visitor.case(cases["happy"]), visitor.case(cases["late"]), breach, follow_up)


def _request_case(visitor: Visitor, run: str, name: str) -> None:
    case, external_id = LIVE_CASES[name], f"live-{run}-{name}"
    customer = {
        "external_id": external_id,
        "name": case["name"],
        "email": f"{name}-{run}@example.net",
        "language": case["language"],
    }
    data: dict[str, Any] = {
        "external_id": external_id,
        "type": "question",
        "channel": case["channel"],
        "priority": case.get("priority", "normal"),
        "subject": case["subject"],
        "message": case["subject"],
        "customer": customer,
    }
    visitor.send_webhook("case.requested", data, external_id)


def _summary(happy: Json, late: Json, breach: Json, follow_up: Json) -> dict[str, str]:
    scores, lateness = happy["satisfaction"], _seconds(breach["data"]["due_at"], breach["at"])
    return {
        "Answered in time": f"{happy['number']}: first reply {happy['clocks'][0]['state']}",
        "Answered too late": f"{late['number']}: noticed {lateness:.2f} s after it was due, now at tier {late['tier']}",
        "A survey answered": f"{happy['number']}: CSAT {scores['csat']}, NPS {scores['nps']}",
        "An unhappy answer followed up": f"{follow_up['number']}: {follow_up['type']}, tier {follow_up['tier']}",
    }


def _seconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def _follow_up(visitor: Visitor, case: str) -> Json | None:
    path = f"/v1/cases?shop={visitor.shop}&limit=25"
    cases = visitor.stack.request("GET", path, token=visitor.agent).body["items"]
    return next((each for each in cases if case in each["links"]), None)


def _sent_emails(stack: Stack) -> str:
    """How many of each kind, by the links in them."""
    links = {"/s/": "surveys", "/p/": "steps of flows", "/help/": "links to forms"}
    kinds = (next((kind for link, kind in links.items() if link in mail["text"]), "notices") for mail in stack.mails())
    return ", ".join(f"{count} {kind}" for kind, count in Counter(kinds).most_common())
