"""Made-up inputs of the nightly job: what customers of a shop said in sixteen weeks, in the words of the history."""

import random
from collections.abc import Iterator
from typing import Any, Literal

from bench.insights.orders import CUSTOMERS, DAYS, PRODUCTS, START, is_late, made_order, product_of, sku_at, week_of
from bench.support.requests import SHOP
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.parts import Answer, Satisfaction
from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.insights.insight_inputs import InsightInputs, Said
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, Instant, day_of
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.triage.sentiment import mood_of
from infra.samples.history.scenes import CHANNELS, KINDS
from infra.samples.history.words import Product, Words, read_words

ZONE, FIRST = "Asia/Shanghai", "2026-07-26"
ORDERS, CASES = 0.4, 0.04
"""Orders and answered cases for each item."""
ANSWERS = 0.15
"""The share of items that are comments of surveys: many of them say the same."""
CLAIMS = ("return", "exchange", "repair", "refund")
LATE_COMPLAINS, COMPLAINS = 0.6, 0.05
Language = Literal["en", "zh"]


def made_inputs(items: int) -> InsightInputs:
    """So many items, the same every time."""
    chance, words = random.Random(16), read_words()
    records = [made_order(words, chance, place, items) for place in range(round(items * ORDERS))]
    orders = {record.external_id: record for record in records}
    moments = sorted(chance.randrange(DAYS * DAY_MS - HOUR_MS) for _ in range(items))
    said = [
        _said(words, chance, place, START + moment, records[chance.randrange(len(records))], items)
        for place, moment in enumerate(moments)
    ]
    day = day_of(START + (DAYS - 1) * DAY_MS, ZONE)
    cases = {case.id: case for case in _cases(said, chance, round(items * CASES))}
    return InsightInputs(shop=SHOP, time_zone=ZONE, first=FIRST, day=day, said=said, cases=cases, orders=orders)


def _said(words: Words, chance: random.Random, place: int, at: Instant, order: OrderRecord, items: int) -> Said:
    """An item about an order that was bought before it; otherwise its customer wrote without an order."""
    about = order if order.purchased_at < at else None
    language: Language = "zh" if place % 2 else "en"
    sku = about.order.items[0].sku if about else sku_at(words, chance.randrange(PRODUCTS))
    kind, written = _written(words, chance, language, product_of(words, sku), is_late(about))
    values: dict[str, Any] = {
        "id": f"{at:014d}-{place:06d}",
        "shop": SHOP,
        "at": at,
        "language": language,
        "type": kind,
    } | written
    values["customer"] = about.customer if about else f"C-{chance.randrange(round(items * CUSTOMERS))}"
    values["channel"] = chance.choices(list(CHANNELS), list(CHANNELS.values()))[0]
    values |= {"products": (sku,), "order": about.external_id if about else None, "case": f"case-{values['id']}"}
    item = FeedbackItem(**values)
    mood = mood_of(item.text)
    of_order = {"week": week_of(about), "carrier": about.parcels[0].carrier} if about else {}
    return Said(item=item, day=day_of(at, ZONE), sentiment=mood.label, mood=mood.score, **of_order)


def _written(
    words: Words, chance: random.Random, language: Language, product: Product, was_late: bool
) -> tuple[str, dict[str, Any]]:
    """The type of the case, and what is said: a comment with scores, or a message."""
    complains = chance.random() < (LATE_COMPLAINS if was_late else COMPLAINS)
    kind = "complaint" if complains else chance.choices(list(KINDS), list(KINDS.values()))[0]
    if chance.random() < ANSWERS:
        csat = chance.randrange(1, 3) if complains else chance.randrange(3, 6)
        comment = chance.choice(words.comments[language][csat])
        return kind, {"source": "survey", "text": comment, "csat": csat, "nps": 2 * csat}
    _, body = words.scene(kind, product, language, False, chance)
    parts = chance.choice(words.openers[language]), body, chance.choice(words.closers[language])
    return kind, {
        "source": "claim" if kind in CLAIMS else "message",
        "text": _filled(words, chance, language, parts, product),
    }


def _filled(words: Words, chance: random.Random, language: Language, parts: tuple[str, ...], product: Product) -> str:
    """A message with its gaps filled. The sentence about days makes most of them differ."""
    waited = "买了 {days} 天，住在{city}。" if language == "zh" else " I bought it {days} days ago in {city}."
    gaps = {
        "title": product.name(language),
        "size": chance.choice(("38", "40", "42", "43")),
        "days": chance.randrange(3, 100),
        "city": chance.choice(words.cities[language]),
        "order": f"H-{chance.randrange(100_000):05d}",
        "name": chance.choice(words.names[language]["given"]),
    }
    return "".join((*parts, waited)).format(**gaps)


def _cases(said: list[Said], chance: random.Random, count: int) -> Iterator[Case]:
    """The states of some of the cases, each answered: the longer it took, the lower."""
    for each in chance.sample(said, count):
        hours = 2 ** chance.uniform(0, 5)
        csat = max(1, min(5, round(chance.gauss(4.5 - hours / 16, 0.7))))
        yield _case(each.item, hours * HOUR_MS, csat, replies=chance.randrange(4), reopened=chance.randrange(4) // 3)


def _case(item: FeedbackItem, time: float, csat: int, **more: Any) -> Case:
    return Case(
        id=item.case or item.id,
        number=item.id,
        shop=SHOP,
        external_id=item.id,
        type=item.type or "question",
        channel=item.channel or "web",
        customer=item.customer or "",
        opened_at=item.at,
        first_reply_at=item.at + round(time),
        resolved_at=item.at + round(3 * time),
        policy=1,
        calendar="CN",
        satisfaction=Satisfaction(answers=(Answer(item.at + round(4 * time), csat, 2 * csat),)),
        **more,
    )
