"""What the shop knows when a customer makes a claim: the order's other cases, and the customer's last year."""

from collections.abc import Iterable
from itertools import takewhile

from chalicelib.domain.cases.case import Case
from chalicelib.domain.flows.claims import CAME_TO_NOTHING, GIVES_BACK, History
from chalicelib.domain.flows.external_refunds import ExternalRefunds
from chalicelib.domain.flows.flow import Flow
from chalicelib.domain.kernel.money import Money, sums
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant

YEAR_MS = 365 * DAY_MS
NO_EXTERNAL_REFUNDS = ExternalRefunds()


def history_of(
    order_cases: Iterable[Case],
    customer_cases: Iterable[Case],
    claimed_at: Instant,
    purchases: Iterable[Instant] = (),
    external: ExternalRefunds = NO_EXTERNAL_REFUNDS,
) -> History:
    """The history for a claim made at `claimed_at`, from the order's other cases, the customer's cases, the times of
    their purchases, and the refunds and disputes that did not come from us. Complaints and questions claim nothing."""
    order_cases = list(order_cases)
    refunded = _refunded(order_cases)
    order_flows = [flow for case in order_cases for flow in _flows(case)]
    newest_first = sorted((case for case in customer_cases if case.flow), key=lambda case: case.opened_at, reverse=True)
    reasons = [case.flow.reason for case in newest_first if case.flow]
    a_year_ago = claimed_at - YEAR_MS
    return History(
        claimed=tuple(item for flow in order_flows if _is_claim(flow) for item in flow.items),
        repaired=tuple(repair for flow in order_flows for repair in _repairs(flow)),
        refunded=next(iter(refunded), None),
        elsewhere=sums([*refunded[1:], *external.reported]),
        cancelled=external.cancelled,
        disputed=external.disputed,
        unpaid=external.unpaid,
        refunded_whole=external.refunded,
        returns=sum(1 for case in newest_first if case.opened_at > a_year_ago and any(map(_is_claim, _flows(case)))),
        wrong_items=sum(1 for _ in takewhile(lambda reason: reason == "wrong_item", reasons)),
        orders=sum(1 for purchased_at in purchases if purchased_at > a_year_ago),
    )


def _flows(case: Case) -> tuple[Flow, ...]:
    return (*case.past_flows, *([case.flow] if case.flow else ()))


def _is_claim(flow: Flow) -> bool:
    return flow.kind in GIVES_BACK and flow.state not in CAME_TO_NOTHING


def _repairs(flow: Flow) -> list[tuple[str, Instant]]:
    """The items that were repaired and delivered, each with the time of delivery."""
    delivered_at = flow.reached("delivered") if flow.kind == "repair" and flow.reached("repaired") else None
    return [(item.sku, delivered_at) for item in flow.items] if delivered_at is not None else []


def _refunded(cases: Iterable[Case]) -> tuple[Money, ...]:
    return sums(money.amount for case in cases for money in case.money if money.kind == "refund" and money.counts)
