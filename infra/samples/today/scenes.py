"""Today's cases, as `examples/today.yaml` has them, and the webhooks that open them."""

from datetime import datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple

import yaml

from infra.paths import ROOT
from infra.samples.history import people
from infra.samples.history.words import read_words
from infra.samples.replay import Delivery
from infra.samples.sample_day import ZONE
from infra.samples.staff import STAFF

REASONS = {"return": "unwanted", "exchange": "other", "repair": "defective", "refund": "other"}
FAULTY = "LAMP-03"
UNANSWERED = ("waits", "requested")
"""What has happened since, where no agent has answered."""
Json = dict[str, Any]


class Scene(NamedTuple):
    """A case of the file, in the order of its columns. `customer`: a name, or the number of a customer of the
    history."""

    id: str
    minutes_ago: int
    type: str
    channel: str
    priority: str
    customer: str | int
    language: str
    sku: str
    price: str
    subject: str
    message: str
    then: str


@cache
def _file() -> Json:
    read: Json = yaml.safe_load((ROOT / "examples" / "today.yaml").read_text("utf-8"))
    return read


def scenes() -> list[Scene]:
    """All cases of the file."""
    return [Scene(*row) for row in _file()["cases"]]


def said(which: str, language: str) -> str:
    """What agents write: `answers` or `asked_back`, in Chinese or English."""
    text: str = _file()[which]["zh" if language.startswith("zh") else "en"]
    return text


def external_id(now: datetime, name: str) -> str:
    """The id of a case of today in the shop: the same however often it is sent today."""
    return f"today-{now.date().isoformat()}-{name}"


def opening(scene: Scene, now: datetime) -> Delivery:
    """The webhook that opens the case. It comes late, but says when the customer wrote."""
    name = external_id(now, scene.id)
    data: Json = {
        "external_id": name,
        "type": scene.type,
        "channel": scene.channel,
        "priority": scene.priority,
        "subject": scene.subject,
        "message": scene.message,
        "customer": _customer(scene, name),
        "order": _order(scene, name, now),
        "occurred_at": _written_at(scene, now).isoformat(),
    }
    if scene.type in REASONS:
        data["claim"] = {"reason": "defective" if scene.sku == FAULTY else REASONS[scene.type]}
    return Delivery(name, "case.requested", data)


def replies(scene: Scene, now: datetime) -> list[Delivery]:
    """The webhook of the first answer, if there was one, a quarter of an hour after the customer wrote."""
    if scene.then in UNANSWERED:
        return []
    name, language = external_id(now, scene.id), "zh" if scene.language.startswith("zh") else "en"
    data = {
        "case_external_id": name,
        "agent": next(one.user for one in STAFF if one.works and one.works.get("languages") == [language]),
        "message": said("asked_back" if scene.then == "theirs" else "answers", scene.language),
        "occurred_at": min(now, _written_at(scene, now) + timedelta(minutes=15)).isoformat(),
    }
    return [Delivery(f"{name}-replied", "case.replied", data)]


def _written_at(scene: Scene, now: datetime) -> datetime:
    """When the customer wrote; never yesterday, whose figures are complete."""
    return max(now - timedelta(minutes=scene.minutes_ago), datetime.combine(now.date(), time(), ZONE))


def _customer(scene: Scene, name: str) -> Json:
    if isinstance(scene.customer, int):
        return people.customer(read_words(), scene.customer).body()
    mailbox = f"{name}@example.net"
    return {"external_id": name, "name": scene.customer, "email": mailbox, "language": scene.language}


def _order(scene: Scene, name: str, now: datetime) -> Json:
    price, product = {"amount": scene.price, "currency": "CNY"}, read_words().product(scene.sku)
    bought_at = now - timedelta(days=6)
    return {
        "external_id": f"O-{name}",
        "items": [{"sku": product.sku, "title": product.title, "quantity": 1, "price": price}],
        "total": price,
        "purchased_at": bought_at.isoformat(),
        "delivered_at": (bought_at + timedelta(days=3)).isoformat(),
    }
