"""The webhooks of the storm, the same in every run: some are sent twice, some again under another id, and most out of
order."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from bench.support.requests import requested_case
from infra.local.stack import Stack
from infra.samples.replay import Delivery

AT_ONCE, TRIES = 16, 12


def deliveries(cases: int, now: float) -> list[Delivery]:
    """Four events for each case, an hour ago. Every tenth delivery is sent twice, every tenth again under another
    id."""
    chance = Random(20261120)
    sent = [delivery for number in range(cases) for delivery in _events(f"storm-{number}", now - 3600)]
    repeated = [delivery for place, delivery in enumerate(sent) if place % 10 == 3]
    renamed = [replace(delivery, id=f"{delivery.id}-again") for place, delivery in enumerate(sent) if place % 10 == 7]
    placed = [(place + chance.uniform(0, 40), delivery) for place, delivery in enumerate(sent)]
    placed += [(chance.uniform(0, len(sent)), delivery) for delivery in (*repeated, *renamed)]
    return [delivery for _, delivery in sorted(placed, key=lambda pair: pair[0])]


def _events(name: str, begin: float) -> list[Delivery]:
    def about(seconds: int, **more: Any) -> dict[str, Any]:
        return {"case_external_id": name, "occurred_at": format_time(begin + seconds), **more}

    requested = {**requested_case(name), "type": "question", "occurred_at": format_time(begin)}
    return [
        Delivery(f"{name}-1", "case.requested", requested),
        Delivery(f"{name}-2", "message.received", about(60, author="customer", message="It is the blue one.")),
        Delivery(f"{name}-3", "case.replied", about(120, agent="lin", message="A label is on its way.")),
        Delivery(f"{name}-4", "case.resolved", about(180, agent="lin")),
    ]


def format_time(seconds: float) -> str:
    """A time as in webhooks."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def send(stack: Stack, shop: str, secret: str, sent: Sequence[Delivery]) -> tuple[list[int], int]:
    """Send all deliveries, each again until it is accepted. Returns the last status of each, and the number of
    requests."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(lambda delivery: send_until_accepted(stack, shop, secret, delivery), sent))
    return [status for status, _ in results], sum(tries for _, tries in results)


def send_until_accepted(stack: Stack, shop: str, secret: str, delivery: Delivery) -> tuple[int, int]:
    """Send one delivery until it is accepted. Returns its last status, and how often it was sent."""
    status = 0
    for attempt in range(TRIES):
        try:
            status = stack.hook(shop, delivery.type, delivery.data, secret, delivery.id).status
        except OSError:
            status = 599
        if status < 500:
            return status, attempt + 1
        time.sleep(min(0.2 * 2**attempt, 3))
    return status, TRIES
