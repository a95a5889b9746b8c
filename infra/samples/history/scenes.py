"""One case of the history as it began: who asks what about which order, by which channel, and which agent has it."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from infra.samples.history.people import Customer, customer_of_case
from infra.samples.history.shape import Planned, slow_week
from infra.samples.history.words import Product, Words, short
from infra.samples.sample_day import ZONE
from infra.samples.staff import ADVICE, OVERSEAS, RETURNS, STAFF

KINDS = {
    "question": 32,
    "order_issue": 20,
    "return": 16,
    "exchange": 7,
    "repair": 6,
    "refund": 8,
    "complaint": 7,
    "review": 4,
}
BATCH_KINDS = {"return": 55, "complaint": 30, "review": 15}
CHANNELS = {"web": 34, "email": 22, "chat": 20, "phone": 10, "social": 7, "third_party": 4, "store": 2, "api": 1}
HOURS = (1, 1, 0, 0, 0, 0, 1, 3, 6, 10, 12, 11, 8, 9, 10, 10, 9, 8, 8, 10, 12, 11, 7, 3)
"""When people write, by the hour: before lunch and in the evening."""
PRIORITIES = {"normal": 80, "high": 12, "low": 6, "urgent": 2}
ADVISED = ("question", "order_issue")
"""The types of cases that the team `advice` works on; those in English are the overseas team's."""


class Scene(NamedTuple):
    """The beginning of a case."""

    number: int
    opened_at: datetime
    kind: str
    channel: str
    customer: Customer
    product: Product
    subject: str
    message: str
    order: dict[str, Any]
    priority: str
    team: str
    agent: str
    slow: bool
    batch: bool

    @property
    def external_id(self) -> str:
        """The id of the case in the shop."""
        return f"history-{self.number:05d}"

    @property
    def language(self) -> str:
        """`zh` or `en`."""
        return short(self.customer.language)


def scene_of(words: Words, today: date, number: int, planned: Planned, cases: int) -> Scene:
    """The beginning of the case with that number; the same for the same day, number and count."""
    chance = random.Random(f"history {number}")  # noqa: S311 - the same each time, nothing secret
    customer = customer_of_case(words, chance, cases)
    kind = _one_of(BATCH_KINDS if planned.batch else KINDS, chance)
    opened_at = _moment(planned.day, chance)
    product = words.product(words.batch["sku"]) if planned.batch else _product(words, chance)
    subject, message = _words_of(words, kind, product, customer, planned.batch, chance, number)
    team = _team(kind, customer)
    first, last = slow_week(today)
    return Scene(
        number=number,
        opened_at=opened_at,
        kind=kind,
        channel="review" if kind == "review" else _one_of(CHANNELS, chance),
        customer=customer,
        product=product,
        subject=subject,
        message=message,
        order=_order(words, number, product, kind, opened_at, chance),
        priority="high" if planned.batch and kind == "complaint" else _one_of(PRIORITIES, chance),
        team=team,
        agent=_agent(team, chance),
        slow=team == OVERSEAS and first <= planned.day <= last,
        batch=planned.batch,
    )


def _one_of(weights: dict[str, int], chance: random.Random) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _moment(day: date, chance: random.Random) -> datetime:
    hour = chance.choices(range(24), HOURS)[0]
    return datetime.combine(day, time(hour, chance.randrange(60), chance.randrange(60)), ZONE)


def _product(words: Words, chance: random.Random) -> Product:
    return chance.choices(words.products, [product.weight for product in words.products])[0]


def _team(kind: str, customer: Customer) -> str:
    if short(customer.language) == "en":
        return OVERSEAS
    return ADVICE if kind in ADVISED else RETURNS


def _agent(team: str, chance: random.Random) -> str:
    return chance.choice([member.user for member in STAFF if team in member.teams and member.role == "agent"])


def _words_of(
    words: Words, kind: str, product: Product, customer: Customer, batch: bool, chance: random.Random, number: int
) -> tuple[str, str]:
    language = short(customer.language)
    subject, body = words.scene(kind, product, language, batch, chance)
    opener, closer = (
        ("", "") if kind == "review" else (chance.choice(words.openers[language]), _closer(words, language, chance))
    )
    text = body if opener and language == "en" and opener.endswith(", ") else _begun(body)
    gaps = {
        "title": product.name(language),
        "size": chance.choice(("38", "40", "42", "43")),
        "days": chance.randrange(3, 15),
        "city": chance.choice(words.cities[language]),
        "order": f"H-{number:05d}",
        "name": customer.name.partition(" ")[0],
    }
    return subject, f"{opener}{text}{closer}".format(**gaps)


def _closer(words: Words, language: str, chance: random.Random) -> str:
    return chance.choice(words.closers[language])


def _begun(text: str) -> str:
    """The text with a capital letter."""
    return text[:1].upper() + text[1:]


def _order(
    words: Words, number: int, product: Product, kind: str, opened_at: datetime, chance: random.Random
) -> dict[str, Any]:
    """The order the case is about: the product, and sometimes one or two others."""
    others = [other for other in chance.sample(words.products, 2) if other.sku != product.sku]
    bought = [product, *others[: chance.choice((0, 0, 0, 1, 1, 2))]]
    quantities = [chance.choice((1, 1, 1, 2)) for _ in bought]
    total = sum(float(each.price) * quantity for each, quantity in zip(bought, quantities, strict=True))
    purchased_at = opened_at - timedelta(days=chance.randrange(2, 20), hours=chance.randrange(24))
    arrived = {} if kind == "question" else {"delivered_at": _before(opened_at, purchased_at).isoformat()}
    return {
        "external_id": f"H-{number:05d}",
        "items": [_item(each, quantity) for each, quantity in zip(bought, quantities, strict=True)],
        "total": {"amount": f"{total:.2f}", "currency": "CNY"},
        "purchased_at": purchased_at.isoformat(),
        **arrived,
    }


def _before(opened_at: datetime, purchased_at: datetime) -> datetime:
    return min(purchased_at + timedelta(days=3), opened_at - timedelta(hours=6))


def _item(product: Product, quantity: int) -> dict[str, Any]:
    price = {"amount": product.price, "currency": "CNY"}
    return {"sku": product.sku, "title": product.title, "quantity": quantity, "price": price}
