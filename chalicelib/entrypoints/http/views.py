"""Cases, events, receipts, shops as the API shows them. `docs/api.md` describes each field."""

from typing import Any

import msgspec

from chalicelib.domain.cases import Case
from chalicelib.domain.clocks import Clock
from chalicelib.domain.customers import Customer
from chalicelib.domain.events import Actor, CaseOpened, Event, FlowTimedOut, Order
from chalicelib.domain.flows.rulings import Ruling, eligible
from chalicelib.domain.flows.tasks import Task
from chalicelib.domain.instants import Instant, show
from chalicelib.usecases.explain_case import Explanation
from chalicelib.usecases.ports import Pages, Receipt
from chalicelib.usecases.read_case import CaseFile


def case_view(file: CaseFile) -> dict[str, Any]:
    """A case with its person and order."""
    case = file.case
    return {
        "id": case.id, "number": case.number, "shop": case.shop, "external_id": case.external_id, "type": case.type,
        "channel": case.channel, "status": case.status, "priority": case.priority, "subject": file.subject,
        "language": case.language, "customer": _customer(case, file.customer), "order": _order(file.order),
        "assignee": case.assignee, "team": case.team, "tier": case.tier, "tags": list(case.tags),
        "opened_at": show(case.opened_at), "first_reply_at": _time(case.first_reply_at),
        "resolved_at": _time(case.resolved_at), "closed_at": _time(case.closed_at), "reopened": case.reopened,
        "clocks": [_clock(clock) for clock in case.clocks], "satisfaction": _satisfaction(case),
        "flow": _flow(file), "money": [msgspec.structs.asdict(one) for one in case.money],
        "tasks": [_task(task) for task in case.tasks],
        "historical": case.historical, "links": list(case.links), "version": file.version,
    }  # fmt: skip


def _flow(file: CaseFile) -> dict[str, Any] | None:
    flow = file.case.flow
    if flow is None:
        return None
    return {
        "kind": flow.kind, "state": flow.state, "turn": flow.turn, "since": show(flow.since),
        "due_at": _time(flow.deadline.at if flow.deadline else None),
        "on_timeout": flow.deadline.does if flow.deadline else None, "reason": flow.reason,
        "eligibility": {"eligible": eligible(flow.rulings), "rulings": [_ruling(one) for one in flow.rulings]},
        "items": [msgspec.structs.asdict(one) for one in flow.items], "evidence": list(flow.evidence),
        "shipments": [msgspec.structs.asdict(one) | {"at": show(one.at)} for one in flow.shipments],
        "steps": [{"state": state, "at": show(at)} for state, at in flow.steps],
        "moves": flow.table.allowed(flow.state),
    }  # fmt: skip


def _task(task: Task) -> dict[str, Any]:
    return {
        "id": task.id, "department": task.department, "title": task.title, "due_at": show(task.due_at),
        "done_at": _time(task.done_at), "outcome": task.outcome, "late": task.late,
    }  # fmt: skip


def _ruling(ruling: Ruling) -> dict[str, Any]:
    return {"name": ruling.name, "weight": ruling.weight, "about": ruling.about or None}


def why_view(told: Explanation, pages: Pages) -> dict[str, Any]:
    """What spoke for and against a claim, and what decided each move, with words in both languages."""
    return {
        "eligible": eligible(told.rulings),
        "rulings": [_ruling(one) | {"text": _texts(pages, f"ruling_{one.name}", one.about)} for one in told.rulings],
        "decisions": [_decision(event) for event in told.decisions],
    }  # fmt: skip


def _texts(pages: Pages, phrase: str, about: str) -> dict[str, str]:
    return {language: pages.text(phrase, language, about=about) for language in ("zh", "en")}


def _decision(event: Event) -> dict[str, Any]:
    fact = event.fact
    by_time = isinstance(fact, FlowTimedOut)
    return {
        "event": event.id, "at": show(event.at), "by": _actor(event.by),
        "move": fact.does if isinstance(fact, FlowTimedOut) else getattr(fact, "move", None),
        "rule": f"{fact.state}: not moved in time" if isinstance(fact, FlowTimedOut) else getattr(fact, "rule", None),
        "outcome": None if by_time else getattr(fact, "outcome", None),
        "reason": None if by_time else getattr(fact, "reason", None),
    }  # fmt: skip


def _time(instant: Instant | None) -> str | None:
    return None if instant is None else show(instant)


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "name": clock.name, "state": clock.state, "target": clock.target, "started_at": show(clock.started_at),
        "due_at": _time(clock.due_at), "stopped_at": _time(clock.stopped_at), "calendar": clock.calendar,
    }  # fmt: skip


def _customer(case: Case, customer: Customer | None) -> dict[str, Any]:
    if customer is None:
        return {"id": case.customer, "external_id": None, "name": None, "email": None, "phone": None, "language": None}
    return {
        "id": customer.id, "external_id": customer.external_id, "name": customer.name, "email": customer.email,
        "phone": customer.phone, "language": customer.language,
    }  # fmt: skip


def _order(order: Order | None) -> dict[str, Any] | None:
    if order is None:
        return None
    shown: dict[str, Any] = {
        "external_id": order.external_id,
        "items": [msgspec.structs.asdict(item) for item in order.items],
        "total": order.total,
    }
    times = ("purchased_at", "delivered_at", "estimated_delivery_at")
    return shown | {name: _time(getattr(order, name)) for name in times}


def _satisfaction(case: Case) -> dict[str, Any] | None:
    if not case.answers:
        return None
    last = case.answers[-1]
    return {"csat": last.csat, "nps": last.nps, "ces": last.ces, "answered_at": show(last.at)}


def event_view(event: Event, case: str) -> dict[str, Any]:
    """An event; the times in its data are written out."""
    data = msgspec.to_builtins(event.fact)
    del data["type"]
    if isinstance(event.fact, CaseOpened):
        data = {name: value for name, value in data.items() if name not in ("id", "shop")}
        data["type"] = data.pop("kind")
        data["order"] = _order(event.fact.order)
    for name in data.keys() & {"started_at", "due_at", "expires_at", "resolved_at", "since"}:
        data[name] = show(data[name])
    if "shipment" in data:
        data["shipment"]["at"] = show(data["shipment"]["at"])
    return {
        "id": event.id, "case": case, "seq": event.seq, "type": event.type, "at": show(event.at),
        "by": _actor(event.by), "data": data,
    }  # fmt: skip


def _actor(actor: Actor) -> dict[str, Any]:
    return {"kind": actor.kind} | ({"id": actor.id} if actor.id else {})


def receipt_view(receipt: Receipt) -> dict[str, Any]:
    """A receipt."""
    return {
        "id": receipt.id, "shop": receipt.shop, "source": receipt.source, "type": receipt.type or None,
        "state": receipt.state, "case": receipt.case, "attempts": receipt.attempts, "reason": receipt.reason,
        "received_at": show(receipt.received_at),
    }  # fmt: skip
