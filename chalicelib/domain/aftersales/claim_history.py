"""What was known, when a claim was made, of the order's other cases and of the customer's last year."""

from collections.abc import Iterable
from itertools import takewhile

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.claim_history import CAME_TO_NOTHING, GIVES_BACK, History
from chalicelib.domain.flows.external_refunds import ExternalRefunds
from chalicelib.domain.flows.flow import Flow
from chalicelib.domain.kernel.money import Money, sums
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant

YEAR = 365 * DAY_MS
NOTHING = ExternalRefunds()


def history_of(
    order_cases: Iterable[Case],
    customer_cases: Iterable[Case],
    at: Instant,
    bought: Iterable[Instant] = (),
    back: ExternalRefunds = NOTHING,
) -> History:
    """The history that an order's other cases, a customer's, the times they bought, and what went back of the order
    without us come to. Complaints and questions claim nothing."""
    of_order = list(order_cases)
    refunded = _refunded(of_order)
    flows = [flow for case in of_order for flow in _flows(case)]
    theirs = sorted((case for case in customer_cases if case.flow), key=lambda case: case.opened_at, reverse=True)
    reasons = [case.flow.reason for case in theirs if case.flow]
    return History(
        claimed=tuple(item for flow in flows if _claims(flow) for item in flow.items),
        repaired=tuple((item.sku, done) for flow in flows for done in _repaired_at(flow) for item in flow.items),
        refunded=next(iter(refunded), None),
        elsewhere=sums([*refunded[1:], *back.reported]),
        cancelled=back.cancelled,
        disputed=back.disputed,
        unpaid=back.unpaid,
        refunded_whole=back.refunded,
        returns=sum(1 for case in theirs if case.opened_at > at - YEAR and any(map(_claims, _flows(case)))),
        wrong_items=sum(1 for _ in takewhile(lambda reason: reason == "wrong_item", reasons)),
        orders=sum(1 for one in bought if one > at - YEAR),
    )


def _flows(case: Case) -> tuple[Flow, ...]:
    return (*case.past_flows, *([case.flow] if case.flow else ()))


def _claims(flow: Flow) -> bool:
    return flow.kind in GIVES_BACK and flow.state not in CAME_TO_NOTHING


def _repaired_at(flow: Flow) -> list[Instant]:
    done = flow.reached("delivered") if flow.kind == "repair" and flow.reached("repaired") else None
    return [done] if done is not None else []


def _refunded(cases: Iterable[Case]) -> tuple[Money, ...]:
    return sums(one.amount for case in cases for one in case.money if one.kind == "refund" and one.counts)
