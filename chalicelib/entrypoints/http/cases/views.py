"""Cases, events and receipts as the API shows them. `docs/api.md` describes each field."""

from typing import Any

import msgspec

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.flows.facts import FlowStarted
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.orders.order import Order
from chalicelib.domain.sla.clocks import Clock
from chalicelib.entrypoints.http.aftersales.views import (
    flow_view,
    history_view,
    money_view,
    order_money_view,
    ruling_view,
    task_view,
)
from chalicelib.entrypoints.http.fields import actor_view, time_view
from chalicelib.usecases.cases.read_case import CaseFile
from chalicelib.usecases.ports import Receipt


def case_view(file: CaseFile) -> dict[str, Any]:
    """A case with its customer and order."""
    case = file.case
    return {
        "id": case.id,
        "number": case.number,
        "shop": case.shop,
        "external_id": case.external_id,
        "type": case.type,
        "channel": case.channel,
        "status": case.status,
        "priority": case.priority,
        "subject": file.subject,
        "language": case.language,
        "customer": _customer(case, file.customer),
        "order": _order(file.order),
        "assignee": case.assignee,
        "team": case.team,
        "tier": case.tier,
        "tags": list(case.tags),
        "opened_at": format_instant(case.opened_at),
        "first_reply_at": time_view(case.first_reply_at),
        "resolved_at": time_view(case.resolved_at),
        "closed_at": time_view(case.closed_at),
        "reopened": case.reopened,
        "clocks": [_clock(clock) for clock in case.clocks],
        "satisfaction": _satisfaction(case),
        "evidence": [*case.evidence, *(case.flow.evidence if case.flow else ())],
        "flow": flow_view(file.case),
        "money": [money_view(given) for given in case.money],
        "order_money": order_money_view(file.counted) if file.counted else None,
        "tasks": [task_view(task) for task in case.tasks],
        "historical": case.historical,
        "links": list(case.links),
        "version": file.version,
    }


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "name": clock.name,
        "state": clock.state,
        "target": clock.target,
        "started_at": format_instant(clock.started_at),
        "due_at": time_view(clock.due_at),
        "stopped_at": time_view(clock.stopped_at),
        "calendar": clock.calendar,
    }


def _customer(case: Case, customer: Customer | None) -> dict[str, Any]:
    if customer is None:
        return {"id": case.customer, "external_id": None, "name": None, "email": None, "phone": None, "language": None}
    return {
        "id": customer.id,
        "external_id": customer.external_id,
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "language": customer.language,
    }


def _order(order: Order | None) -> dict[str, Any] | None:
    if order is None:
        return None
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


def _satisfaction(case: Case) -> dict[str, Any] | None:
    if not case.satisfaction.answers:
        return None
    last = case.satisfaction.answers[-1]
    return {"csat": last.csat, "nps": last.nps, "ces": last.ces, "answered_at": format_instant(last.at)}


def event_view(event: Event, case: str) -> dict[str, Any]:
    """An event; the times in its data are in ISO 8601."""
    data = msgspec.to_builtins(event.fact)
    del data["type"]
    if isinstance(event.fact, CaseOpened):
        data = {name: value for name, value in data.items() if name not in ("id", "shop")}
        data["type"] = data.pop("kind")
        data["order"] = _order(event.fact.order)
        if event.fact.history is not None:
            data["history"] = history_view(event.fact.history)
    for name in data.keys() & {"started_at", "due_at", "expires_at", "resolved_at", "since"}:
        data[name] = format_instant(data[name])
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


def receipt_view(receipt: Receipt) -> dict[str, Any]:
    """A receipt."""
    return {
        "id": receipt.id,
        "shop": receipt.shop,
        "source": receipt.source,
        "type": receipt.type or None,
        "state": receipt.state,
        "case": receipt.case,
        "attempts": receipt.attempts,
        "reason": receipt.reason,
        "received_at": format_instant(receipt.received_at),
    }
