"""A burst of signed webhooks: how fast they are accepted, and how soon all of them are cases."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from bench.support.cloud import items, open_shop, running
from bench.support.figures import Figure, run
from bench.support.requests import requested_case
from infra.local.stack import Stack

HOOKS, AT_ONCE, WAIT_SECONDS = 480, 16, 300


def measure() -> list[Figure]:
    """Send the webhooks to a new shop, then wait until the table has every case."""
    with running() as stack:
        shop = f"burst-{int(time.time())}"
        secret = open_shop(stack, shop)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda n: _send(stack, shop, secret, f"warm-{n}"), range(AT_ONCE)))
            began = time.monotonic()
            answers = list(pool.map(lambda n: _send(stack, shop, secret, f"{n}"), range(HOOKS)))
            accepted = time.monotonic() - began
        cases, seconds = _await_cases(stack, shop, began)
    return _figures(answers, accepted, cases, seconds)


def _send(stack: Stack, shop: str, secret: str, name: str) -> tuple[int, float]:
    """Send one webhook. Returns the status of the answer, and its seconds."""
    began = time.monotonic()
    answer = stack.hook(shop, "case.requested", requested_case(f"{shop}-{name}"), secret, f"{shop}-{name}")
    return answer.status, time.monotonic() - began


def _await_cases(stack: Stack, shop: str, began: float) -> tuple[int, float]:
    """Wait for the cases. Returns how many there are, and after how many seconds."""
    cases = 0
    while cases < HOOKS + AT_ONCE and time.monotonic() - began < WAIT_SECONDS:
        time.sleep(0.5)
        cases = sum(item["pk"]["S"].startswith(f"NUMBER#{shop}#") for item in items(stack))
    return cases - AT_ONCE, time.monotonic() - began


def _figures(answers: list[tuple[int, float]], accepted: float, cases: int, seconds: float) -> list[Figure]:
    statuses = Counter(status for status, _ in answers)
    latencies = sorted(latency for _, latency in answers)
    print(f"answers by status: {dict(statuses)}")
    return [
        Figure(f"answers of {HOOKS} webhooks that are not 202", HOOKS - statuses[202], "", 0),
        Figure("webhooks accepted a second", HOOKS / accepted, "/s"),
        Figure("accepted within, p50", 1000 * latencies[HOOKS // 2], "ms"),
        Figure("accepted within, p99", 1000 * latencies[HOOKS * 99 // 100], "ms"),
        Figure("webhooks that did not become a case", HOOKS - cases, "", 0),
        Figure("seconds until all are cases", seconds, "s"),
    ]


if __name__ == "__main__":
    run(measure)
