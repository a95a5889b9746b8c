"""The history as the webhooks that report it: the same each day it is made for, in order of time."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from infra.samples.history.course import course_of
from infra.samples.history.people import REGULARS, customer
from infra.samples.history.scenes import Scene, scene_of
from infra.samples.history.shape import LAST_DAY_AGO, planned_cases
from infra.samples.history.words import Words, read_words
from infra.samples.replay import Delivery
from infra.samples.sample_day import ZONE

CASES = 180
BEST_CUSTOMER = 6
"""The regular who has bought most, and latest."""
MOST_EXPENSIVE = "LINEN-01"
ORDERS_OF_REGULARS, OTHER_BUYERS = 4, 12
"""The orders the shop reports by themselves: so many of each regular, and one each of so many others. By these the
nightly job tells who are the shop's best customers."""


def history(today: date, cases: int = CASES) -> list[Delivery]:
    """The webhooks of so many cases in the sixty days before today, and of some orders. Nothing of it is yesterday's or
    today's."""
    words = read_words()
    until = datetime.combine(today - timedelta(days=LAST_DAY_AGO - 1), time(), ZONE)
    timed = list(_orders(words, until))
    for number, planned in enumerate(planned_cases(today, cases)):
        scene = scene_of(words, today, number, planned, cases)
        timed += _of_case(scene, words, until)
    return [delivery for _, delivery in sorted(timed, key=lambda pair: pair[0])]


def _of_case(scene: Scene, words: Words, until: datetime) -> Iterator[tuple[datetime, Delivery]]:
    yield scene.opened_at, _opening(scene)
    for place, step in enumerate(course_of(words, scene, until)):
        data = {"case_external_id": scene.external_id, "occurred_at": step.at.isoformat(), **step.data}
        yield step.at, Delivery(f"{scene.external_id}-{place}", step.type, data)


def _opening(scene: Scene) -> Delivery:
    common = {
        "external_id": scene.external_id,
        "customer": scene.customer.body(),
        "order": scene.order,
        "occurred_at": scene.opened_at.isoformat(),
        "historical": True,
    }
    if scene.kind == "review":
        review = {"score": 1 + scene.number % 2, "text": scene.message}
        return Delivery(scene.external_id, "review.created", common | review)
    request = {
        "type": scene.kind,
        "channel": scene.channel,
        "subject": scene.subject,
        "message": scene.message,
        "priority": scene.priority,
    }
    return Delivery(scene.external_id, "case.requested", common | request)


def _orders(words: Words, until: datetime) -> Iterator[tuple[datetime, Delivery]]:
    """What the regulars and some others bought."""
    buyers = [(number, place) for number in range(REGULARS) for place in range(ORDERS_OF_REGULARS)]
    buyers += [(REGULARS + number, 0) for number in range(OTHER_BUYERS)]
    for number, place in buyers:
        chance = random.Random(f"order {number} {place}")  # noqa: S311 - the same each time, nothing secret
        days = 1 + 9 * place if number == BEST_CUSTOMER else 8 + 14 * place + chance.randrange(14)
        bought_at = until - timedelta(days=days, hours=chance.randrange(12))
        product = words.product(MOST_EXPENSIVE) if number == BEST_CUSTOMER else chance.choice(words.products)
        data: dict[str, Any] = {
            "external_id": f"H-{number:05d}-{place}",
            "customer": customer(words, number).body(),
            "items": [{"sku": product.sku, "title": product.title, "quantity": 1, "price": _cny(product.price)}],
            "total": _cny(product.price),
            "purchased_at": bought_at.isoformat(),
            "delivered_at": (bought_at + timedelta(hours=20)).isoformat(),
            "occurred_at": (bought_at + timedelta(hours=20)).isoformat(),
        }
        yield bought_at, Delivery(f"history-order-{number}-{place}", "order.updated", data)


def _cny(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "CNY"}
