"""Webhooks through a storm of faults between the functions and AWS; then calm, redrive, and the ledger."""

import json
import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import yaml

from bench import faults, storm_flows, storm_money, traffic
from bench.cloud import SHOP_BODY, items, open_shop, own
from bench.lines import Line, run
from chalicelib.domain.kernel.timestamps import HOUR_MS, day_of
from infra.local.stack import Stack
from infra.paths import RESOURCES
from infra.samples import replay
from infra.samples.replay import Delivery, backlog, queue_url

CASES = int(os.environ.get("STORM_CASES", "500"))
RETURNS = max(8, CASES // 10)
SHOP, RAIN_SECONDS, CALM_SECONDS, QUIET_ROUNDS = "storm", 90, 600, 8
ONCE = ("case_opened", "message_received", "reply_sent", "case_resolved")
QUEUES = tuple(yaml.safe_load((RESOURCES / "queues.yaml").read_text("utf-8"))["Queues"])


def measure() -> list[Line]:
    """The storm, the calm behind it, and what they left."""
    with own() as stack, faults.proxy(stack.cloud.endpoint) as url:
        secret = open_shop(stack, SHOP)
        sent = [*traffic.deliveries(CASES, time.time()), *storm_flows.returns(RETURNS, time.time())]
        sent += storm_money.told(RETURNS, time.time())
        shop = storm_flows.Shop(stack, SHOP, secret)
        _hear(stack, shop)
        began = time.monotonic()
        with faults.through(stack, url):
            with faults.weather(url):
                with ThreadPoolExecutor(1) as agents:
                    given = agents.submit(storm_flows.give, stack, SHOP, RETURNS)
                    statuses, tries = traffic.send(stack, SHOP, secret, sent)
                    given.result()
                _work_on(stack)
            stormed = time.monotonic() - began
            print(f"{len(sent)} webhooks, {tries} tries, {stormed:.0f} s; answers: {dict(Counter(statuses))}")
            print(f"faults: {_fired(url)}", flush=True)
            dead = _calm(stack)
        shop.close()
        dead += _calm(stack)
        lines = _ledger(stack, sent, shop)
        figures = _figures(stack)
    refused = sum(status not in (200, 202) for status in statuses)
    return [Line("webhooks never taken", refused, "", 0), Line("dead letters redriven", dead), *lines, *figures]


def _hear(stack: Stack, shop: storm_flows.Shop) -> None:
    """The shop hears of money at its endpoint."""
    url = f"http://127.0.0.1:{shop.server.server_port}/"
    told = {"endpoints": [{"name": "till", "url": url, "types": ["money.requested"]}]}
    made = stack.request("PUT", f"/v1/shops/{SHOP}/endpoints", told, stack.token("admin"))
    if made.status != 200:
        raise SystemExit(f"the endpoint was refused: {made.status} {made.body}")


def _fired(url: str) -> dict[str, int]:
    told = faults.control(url, "stats")["by_service"]
    return {one["service"]: one["faulted"] for one in told if one["faulted"]}


def _work_on(stack: Stack) -> None:
    """Let the workers do most of their work in the storm too, as long as they can be waited for."""
    end = time.monotonic() + RAIN_SECONDS
    while _unseen(stack) and time.monotonic() < end:
        time.sleep(1)


def _calm(stack: Stack) -> int:
    """Redrive what died and wait until nothing moves; how many were redriven."""
    end, quiet, dead = time.monotonic() + CALM_SECONDS, 0, 0
    while quiet < QUIET_ROUNDS:
        dead += sum(_redrive(stack, name) for name in QUEUES)
        waiting = sum(backlog(stack, name) for name in QUEUES) + _unseen(stack)
        quiet = 0 if waiting else quiet + 1
        if time.monotonic() > end:
            print(f"{waiting} messages or receipts still wait after {CALM_SECONDS} s")
            return dead
        time.sleep(1)
    return dead


def _unseen(stack: Stack) -> int:
    """Receipts that no worker has looked at yet."""
    return sum(item["pk"]["S"].startswith("RECEIPT#") and item["attempts"]["N"] == "0" for item in items(stack))


def _redrive(stack: Stack, name: str) -> int:
    """Move the dead letters of a queue back to it; how many there were."""
    sqs, source = stack.client("sqs"), queue_url(stack, f"{name}DeadLetters")
    moved = 0
    while found := sqs.receive_message(QueueUrl=source, MaxNumberOfMessages=10).get("Messages", []):
        for message in found:
            sqs.send_message(QueueUrl=queue_url(stack, f"{name}Queue"), MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    return moved


def _ledger(stack: Stack, sent: list[Delivery], shop: storm_flows.Shop) -> list[Line]:
    found = items(stack)
    receipts = [item for item in found if item["pk"]["S"].startswith("RECEIPT#")]
    states = Counter(item["state"]["S"] for item in receipts)
    wanted = {one.id for one in sent} | {
        f"paid-{money}-{n}" for money, many in shop.asked.items() for n in range(1, many + 1)
    }
    for item in receipts:
        if item["state"]["S"] != "processed":
            print(f"{item['delivery']['S']} is {item['state']['S']}: {item.get('reason', {}).get('S')}")
    print(f"receipts: {len(receipts)} of {len(wanted)} deliveries, {dict(states)}")
    cases = sum(item["pk"]["S"].startswith("CASE#") and "state" in item for item in found) - RETURNS
    numbers = sum(item["pk"]["S"].startswith("NUMBER#") for item in found) - RETURNS
    return [
        Line("receipts lost", len(wanted) - len(receipts), "", 0),
        Line("receipts left waiting or failed", states["stored"] + states["failed"], "", 0),
        Line(f"cases lost of {CASES}", CASES - cases, "", 0),
        Line("numbers without a case of their own", abs(numbers - cases), "", 0),
        *_events(found),
        *_mails(stack),
        *storm_flows.ledger(found, RETURNS, shop),
        *storm_money.ledger(found, RETURNS),
        Line("cases that do not agree with their events", _audited(stack), "", 0),
    ]


def _events(found: list[dict[str, Any]]) -> list[Line]:
    """Each case has each of its events once, and one word on its survey."""
    kinds: dict[str, Counter[str]] = {}
    returned = {item["pk"]["S"] for item in found if "state" in item and '"back-' in item["state"]["S"]}
    for item in found:
        if item["sk"]["S"].startswith("E#") and item["pk"]["S"] not in returned:
            fact = json.loads(item["event"]["S"])["fact"]
            kind = f"{fact['type']} {fact.get('reason', '')}".strip()
            kinds.setdefault(item["pk"]["S"], Counter())[kind] += 1
    print(f"events: {dict(sum(kinds.values(), Counter()))}")
    lost = sum(counter[kind] == 0 for counter in kinds.values() for kind in ONCE)
    doubled = sum(max(0, counter[kind] - 1) for counter in kinds.values() for kind in ONCE)
    asked = [sum(count for kind, count in one.items() if kind.startswith("survey_")) for one in kinds.values()]
    return [
        Line("events lost", lost, "", 0),
        Line("events doubled", doubled, "", 0),
        Line("cases without a word on their survey", sum(count == 0 for count in asked), "", 0),
        Line("words on a case's survey, at most", max(asked, default=0), "", 1),
    ]


def _mails(stack: Stack) -> list[Line]:
    told = Counter(mail["to"] for mail in stack.mails() if mail["to"].startswith("storm-"))
    return [
        Line("surveys sent", told.total()),
        Line("surveys sent for a case, at most", max(told.values(), default=0), "", 1),
    ]


def _figures(stack: Stack) -> list[Line]:
    """The night's figures of the storm's days against what was sent."""
    now, local = time.time_ns() // 1_000_000, str(SHOP_BODY["time_zone"])
    days = sorted({day_of(now - back * HOUR_MS, local) for back in (0, 1, 2)})
    for day in days:
        replay.compute_day(stack, SHOP, day)
    path = f"/v1/metrics/satisfaction?shop={SHOP}&from={days[0]}&to={days[-1]}"
    records = stack.request("GET", path, token=stack.token("admin")).body["items"]
    opened, resolved = (sum(record[name] for record in records) for name in ("opened", "resolved"))
    replied = sum(record["first_reply"]["count"] for record in records)
    wrong = [abs(CASES + RETURNS - opened), *(abs(CASES - count) for count in (resolved, replied))]
    return [Line("the night's opened, resolved, replied: off by", sum(wrong), "", 0)]


def _audited(stack: Stack) -> int:
    """Fold every case anew and compare; how many do not agree."""
    from infra.operate.audit import audit, use_stack

    use_stack(stack)
    return audit(None)


if __name__ == "__main__":
    run(measure)
