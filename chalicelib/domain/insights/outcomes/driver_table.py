"""The table from which the drivers of satisfaction are learned: a row a case that was answered."""

from collections import defaultdict
from collections.abc import Sequence
from math import log2
from statistics import median

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.claims import CAME_TO_NOTHING
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.domain.insights.outcomes.driver_columns import Column, group_columns, useful_columns
from chalicelib.domain.insights.outcomes.went_wrong import cases_of_orders
from chalicelib.domain.kernel.timestamps import HOUR_MS, MINUTE_MS, Instant

WRITTEN = ("message", "chat", "claim")
"""The sources of feedback that are messages of customers."""
UNITS = {
    "first_reply": "twice the time to the first reply",
    "resolution": "twice the time to the resolution",
    "replies": "one reply of an agent more",
    "messages": "one message of the customer more",
    "reopened": "reopened",
    "escalated": "taken to a higher tier",
    "transferred": "handed over to another agent",
    "refused": "a claim was refused",
    "price": "an order of twice the price",
}
"""What one unit more is, by driver. Those of a group (`channel:`, `product:`, `topic:`) are yes instead of no."""


class DriverTable(Struct, frozen=True, kw_only=True):
    """`rows`: a row a case, a column a driver of `names`; `csat` (1 to 5) and `nps` (0 to 10): the last of each that
    the customer gave, None where they gave none."""

    names: list[str]
    cases: list[str]
    rows: list[list[float]]
    csat: list[int | None]
    nps: list[int | None]


def driver_table(inputs: InsightInputs) -> DriverTable:
    """The table of all cases that were answered, sorted by id. Unknown values are the median of the known ones."""
    cases = [case for _, case in sorted(inputs.cases.items()) if case.satisfaction.answers]
    columns = useful_columns([*_plain_columns(cases, inputs), *_group_columns(cases, inputs)], len(cases))
    return DriverTable(
        names=[column.name for column in columns],
        cases=[case.id for case in cases],
        rows=[[column.values[place] for column in columns] for place in range(len(cases))],
        csat=[_last([answer.csat for answer in case.satisfaction.answers]) for case in cases],
        nps=[_last([answer.nps for answer in case.satisfaction.answers]) for case in cases],
    )


def _plain_columns(cases: Sequence[Case], inputs: InsightInputs) -> list[Column]:
    """The columns of `UNITS`, in its order."""
    messages = defaultdict[str | None, int](int)
    for said in inputs.said:
        messages[said.item.case] += said.item.source in WRITTEN
    values: dict[str, list[float | None]] = {
        "first_reply": [_doublings(case.opened_at, case.first_reply_at) for case in cases],
        "resolution": [_doublings(case.opened_at, case.resolved_at) for case in cases],
        "replies": [float(case.replies) for case in cases],
        "messages": [float(messages[case.id]) for case in cases],
        "reopened": [float(case.reopened > 0) for case in cases],
        "escalated": [float(case.tier > 0) for case in cases],
        "transferred": [float(bool(case.ownership.handovers)) for case in cases],
        "refused": [float(_was_refused(case)) for case in cases],
        "price": _prices(cases, inputs),
    }
    return [column for name in UNITS if (column := _filled(name, values[name])) is not None]


def _filled(name: str, values: list[float | None]) -> Column | None:
    """The column with the median in place of what is not known; None if that is more than half of it."""
    stated = [value for value in values if value is not None]
    if len(stated) * 2 < len(values) or not stated:
        return None
    usual = median(stated)
    return Column(name, [usual if value is None else value for value in values])


def _doublings(start: Instant, end: Instant | None) -> float | None:
    """The binary logarithm of the hours between two times: one more is twice as long. At least a minute."""
    return None if end is None else log2(max(end - start, MINUTE_MS) / HOUR_MS)


def _was_refused(case: Case) -> bool:
    """Whether the shop refused a claim, and it came to nothing."""
    flows = [flow for flow in (*case.past_flows, case.flow) if flow is not None and flow.state in CAME_TO_NOTHING]
    return any(flow.reached("rejected") or flow.reached("refused") for flow in flows)


def _prices(cases: Sequence[Case], inputs: InsightInputs) -> list[float | None]:
    """The binary logarithm of each order's total, relative to the median of the orders in its currency."""
    orders = cases_of_orders(inputs)
    records = [inputs.orders.get(orders.get(case.id, "")) for case in cases]
    totals = [record.order.total if record is not None else None for record in records]
    logs = [(total.currency, log2(total.value)) if total and total.value > 0 else None for total in totals]
    by_currency = defaultdict[str, list[float]](list)
    for each in filter(None, logs):
        by_currency[each[0]].append(each[1])
    usual = {currency: median(values) for currency, values in by_currency.items()}
    return [None if each is None else each[1] - usual[each[0]] for each in logs]


def _group_columns(cases: Sequence[Case], inputs: InsightInputs) -> list[Column]:
    topics: dict[str | None, str] = {}
    for said in inputs.said:
        if said.topic is not None:
            topics.setdefault(said.item.case, said.topic)
    of_topic = [{topics[case.id]} if case.id in topics else set[str]() for case in cases]
    return [
        *group_columns("channel", [{str(case.channel)} for case in cases]),
        *group_columns("product", [set(case.skus) for case in cases]),
        *group_columns("topic", of_topic),
    ]


def _last(scores: Sequence[int | None]) -> int | None:
    return next((score for score in reversed(scores) if score is not None), None)
