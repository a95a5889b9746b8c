"""What a case's flow, payments and tasks, and deliveries, add to a day. `docs/metrics.md` defines the figures."""

from collections.abc import Iterator
from typing import Any, Literal

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.measure import Decimals, Measure, MetricRow, Milliseconds
from chalicelib.domain.flows.claims import CAME_TO_NOTHING
from chalicelib.domain.flows.facts import FlowMoved, FlowStarted, FlowTimedOut, MoneyDone, TaskLate
from chalicelib.domain.flows.flow import Flow
from chalicelib.domain.kernel.aftersales_enums import FlowKind
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of
from chalicelib.domain.orders.order import OrderItem
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
Counted = tuple[What, Instant, dict[str, Any]]
"""What happened, when, and the columns that it alone fills."""
DIMENSIONS = ("all", "kind", "reason", "sku")
PREFIX = "flow_"
"""Before the dimension of an after-sales record, since records of all measures lie together."""
SENT_BACK: tuple[FlowKind, ...] = ("return", "exchange")
"""Flows by which goods go back to the shop for good."""
STEPS: dict[str, What] = {
    "rejected": "rejected",
    "refused": "refused",
    "disputed": "disputed",
    "goods_disputed": "disputed",
    "repaired": "repaired",
}
"""States of a flow that are counted when it reaches them."""


class FlowMetric(MetricRow, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened on a day. `ms` counts from the request. `about`: whose turn it was, or the department,
    or the order that was delivered on that day (also of what is returned of it, whenever that is)."""

    case: str = ""
    number: str = ""
    kind: str = ""
    reason: str = ""
    skus: tuple[str, ...] = ()
    what: What
    items: int = 0
    ms: Milliseconds | None = None
    by_rule: bool = False
    about: str | None = None
    amount: Decimals | None = None
    currency: str | None = None


def flow_metrics_by_day(case: Case, time_zone: str) -> dict[Day, list[FlowMetric]]:
    """The after-sales rows of a case by day, the day in the shop's time zone."""
    days: dict[Day, list[FlowMetric]] = {}
    for flow, (what, occurred_at, columns) in _counted(case):
        day = day_of(occurred_at, time_zone)
        days.setdefault(day, []).append(_row(case, flow, day, what, columns))
    return days


def _counted(case: Case) -> Iterator[tuple[Flow, Counted]]:
    for flow in (*case.past_flows, *([case.flow] if case.flow else ())):
        yield from ((flow, counted) for counted in (*_steps(flow), *_returned_items(flow)))
    if case.flow is not None:
        yield from ((case.flow, counted) for counted in (*_payments(case, case.flow), *_late_tasks(case)))


def _row(case: Case, flow: Flow, day: Day, what: What, columns: dict[str, Any]) -> FlowMetric:
    skus = tuple(dict.fromkeys(item.sku for item in flow.items)) or case.skus
    return FlowMetric(
        day=day,
        case=case.id,
        number=case.number,
        kind=flow.kind,
        reason=flow.reason,
        what=what,
        **{"skus": skus, **columns},
    )


def _requested_at(flow: Flow) -> Instant:
    return flow.steps[0][1] if flow.steps else flow.since


def _steps(flow: Flow) -> Iterator[Counted]:
    requested_at = _requested_at(flow)
    yield "requested", requested_at, {"items": sum(item.quantity for item in flow.items)}
    approved_at = next((reached_at for state, reached_at in flow.steps if state == "approved"), None)
    if approved_at is not None:
        yield "approved", approved_at, {"ms": approved_at - requested_at, "by_rule": flow.rule is not None}
    for state, reached_at in flow.steps:
        if state in STEPS:
            yield STEPS[state], reached_at, {}
    for turn, overdue_at in flow.overdue:
        yield "overdue", overdue_at, {"about": turn}


def _returned_items(flow: Flow) -> Iterator[Counted]:
    """What goes back of an order counts on the day it was delivered, item by item, unless the flow came to nothing."""
    if flow.bought is None or flow.kind not in SENT_BACK or flow.state in CAME_TO_NOTHING:
        return
    for item in flow.items:
        columns = {"about": flow.bought.order, "skus": (item.sku,), "items": item.quantity}
        yield "returned", flow.bought.delivered_at, columns


def _payments(case: Case, flow: Flow) -> Iterator[Counted]:
    requested_at = _requested_at(flow)
    for money in case.money:
        if money.state == "done" and money.done_at is not None:
            what: What = "refund" if money.kind == "refund" else "compensation"
            amount = {"amount": money.amount.amount, "currency": money.amount.currency}
            yield what, money.done_at, {**amount, "ms": max(money.done_at - requested_at, 0)}


def _late_tasks(case: Case) -> Iterator[Counted]:
    for task in case.tasks:
        if task.late_at is not None:
            yield "task_late", task.late_at, {"about": task.department}


def delivery_metrics_by_day(record: OrderRecord, time_zone: str) -> dict[Day, list[FlowMetric]]:
    """The rows of an order record: each item that was bought, on the day it was delivered."""
    if record.delivered_at is None:
        return {}
    day, order = day_of(record.delivered_at, time_zone), record.order
    return {day: [_delivered(day, order.external_id, item) for item in order.items if item.goods]}


def _delivered(day: Day, order: str, item: OrderItem) -> FlowMetric:
    quantity = max(item.ordered or 0, item.quantity)
    return FlowMetric(day=day, what="delivered", about=order, skus=(item.sku,), items=quantity)


FLOWS = Measure(
    name="flows",
    row=FlowMetric,
    dimensions=tuple(PREFIX + name for name in DIMENSIONS),
    folder="flow_facts",
    of_case=flow_metrics_by_day,
    of_order_record=delivery_metrics_by_day,
    counted=(FlowStarted, FlowMoved, FlowTimedOut, MoneyDone, TaskLate),
)
MEASURES = (FLOWS,)
