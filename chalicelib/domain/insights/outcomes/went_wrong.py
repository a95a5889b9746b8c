"""Whether an order went wrong, as far as it can be known."""

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.insights.insight_inputs import InsightInputs
from chalicelib.domain.kernel.aftersales_enums import Reason
from chalicelib.domain.kernel.enums import CaseType
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of, next_day

WRONG_TYPES: tuple[CaseType, ...] = ("complaint", "refund")
FAULTS: tuple[Reason, ...] = (
    "defective",
    "not_as_described",
    "wrong_item",
    "missing_item",
    "damaged_in_transit",
    "late",
)
"""The reasons of a claim that lie with the shop or its carrier. A size that does not fit, and what is no longer wanted,
do not: such a return can be what the customer was promised."""
LOW = 2
"""CSAT or stars up to this are low, of 5."""
WINDOW_DAYS = 14


class OrderOutcome(Struct, frozen=True):
    """How an order went. `wrong_on`: the day of the first sign that it went wrong, None without one; `is_known`: the
    night reads all of the time in which signs count, so that None means that it went well; `reviewed_on`: the day of
    its first review, good or bad."""

    order: str
    promised: Day
    wrong_on: Day | None
    is_known: bool
    reviewed_on: Day | None = None

    @property
    def went_wrong(self) -> bool | None:
        """Whether it went wrong; None while it is not known."""
        return self.wrong_on is not None if self.is_known or self.wrong_on is not None else None

    def is_open_after(self, day: Day) -> bool:
        """Whether it was still open after that day how it goes: it had not gone wrong, and was not reviewed."""
        return all(settled is None or settled > day for settled in (self.wrong_on, self.reviewed_on))


def order_outcomes(inputs: InsightInputs) -> dict[str, OrderOutcome]:
    """The outcome of each order that has a promised day (`estimated_delivery_at`) and was not cancelled, by its id.

    An order went wrong if, from its purchase until the end of the 14th day after the promised day (in the shop's time
    zone), one of these happened: a case about it was opened whose type is complaint or refund; a case about it was
    opened that has a flow whose reason is a fault (`FAULTS`), whatever its type; a CSAT of 1 or 2 was given on a case
    about it; a review of it was written with 1 or 2 stars. A case is about the order that its messages name, or whose
    goods its flow is about. What came later does not count: the longer an order is ago, the more could have come.
    """
    signs, reviews = _signs(inputs), _reviews(inputs)
    outcomes: dict[str, OrderOutcome] = {}
    for identifier, record in inputs.orders.items():
        promised_at = record.promised_at
        if promised_at is None or record.cancelled_at is not None:
            continue
        promised = day_of(promised_at, inputs.time_zone)
        last = next_day(promised, WINDOW_DAYS)
        first = day_of(record.purchased_at, inputs.time_zone)
        wrong = (day for sign in signs[identifier] if first <= (day := day_of(sign, inputs.time_zone)) <= last)
        is_known = inputs.first <= first and last < inputs.day
        reviewed = reviews.get(identifier)
        outcomes[identifier] = OrderOutcome(identifier, promised, min(wrong, default=None), is_known, reviewed)
    return outcomes


def cases_of_orders(inputs: InsightInputs) -> dict[str, str]:
    """The id of the order that each case is about, by the id of the case; cases about none are left out."""
    named = {said.item.case: said.item.order for said in reversed(inputs.said) if said.item.case and said.item.order}
    bought = {
        case.id: flow.bought.order
        for case in inputs.cases.values()
        for flow in (*case.past_flows, case.flow)
        if flow is not None and flow.bought is not None
    }
    return bought | named


def _reviews(inputs: InsightInputs) -> dict[str, Day]:
    """The day of the first review of each order that has one."""
    return {
        said.item.order: said.day
        for said in reversed(inputs.said)
        if said.item.order is not None and said.item.score is not None
    }


def _signs(inputs: InsightInputs) -> defaultdict[str, list[Instant]]:
    """When something was said or claimed that means that an order went wrong, by order."""
    signs = defaultdict[str, list[Instant]](list)
    for identifier, order in cases_of_orders(inputs).items():
        if identifier in inputs.cases:
            signs[order] += _signs_of(inputs.cases[identifier])
    for said in inputs.said:
        item = said.item
        order_id = item.order
        if order_id and min(item.score or LOW + 1, item.csat or LOW + 1) <= LOW:
            signs[order_id].append(item.at)
    return signs


def _signs_of(case: Case) -> Iterator[Instant]:
    flows = (*case.past_flows, case.flow)
    if case.type in WRONG_TYPES or any(flow is not None and flow.reason in FAULTS for flow in flows):
        yield case.opened_at
    yield from (answer.at for answer in case.satisfaction.answers if answer.csat is not None and answer.csat <= LOW)
