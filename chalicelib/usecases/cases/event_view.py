"""Events as they are shown outside: over the API, in webhooks and in exports. `docs/api.md` describes each field."""

from typing import Any

import msgspec

from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.flows.claims import History
from chalicelib.domain.flows.eligibility_reasons import Ruling
from chalicelib.domain.flows.facts import FlowStarted
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.timestamps import format_instant, time_view
from chalicelib.domain.orders.order import Order

TIMES = {"started_at", "due_at", "expires_at", "resolved_at", "since", "until", "waiting_since", "answered_at"}
"""The fields of facts that are times."""


def event_view(event: Event, case: str) -> dict[str, Any]:
    """An event as the API, webhooks and exports show it, with times as text."""
    data = msgspec.to_builtins(event.fact)
    del data["type"]
    if isinstance(event.fact, CaseOpened):
        data = {name: value for name, value in data.items() if name not in ("id", "shop")}
        data["type"] = data.pop("kind")
        data["order"] = order_view(event.fact.order) if event.fact.order else None
        if event.fact.history is not None:
            data["history"] = history_view(event.fact.history)
    for name in data.keys() & TIMES:
        data[name] = time_view(data[name])
    if isinstance(event.fact, FlowStarted) and event.fact.bought:
        data["bought"] = {
            "order": event.fact.bought.order,
            "delivered_at": format_instant(event.fact.bought.delivered_at),
        }
    if isinstance(event.fact, FlowStarted) and event.fact.rulings:
        data["rulings"] = [ruling_view(ruling) for ruling in event.fact.rulings]
    if "shipment" in data:
        data["shipment"]["at"] = format_instant(data["shipment"]["at"])
    return {
        "id": event.id,
        "case": case,
        "seq": event.seq,
        "type": event.type,
        "at": format_instant(event.at),
        "claimed_at": time_view(event.claimed_at),
        "by": actor_view(event.by),
        "data": data,
    }


def order_view(order: Order) -> dict[str, Any]:
    """An order as it was told with a case."""
    shown: dict[str, Any] = {
        "external_id": order.external_id,
        "number": order.number,
        "items": [msgspec.structs.asdict(item) for item in order.items],
        "total": order.total,
        "shipping": order.shipping,
        "presented": order.presented,
    }
    times = ("purchased_at", "delivered_at", "estimated_delivery_at")
    return shown | {name: time_view(getattr(order, name)) for name in times}


def ruling_view(ruling: Ruling) -> dict[str, Any]:
    """A reason for or against a claim."""
    return {"name": ruling.name, "weight": ruling.weight, "about": ruling.about or None}


def history_view(history: History) -> dict[str, Any]:
    """What was known about the order's other cases and the customer when the claim was made."""
    return {
        "claimed": [msgspec.structs.asdict(item) for item in history.claimed],
        "repaired": [{"sku": sku, "at": format_instant(repaired_at)} for sku, repaired_at in history.repaired],
        "refunded": msgspec.to_builtins(history.refunded),
        "elsewhere": msgspec.to_builtins(history.elsewhere),
        "cancelled": history.cancelled,
        "disputed": history.disputed,
        "returns": history.returns,
        "wrong_items": history.wrong_items,
        "orders": history.orders,
    }


def actor_view(actor: Actor) -> dict[str, Any]:
    """Who caused an event."""
    return {"kind": actor.kind} | ({"id": actor.id} if actor.id else {})
