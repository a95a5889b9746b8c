"""A bounded burst of signed webhooks: how fast they are accepted, and how soon all of them are cases."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from bench.cloud import items, open_shop, running
from bench.lines import Line, run
from bench.requests import asked_case
from infra.local.stack import Stack

HOOKS, AT_ONCE, WAIT_SECONDS = 480, 16, 300


def measure() -> list[Line]:
    """Send to a shop made for it, then look until the table has every case."""
    with running() as stack:
        shop = f"burst-{int(time.time())}"
        secret = open_shop(stack, shop)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda n: _send(stack, shop, secret, f"warm-{n}"), range(AT_ONCE)))
            began = time.monotonic()
            told = list(pool.map(lambda n: _send(stack, shop, secret, f"{n}"), range(HOOKS)))
            accepted = time.monotonic() - began
        found, seconds = _await(stack, shop, began)
    return _figures(told, accepted, found, seconds)


def _send(stack: Stack, shop: str, secret: str, name: str) -> tuple[int, float]:
    """Status and seconds of one webhook."""
    began = time.monotonic()
    answer = stack.hook(shop, "case.requested", asked_case(f"{shop}-{name}"), secret, f"{shop}-{name}")
    return answer.status, time.monotonic() - began


def _await(stack: Stack, shop: str, began: float) -> tuple[int, float]:
    """How many cases there are, and after how long."""
    found = 0
    while found < HOOKS + AT_ONCE and time.monotonic() - began < WAIT_SECONDS:
        time.sleep(0.5)
        found = sum(item["pk"]["S"].startswith(f"NUMBER#{shop}#") for item in items(stack))
    return found - AT_ONCE, time.monotonic() - began


def _figures(told: list[tuple[int, float]], accepted: float, found: int, seconds: float) -> list[Line]:
    statuses = Counter(status for status, _ in told)
    latencies = sorted(seconds for _, seconds in told)
    print(f"answers by status: {dict(statuses)}")
    return [
        Line(f"answers of {HOOKS} webhooks that are not 202", HOOKS - statuses[202], "", 0),
        Line("webhooks accepted a second", HOOKS / accepted, "/s"),
        Line("accepted within, p50", 1000 * latencies[HOOKS // 2], "ms"),
        Line("accepted within, p99", 1000 * latencies[HOOKS * 99 // 100], "ms"),
        Line("webhooks that are no case in the end", HOOKS - found, "", 0),
        Line("seconds until all are cases", seconds, "s"),
    ]


if __name__ == "__main__":
    run(measure)
