"""Webhooks while many calls between the functions and AWS fail; then the faults end, dead-letter messages are redriven,
and every case is checked."""

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import yaml

from bench.load import faults, storm_flows, storm_ledger, storm_money
from bench.load.receipts import receipt_states
from bench.support import traffic
from bench.support.cloud import items, open_shop, own
from bench.support.figures import Figure, run
from infra.local.stack import Stack
from infra.paths import RESOURCES
from infra.samples.replay import backlog, queue_url

CASES = int(os.environ.get("STORM_CASES", "500"))
RETURNS = max(8, CASES // 10)
SHOP, FAULT_SECONDS, QUIET_ROUNDS = "storm", 90, 8
DRAIN_SECONDS = 1_000
"""Longer than the longest wait before a message is tried again, which is that of SQS: 900 s."""
SIZE = storm_ledger.StormSize(SHOP, CASES, RETURNS)
QUEUES = tuple(yaml.safe_load((RESOURCES / "queues.yaml").read_text("utf-8"))["Queues"])


def measure() -> list[Figure]:
    """Send the webhooks during the faults, let the queues become empty, and check the results."""
    with own() as stack, faults.proxy(stack.cloud.endpoint) as url:
        secret = open_shop(stack, SHOP)
        sent = [*traffic.deliveries(CASES, time.time()), *storm_flows.returns(RETURNS, time.time())]
        sent += storm_money.deliveries(RETURNS, time.time())
        shop = storm_flows.Shop(stack, SHOP, secret)
        _subscribe(stack, shop)
        began = time.monotonic()
        with faults.through(stack, url):
            with faults.random_faults(url):
                with ThreadPoolExecutor(1) as agents:
                    refunds = agents.submit(storm_flows.request_refunds, stack, SHOP, RETURNS)
                    statuses, tries = traffic.send(stack, SHOP, secret, sent)
                    refunds.result()
                _await_first_attempts(stack)
            duration = time.monotonic() - began
            print(f"{len(sent)} webhooks, {tries} tries, {duration:.0f} s; answers: {dict(Counter(statuses))}")
            print(f"faults: {_fault_counts(url)}", flush=True)
            redriven = _drain(stack)
        shop.close()
        redriven += _drain(stack)
        lines = storm_ledger.ledger(stack, SIZE, sent, shop)
        metrics = storm_ledger.compare_daily_metrics(stack, SIZE)
    refused = sum(status not in (200, 202) for status in statuses)
    return [
        Figure("webhooks never accepted", refused, "", 0),
        Figure("messages of dead-letter queues redriven", redriven),
        *lines,
        *metrics,
    ]


def _subscribe(stack: Stack, shop: storm_flows.Shop) -> None:
    """Register the shop's endpoint for requested refunds."""
    url = f"http://127.0.0.1:{shop.server.server_port}/"
    body = {"endpoints": [{"name": "till", "url": url, "types": ["money.requested"]}]}
    answer = stack.request("PUT", f"/v1/shops/{SHOP}/endpoints", body, stack.token("admin"))
    if answer.status != 200:
        raise SystemExit(f"the endpoint was refused: {answer.status} {answer.body}")


def _fault_counts(url: str) -> dict[str, int]:
    services = faults.control(url, "stats")["by_service"]
    return {service["service"]: service["faulted"] for service in services if service["faulted"]}


def _await_first_attempts(stack: Stack) -> None:
    """Wait during the faults until a worker has tried each receipt, but no longer than a limit."""
    end = time.monotonic() + FAULT_SECONDS
    while _untried(stack) and time.monotonic() < end:
        time.sleep(1)


def _drain(stack: Stack) -> int:
    """Redrive messages of dead-letter queues until all queues stay empty. Returns how many were redriven."""
    end = time.monotonic() + DRAIN_SECONDS
    quiet_rounds = redriven = 0
    while quiet_rounds < QUIET_ROUNDS:
        redriven += sum(_redrive(stack, name) for name in QUEUES)
        waiting = sum(backlog(stack, name) for name in QUEUES) + _untried(stack)
        quiet_rounds = 0 if waiting else quiet_rounds + 1
        if time.monotonic() > end:
            print(f"{waiting} messages or receipts still wait after {DRAIN_SECONDS} s")
            return redriven
        time.sleep(1)
    return redriven


def _untried(stack: Stack) -> int:
    """The number of receipts that no worker has tried yet."""
    return sum(state == "untried" for _, state in receipt_states(items(stack)))


def _redrive(stack: Stack, name: str) -> int:
    """Move the messages of a dead-letter queue back to their queue. Returns how many there were."""
    sqs, source = stack.client("sqs"), queue_url(stack, f"{name}DeadLetters")
    moved = 0
    while messages := sqs.receive_message(QueueUrl=source, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            sqs.send_message(QueueUrl=queue_url(stack, f"{name}Queue"), MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    return moved


if __name__ == "__main__":
    run(measure)
