"""Flows, money and tasks as the API shows them. `docs/api.md` describes each field."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.flows.compensation import left_of, left_of_line
from chalicelib.domain.flows.eligibility_reasons import eligible
from chalicelib.domain.flows.facts import FlowMoved, FlowTimedOut
from chalicelib.domain.kernel.money import MIXED, Money, money_of
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.entrypoints.http.fields import actor_view, time_view
from chalicelib.usecases.cases.event_view import ruling_view

if TYPE_CHECKING:
    from chalicelib.domain.cases.case import Case
    from chalicelib.domain.cases.events import Event
    from chalicelib.domain.flows.compensation import Compensation, Paid
    from chalicelib.domain.flows.tasks import Task
    from chalicelib.domain.orders.order import Dispute, Refund
    from chalicelib.usecases.aftersales.explain_flow import Explanation
    from chalicelib.usecases.orders.count_order_money import Counted
    from chalicelib.usecases.ports.email import PageRenderer


def flow_view(case: "Case") -> dict[str, Any] | None:
    """The state of a case's flow; None when the case has none."""
    flow = case.flow
    if flow is None:
        return None
    return {
        "kind": flow.kind,
        "state": flow.state,
        "turn": flow.turn,
        "since": format_instant(flow.since),
        "due_at": time_view(flow.deadline.at if flow.deadline else None),
        "on_timeout": flow.deadline.does if flow.deadline else None,
        "reason": flow.reason,
        "eligibility": {
            "eligible": eligible(flow.rulings),
            "rulings": [ruling_view(ruling) for ruling in flow.rulings],
        },
        "items": [msgspec.structs.asdict(item) for item in flow.items],
        "evidence": list(flow.evidence),
        "shipments": [
            msgspec.structs.asdict(shipment) | {"at": format_instant(shipment.at)} for shipment in flow.shipments
        ],
        "steps": [{"state": state, "at": format_instant(reached_at)} for state, reached_at in flow.steps],
        "money": [money_view(given) for given in case.money],
        "tasks": [task_view(task) for task in case.tasks],
        "moves": flow.table.open_moves(flow.state),
    }


def task_view(task: "Task") -> dict[str, Any]:
    """A task."""
    return {
        "id": task.id,
        "department": task.department,
        "title": task.title,
        "due_at": format_instant(task.due_at),
        "done_at": time_view(task.done_at),
        "outcome": task.outcome,
        "late": task.late,
    }


def why_view(explanation: "Explanation", pages: "PageRenderer") -> dict[str, Any]:
    """The reasons for and against a claim, and what decided each move, with texts in both languages."""
    return {
        "eligible": eligible(explanation.rulings),
        "rulings": [
            ruling_view(ruling) | {"text": _texts(pages, f"ruling_{ruling.name}", ruling.about)}
            for ruling in explanation.rulings
        ],
        "decisions": [_decision(event) for event in explanation.decisions],
    }


def _texts(pages: "PageRenderer", phrase: str, about: str) -> dict[str, str]:
    return {language: pages.text(phrase, language, about=about) for language in ("zh", "en")}


def _decision(event: "Event") -> dict[str, Any]:
    fact = event.fact
    shown: dict[str, Any] = {"event": event.id, "at": format_instant(event.at), "by": actor_view(event.by)}
    if isinstance(fact, FlowTimedOut):
        return shown | {"move": fact.does, "rule": f"{fact.state}: not moved in time", "outcome": None, "reason": None}
    assert isinstance(fact, FlowMoved)
    return shown | {"move": fact.move, "rule": fact.rule, "outcome": fact.outcome, "reason": fact.reason}


def money_view(given: "Compensation") -> dict[str, Any]:
    """Money given, or to be given."""
    times = ("asked_at", "requested_at", "done_at")
    return msgspec.structs.asdict(given) | {name: time_view(getattr(given, name)) for name in times}


def order_money_view(counted: "Counted") -> dict[str, Any]:
    """What was paid for an order, what is left to be given, and the refunds and disputes that did not come from us."""
    paid = counted.paid
    order_record = counted.record
    currency = paid.total.currency if paid else ""
    left = _left(paid, counted) if paid else None
    ours = counted.back.ours
    return {
        "paid": paid.total if paid else None,
        "left": money_of(left, currency) if left is not None else None,
        "shipping": money_of(paid.shipping, currency) if paid and paid.shipping is not None else None,
        "lines": [_paid_line_view(paid, sku, counted) for sku in paid.lines] if paid else [],
        "refunds": [
            refund_view(refund, ours.get(refund.id))
            for refund in (order_record.reported_refunds if order_record else ())
        ],
        "disputes": [dispute_view(dispute) for dispute in (order_record.disputes if order_record else ())],
    }


def _left(paid: "Paid", counted: "Counted") -> Decimal:
    return max(left_of(paid, counted.given, counted.back.backs), Decimal(0))


def _paid_line_view(paid: "Paid", sku: str, counted: "Counted") -> dict[str, Any]:
    """What was paid for a line, and what is left of it: never more than is left of the whole order."""
    left_of_sku = left_of_line(paid, sku, counted.given, counted.back.backs)
    left = max(min(left_of(paid, counted.given, counted.back.backs), left_of_sku), Decimal(0))
    currency = paid.total.currency
    return {"sku": sku, "paid": money_of(paid.lines[sku], currency), "left": money_of(left, currency)}


def refund_view(refund: "Refund", money: str | None = None) -> dict[str, Any]:
    """A refund of an order that was reported to us; `money` is the id of our money that it pays."""
    return {
        "id": refund.id,
        "amount": _with_currency(refund.amount),
        "refunded_at": time_view(refund.at),
        "state": refund.state,
        "money": money or refund.money,
        "lines": [msgspec.structs.asdict(line) for line in refund.lines],
        "shipping": _with_currency(refund.shipping) if refund.shipping else None,
    }


def _with_currency(amount: Money) -> Money:
    """The amount; without a known currency, with the code for that."""
    return amount if amount.currency else Money(amount.amount, MIXED)


def dispute_view(dispute: "Dispute") -> dict[str, Any]:
    """A payment that the customer's bank took back, or inquires about."""
    return {
        "id": dispute.id,
        "amount": _with_currency(dispute.amount),
        "kind": dispute.kind,
        "state": dispute.state,
        "disputed_at": time_view(dispute.at),
    }
