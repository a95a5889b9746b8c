"""What a case's flow, money and tasks add to a day. `docs/metrics.md` defines the figures made of these."""

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.claim_history import CAME_TO_NOTHING
from chalicelib.domain.flows.flow import Flow
from chalicelib.domain.kernel.aftersales_enums import FlowKind
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of
from chalicelib.domain.orders.order_record import OrderRecord

What = Literal[
    "requested",
    "approved",
    "rejected",
    "refused",
    "disputed",
    "repaired",
    "overdue",
    "refund",
    "compensation",
    "task_late",
    "delivered",
    "returned",
]
DIMENSIONS = ("all", "kind", "reason", "sku")
PREFIX = "flow_"
"""Before the dimension of an after-sales record, where records of both kinds lie together."""
SENT_BACK: tuple[FlowKind, ...] = ("return", "exchange")
"""Flows by which goods go back to the shop for good."""
STEPS: tuple[What, ...] = ("rejected", "refused", "disputed", "repaired")
"""Steps of a flow that are counted as they are."""


class FlowMetric(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened on a day. `ms` counts from the request; `about`: whose turn it was, the department, or
    the order of what was delivered on that day and of what of it is returned, whenever that is."""

    day: Day
    case: str = ""
    number: str = ""
    kind: str = ""
    reason: str = ""
    skus: tuple[str, ...] = ()
    what: What
    items: int = 0
    ms: int | None = None
    by_rule: bool = False
    about: str | None = None
    amount: str | None = None
    currency: str | None = None


def flow_metrics_by_day(case: Case, time_zone: str) -> dict[Day, list[FlowMetric]]:
    """A case's after-sales figures on each day they count on, the day in the shop's time zone."""
    days: dict[Day, list[FlowMetric]] = {}
    for flow in (*case.past_flows, *([case.flow] if case.flow else ())):
        for what, at, more in (*_of_flow(flow), *_returned(flow)):
            _put(days, case, flow, what, day_of(at, time_zone), more)
    if case.flow is not None:
        for what, at, more in (*_of_money(case, case.flow), *_of_tasks(case)):
            _put(days, case, case.flow, what, day_of(at, time_zone), more)
    return days


def _put(days: dict[Day, list[FlowMetric]], case: Case, flow: Flow, what: What, day: Day, more: dict[str, Any]) -> None:
    told = {"skus": tuple(dict.fromkeys(item.sku for item in flow.items)) or case.skus} | more
    figure = FlowMetric(
        day=day, case=case.id, number=case.number, kind=flow.kind, reason=flow.reason, what=what, **told
    )
    days.setdefault(day, []).append(figure)


def _of_flow(flow: Flow) -> Iterator[tuple[What, Instant, dict[str, Any]]]:
    asked = flow.steps[0][1] if flow.steps else flow.since
    yield "requested", asked, {"items": sum(item.quantity for item in flow.items)}
    approved = next((at for state, at in flow.steps if state == "approved"), None)
    if approved is not None:
        yield "approved", approved, {"ms": approved - asked, "by_rule": flow.rule is not None}
    for what in STEPS:
        yield from ((what, at, {}) for state, at in flow.steps if state.removeprefix("goods_") == what)
    for turn, at in flow.overdue:
        yield "overdue", at, {"about": turn}


def _returned(flow: Flow) -> Iterator[tuple[What, Instant, dict[str, Any]]]:
    """What goes back of an order counts on the day it was delivered, thing by thing, unless it came to nothing."""
    if flow.bought is None or flow.kind not in SENT_BACK or flow.state in CAME_TO_NOTHING:
        return
    for item in flow.items:
        about = {"about": flow.bought.order, "skus": (item.sku,), "items": item.quantity}
        yield "returned", flow.bought.delivered_at, about


def delivery_metrics_by_day(sale: OrderRecord, time_zone: str) -> dict[Day, list[FlowMetric]]:
    """What a sale adds to the day it was delivered on: each thing that was bought."""
    if sale.delivered_at is None:
        return {}
    day, order = day_of(sale.delivered_at, time_zone), sale.order
    return {
        day: [
            FlowMetric(
                day=day,
                what="delivered",
                about=order.external_id,
                skus=(item.sku,),
                items=max(item.ordered or 0, item.quantity),
            )
            for item in order.items
            if item.goods
        ]
    }


def _of_money(case: Case, flow: Flow) -> Iterator[tuple[What, Instant, dict[str, Any]]]:
    asked = flow.steps[0][1] if flow.steps else flow.since
    for one in case.money:
        if one.state == "done" and one.done_at is not None:
            what: What = "refund" if one.kind == "refund" else "compensation"
            told = {"amount": one.amount.amount, "currency": one.amount.currency}
            yield what, one.done_at, told | {"ms": max(one.done_at - asked, 0)}


def _of_tasks(case: Case) -> Iterator[tuple[What, Instant, dict[str, Any]]]:
    for task in case.tasks:
        if task.late_at is not None:
            yield "task_late", task.late_at, {"about": task.department}
