"""Flows, money and tasks as the API shows them. `docs/api.md` describes each field."""

from decimal import Decimal
from typing import Any

import msgspec

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.compensation import Compensation, Paid, left_of, left_of_line
from chalicelib.domain.flows.eligibility_reasons import eligible
from chalicelib.domain.flows.facts import FlowMoved, FlowTimedOut
from chalicelib.domain.flows.tasks import Task
from chalicelib.domain.kernel.currencies import MIXED
from chalicelib.domain.kernel.money import Money, money_of
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.orders.order import Dispute, Refund
from chalicelib.entrypoints.http.fields import actor_view, time_view
from chalicelib.usecases.aftersales.explain_flow import Explanation
from chalicelib.usecases.cases.event_view import ruling_view
from chalicelib.usecases.orders.count_order_money import Counted
from chalicelib.usecases.ports import PageRenderer


def flow_view(case: Case) -> dict[str, Any] | None:
    """A flow as it stands; None when the case carries none."""
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
        "eligibility": {"eligible": eligible(flow.rulings), "rulings": [ruling_view(one) for one in flow.rulings]},
        "items": [msgspec.structs.asdict(one) for one in flow.items],
        "evidence": list(flow.evidence),
        "shipments": [msgspec.structs.asdict(one) | {"at": format_instant(one.at)} for one in flow.shipments],
        "steps": [{"state": state, "at": format_instant(at)} for state, at in flow.steps],
        "money": [money_view(one) for one in case.money],
        "tasks": [task_view(task) for task in case.tasks],
        "moves": flow.table.open_moves(flow.state),
    }


def task_view(task: Task) -> dict[str, Any]:
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


def why_view(told: Explanation, pages: PageRenderer) -> dict[str, Any]:
    """What spoke for and against a claim, and what decided each move, with words in both languages."""
    return {
        "eligible": eligible(told.rulings),
        "rulings": [
            ruling_view(one) | {"text": _texts(pages, f"ruling_{one.name}", one.about)} for one in told.rulings
        ],
        "decisions": [_decision(event) for event in told.decisions],
    }


def _texts(pages: PageRenderer, phrase: str, about: str) -> dict[str, str]:
    return {language: pages.text(phrase, language, about=about) for language in ("zh", "en")}


def _decision(event: Event) -> dict[str, Any]:
    fact = event.fact
    shown: dict[str, Any] = {"event": event.id, "at": format_instant(event.at), "by": actor_view(event.by)}
    if isinstance(fact, FlowTimedOut):
        return shown | {"move": fact.does, "rule": f"{fact.state}: not moved in time", "outcome": None, "reason": None}
    assert isinstance(fact, FlowMoved)
    return shown | {"move": fact.move, "rule": fact.rule, "outcome": fact.outcome, "reason": fact.reason}


def money_view(given: Compensation) -> dict[str, Any]:
    """Money given, or to be given."""
    times = ("asked_at", "requested_at", "done_at")
    return msgspec.structs.asdict(given) | {name: time_view(getattr(given, name)) for name in times}


def order_money_view(counted: Counted) -> dict[str, Any]:
    """What was paid for an order, what is left of it to be given, and what went back without us."""
    paid, given, back = counted.paid, counted.given, counted.back
    sale, currency = counted.record, paid.total.currency if paid else ""
    lines = paid.lines if paid else {}
    return {
        "paid": paid.total if paid else None,
        "left": money_of(max(left_of(paid, given, back.backs), Decimal(0)), currency) if paid else None,
        "shipping": money_of(paid.shipping, currency) if paid and paid.shipping is not None else None,
        "lines": [
            {"sku": sku, "paid": money_of(lines[sku], currency), "left": money_of(_left(paid, sku, counted), currency)}
            for sku in lines
            if paid
        ],
        "refunds": [refund_view(one, back.ours.get(one.id)) for one in sale.reported_refunds] if sale else [],
        "disputes": [dispute_view(one) for one in sale.disputes] if sale else [],
    }


def _left(paid: Paid, sku: str, counted: Counted) -> Decimal:
    left = min(
        left_of(paid, counted.given, counted.back.backs), left_of_line(paid, sku, counted.given, counted.back.backs)
    )
    return max(left, Decimal(0))


def refund_view(told: Refund, money: str | None = None) -> dict[str, Any]:
    """A refund that was told of an order; `money` is the money of ours it is."""
    return {
        "id": told.id,
        "amount": _in_some(told.amount),
        "refunded_at": time_view(told.at),
        "state": told.state,
        "money": money or told.money,
        "lines": [msgspec.structs.asdict(one) for one in told.lines],
        "shipping": _in_some(told.shipping) if told.shipping else None,
    }


def _in_some(amount: Money) -> Money:
    """An amount whose currency neither it nor its order told has none that anybody knows."""
    return amount if amount.currency else Money(amount.amount, MIXED)


def dispute_view(told: Dispute) -> dict[str, Any]:
    """A payment that the customer's bank took back, or asks about."""
    return {
        "id": told.id,
        "amount": _in_some(told.amount),
        "kind": told.kind,
        "state": told.state,
        "disputed_at": time_view(told.at),
    }
