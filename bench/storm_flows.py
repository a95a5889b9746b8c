"""The storm over flows: returns whose money two agents give at once, and a shop that pays by webhook, now and then."""

import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

from bench.lines import Line
from bench.requests import asked_case
from bench.storm_money import races
from bench.traffic import moment, sent_until_taken
from infra.local.stack import Answer, Stack
from infra.samples.replay import Delivery

PRICE = {"amount": "199.00", "currency": "CNY"}
AT_ONCE, TRIES, PATIENCE_SECONDS = 8, 40, 1_800
REFUSES = 0.4
"""The share of requests for money whose first try the shop's endpoint answers with 503."""


def returns(many: int, now: float) -> list[Delivery]:
    """Three webhooks a return, told in disorder: asked, arrived, inspected."""
    chance, told = Random(20261122), []
    for number in range(many):
        name, begin = f"back-{number}", now - 3600
        asked = asked_case(name) | {"type": "return", "claim": {"reason": "defective"}, "occurred_at": moment(begin)}
        about = {"case_external_id": name}
        told += [
            Delivery(f"{name}-1", "case.requested", asked),
            Delivery(f"{name}-2", "parcel.received", about | {"occurred_at": moment(begin + 60)}),
            Delivery(
                f"{name}-3", "inspection.done", about | {"occurred_at": moment(begin + 120), "outcome": "accepted"}
            ),
        ]
    chance.shuffle(told)
    return told


class Shop:
    """The shop's own endpoint: pays what it is asked for, once an id, and says so."""

    def __init__(self, stack: Stack, name: str, secret: str) -> None:
        self.stack, self.name, self.secret = stack, name, secret
        self.asked: Counter[str] = Counter()
        self.paid: dict[str, str] = {}
        self._refused: set[str] = set()
        self._chance = Random(7)
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(shop.take(json.loads(body)))
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.answers = ThreadPoolExecutor(AT_ONCE)

    def take(self, told: dict[str, Any]) -> int:
        """Answer a webhook of ours."""
        data = told["data"]
        money = data["money"]["id"]
        if money not in self._refused and self._chance.random() < REFUSES:
            self._refused.add(money)
            return 503
        self.asked[money] += 1
        self.paid[money] = data["money"]["amount"]["amount"]
        done = {"case_external_id": data["external_id"], "money": money}
        sent = Delivery(f"paid-{money}-{self.asked[money]}", "refund.completed", done)
        self.answers.submit(sent_until_taken, self.stack, self.name, self.secret, sent)
        return 204

    def close(self) -> None:
        """Let the last answers leave."""
        self.answers.shutdown()
        self.server.shutdown()


def give(stack: Stack, shop: str, many: int) -> None:
    """Two agents give each return's money at the same time, and ask the shop for it."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda one: _give(stack, shop, *one), [(n, who) for n in range(many) for who in ("a", "b")]))


def _give(stack: Stack, shop: str, number: int, who: str) -> None:
    name = f"back-{number}"
    case = _case(stack, shop, name)
    asked = {"kind": "refund", "amount": PRICE}
    made = _until_answered(stack, f"/v1/cases/{case}/money", asked, f"{name}-{who}-give")
    if made.status == 201:
        money = made.body["money"][-1]["id"]
        _until_answered(stack, f"/v1/cases/{case}/money/{money}/request", {}, f"{name}-{who}-request")


def _case(stack: Stack, shop: str, name: str) -> str:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        path = f"/v1/cases?shop={shop}&external_id={name}"
        found = stack.request("GET", path, token=stack.token("admin"))
        if found.status == 200 and found.body["items"]:
            return str(found.body["items"][0]["id"])
        time.sleep(1)
    raise SystemExit(f"{name} did not become a case within {PATIENCE_SECONDS} s")


def _until_answered(stack: Stack, path: str, body: dict[str, Any], key: str) -> Answer:
    """As callers do who do not know whether it was done: again, with the same key."""
    answer = Answer(599, {}, {})
    for attempt in range(TRIES):
        try:
            answer = stack.request("POST", path, body, stack.token("admin"), {"Idempotency-Key": key})
        except OSError:
            answer = Answer(599, {}, {})
        if answer.status < 500:
            return answer
        time.sleep(min(0.2 * 2**attempt, 3))
    return answer


def ledger(found: list[dict[str, Any]], many: int, shop: Shop) -> list[Line]:
    """Each return's money was paid once, by the id the case knows, and its flow came where it was told to be."""
    states = [
        json.loads(item["state"]["S"]) for item in found if item["pk"]["S"].startswith("CASE#") and "state" in item
    ]
    backs = [state for state in states if state["external_id"].startswith("back-")]
    done = [one for state in backs for one in state.get("money", ()) if one.get("state") == "done"]
    given = [sum(float(one["amount"]["amount"]) for one in state.get("money", ()) if counts(one)) for state in backs]
    money = Counter(one.get("state", "proposed") for state in backs for one in state.get("money", ()))
    alone = {state["id"] for state in backs if not races(int(state["external_id"].removeprefix("back-")))}
    paid = {state["id"] for state in backs for one in state.get("money", ()) if one.get("state") == "done"}
    print(f"returns: {Counter(state['flow']['state'] for state in backs)}; money: {money}")
    return [
        Line(f"returns lost of {many}", many - len(backs), "", 0),
        Line("refunds not done where nobody else gave it back", len(alone - paid), "", 0),
        Line("refunds paid that no case knows as done", len(shop.paid.keys() - {one["id"] for one in done}), "", 0),
        Line("returns given more than was paid", sum(amount > 199 for amount in given), "", 0),
        Line("refunds paid for a return, at most", max(Counter(_case_of(backs, shop)).values(), default=0), "", 1),
        Line(
            "returns whose flow was not inspected", sum(state["flow"]["state"] != "accepted" for state in backs), "", 0
        ),
    ]


def counts(money: dict[str, Any]) -> bool:
    """Whether it counts against what was paid."""
    return money.get("state", "proposed") not in ("failed", "declined")


def _case_of(backs: list[dict[str, Any]], shop: Shop) -> list[str]:
    return [state["id"] for state in backs for one in state.get("money", ()) if one["id"] in shop.paid]
