"""Returns during the storm: two agents propose and request the refund of each return at the same time, and the shop
pays it through webhooks, sometimes after refusing once."""

import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

from bench.load.storm_money import races
from bench.support.cloud import state_of
from bench.support.figures import Figure
from bench.support.requests import requested_case
from bench.support.traffic import format_time, send_until_accepted
from infra.local.stack import Answer, Stack
from infra.samples.replay import Delivery

PRICE = {"amount": "199.00", "currency": "CNY"}
AT_ONCE, TRIES, PATIENCE_SECONDS = 8, 40, 1_800
REFUSES = 0.4
"""The share of requested refunds that the shop's endpoint answers with 503 at first."""


def returns(many: int, now: float) -> list[Delivery]:
    """Three webhooks for each return, in random order: requested, received, inspected."""
    chance = Random(20261122)
    sent: list[Delivery] = []
    for number in range(many):
        name, begin = f"back-{number}", now - 3600
        requested = requested_case(name) | {
            "type": "return",
            "claim": {"reason": "defective"},
            "occurred_at": format_time(begin),
        }
        about = {"case_external_id": name}
        sent += [
            Delivery(f"{name}-1", "case.requested", requested),
            Delivery(f"{name}-2", "parcel.received", about | {"occurred_at": format_time(begin + 60)}),
            Delivery(
                f"{name}-3", "inspection.done", about | {"occurred_at": format_time(begin + 120), "outcome": "accepted"}
            ),
        ]
    chance.shuffle(sent)
    return sent


class Shop:
    """The shop's own endpoint: it pays each requested refund once, and reports it by webhook."""

    def __init__(self, stack: Stack, name: str, secret: str) -> None:
        self.stack, self.name, self.secret = stack, name, secret
        self.requests: Counter[str] = Counter()
        self.paid: dict[str, str] = {}
        self._refused: set[str] = set()
        self._chance = Random(7)
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(shop.receive(json.loads(body)))
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.answers = ThreadPoolExecutor(AT_ONCE)

    def receive(self, body: dict[str, Any]) -> int:
        """Answer a webhook with a requested refund. Returns the HTTP status."""
        data = body["data"]
        money = data["money"]["id"]
        if money not in self._refused and self._chance.random() < REFUSES:
            self._refused.add(money)
            return 503
        self.requests[money] += 1
        self.paid[money] = data["money"]["amount"]["amount"]
        done = {"case_external_id": data["external_id"], "money": money}
        sent = Delivery(f"paid-{money}-{self.requests[money]}", "refund.completed", done)
        self.answers.submit(send_until_accepted, self.stack, self.name, self.secret, sent)
        return 204

    def close(self) -> None:
        """Send the last reports and stop the server."""
        self.answers.shutdown()
        self.server.shutdown()


def request_refunds(stack: Stack, shop: str, many: int) -> None:
    """For each return, two agents propose its refund at the same time, and request it from the shop."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tasks = [(number, agent) for number in range(many) for agent in ("a", "b")]
        list(pool.map(lambda task: _request_refund(stack, shop, *task), tasks))


def _request_refund(stack: Stack, shop: str, number: int, agent: str) -> None:
    name = f"back-{number}"
    case = _await_case(stack, shop, name)
    body = {"kind": "refund", "amount": PRICE}
    answer = _post_until_answered(stack, f"/v1/cases/{case}/money", body, f"{name}-{agent}-give")
    if answer.status == 201:
        money = answer.body["money"][-1]["id"]
        _post_until_answered(stack, f"/v1/cases/{case}/money/{money}/request", {}, f"{name}-{agent}-request")


def _await_case(stack: Stack, shop: str, name: str) -> str:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        path = f"/v1/cases?shop={shop}&external_id={name}"
        answer = stack.request("GET", path, token=stack.token("admin"))
        if answer.status == 200 and answer.body["items"]:
            return str(answer.body["items"][0]["id"])
        time.sleep(1)
    raise SystemExit(f"{name} did not become a case within {PATIENCE_SECONDS} s")


def _post_until_answered(stack: Stack, path: str, body: dict[str, Any], key: str) -> Answer:
    """Repeat the request with the same idempotency key until it is answered, as a caller does who does not know the
    result."""
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


def ledger(stored: list[dict[str, Any]], many: int, shop: Shop) -> list[Figure]:
    """Check that the refund of each return was paid once, by the id that the case has, and that its flow arrived at the
    state that was reported."""
    cases = _return_cases(stored)
    money = [(case["id"], entry) for case in cases for entry in case.get("money", ())]
    done = [(case, entry["id"]) for case, entry in money if entry.get("state") == "done"]
    unraced = {case["id"] for case in cases if not races(int(case["external_id"].removeprefix("back-")))}
    paid_by_shop = Counter(case for case, entry in money if entry["id"] in shop.paid)
    flow_states = Counter(case["flow"]["state"] for case in cases)
    print(f"returns: {flow_states}; money: {Counter(entry.get('state', 'proposed') for _, entry in money)}")
    return [
        Figure(f"returns lost of {many}", many - len(cases), "", 0),
        Figure("refunds not done where nobody else paid it back", len(unraced - {case for case, _ in done}), "", 0),
        Figure("refunds paid that no case has as done", len(shop.paid.keys() - {entry for _, entry in done}), "", 0),
        Figure("returns refunded more than was paid", sum(_refunded(case) > 199 for case in cases), "", 0),
        Figure("refunds paid for a return, at most", max(paid_by_shop.values(), default=0), "", 1),
        Figure("returns whose flow was not inspected", len(cases) - flow_states["accepted"], "", 0),
    ]


def _return_cases(stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    items = [item for item in stored if item["pk"]["S"].startswith("CASE#") and "state" in item]
    cases = [json.loads(state_of(item)) for item in items]
    return [case for case in cases if case["external_id"].startswith("back-")]


def _refunded(case: dict[str, Any]) -> float:
    """What the refunds of a case that did not fail come to."""
    return sum(float(entry["amount"]["amount"]) for entry in case.get("money", ()) if counts(entry))


def counts(money: dict[str, Any]) -> bool:
    """Whether a refund counts against what was paid."""
    return money.get("state", "proposed") not in ("failed", "declined")
