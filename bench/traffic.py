"""The storm's webhooks: some doubled, some told again under another name, most out of order; always the same ones."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from bench.requests import asked_case
from infra.local.stack import Stack
from infra.samples.replay import Delivery

AT_ONCE, TRIES = 16, 12


def deliveries(cases: int, now: float) -> list[Delivery]:
    """Four events a case, an hour ago; every tenth delivery twice, every tenth again under another id."""
    chance = Random(20261120)
    told = [one for number in range(cases) for one in _life(f"storm-{number}", now - 3600)]
    again = [one for place, one in enumerate(told) if place % 10 == 3]
    renamed = [replace(one, id=f"{one.id}-again") for place, one in enumerate(told) if place % 10 == 7]
    placed = [(place + chance.uniform(0, 40), one) for place, one in enumerate(told)]
    placed += [(chance.uniform(0, len(told)), one) for one in (*again, *renamed)]
    return [one for _, one in sorted(placed, key=lambda pair: pair[0])]


def _life(name: str, begin: float) -> list[Delivery]:
    def about(seconds: int, **more: Any) -> dict[str, Any]:
        return {"case_external_id": name, "occurred_at": moment(begin + seconds), **more}

    asked = {**asked_case(name), "type": "question", "occurred_at": moment(begin)}
    return [
        Delivery(f"{name}-1", "case.requested", asked),
        Delivery(f"{name}-2", "message.received", about(60, author="customer", message="It is the blue one.")),
        Delivery(f"{name}-3", "case.replied", about(120, agent="lin", message="A label is on its way.")),
        Delivery(f"{name}-4", "case.resolved", about(180, agent="lin")),
    ]


def moment(at: float) -> str:
    """A time as webhooks write it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def send(stack: Stack, shop: str, secret: str, sent: Sequence[Delivery]) -> tuple[list[int], int]:
    """Send all as senders do, again until they are taken; the last status of each, and how often was sent in all."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(lambda one: sent_until_taken(stack, shop, secret, one), sent))
    return [status for status, _ in told], sum(tries for _, tries in told)


def sent_until_taken(stack: Stack, shop: str, secret: str, one: Delivery) -> tuple[int, int]:
    """Send one until it is taken; its last status, and how often it was sent."""
    status = 0
    for attempt in range(TRIES):
        try:
            status = stack.hook(shop, one.type, one.data, secret, one.id).status
        except OSError:
            status = 599
        if status < 500:
            return status, attempt + 1
        time.sleep(min(0.2 * 2**attempt, 3))
    return status, TRIES
