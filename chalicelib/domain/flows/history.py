"""What was known, when a claim was made, of the order's other cases and of the customer's last year."""

from collections.abc import Iterable
from itertools import takewhile

from msgspec import Struct

from chalicelib.domain.cases import Case
from chalicelib.domain.flows.elsewhere import Elsewhere
from chalicelib.domain.flows.flow import Flow, FlowItem
from chalicelib.domain.flows.words import FlowKind
from chalicelib.domain.instants import DAY, Instant
from chalicelib.domain.money import Money, sums

YEAR = 365 * DAY
GIVES_BACK: tuple[FlowKind, ...] = ("return", "exchange", "refund")
"""Flows by which a customer gets their money's worth again."""
NOTHING = Elsewhere()
CAME_TO_NOTHING = ("rejected", "refused", "ended", "withdrawn", "expired")


class History(Struct, frozen=True, omit_defaults=True):
    """`claimed`: what other cases of the order claim or gave back; `repaired`: its things that were repaired, and when;
    `refunded`: what they refund of it; `elsewhere`: what went back of it without us, by currency (and what they refund
    in a second currency); `cancelled`, `disputed`: it was called off, a bank disputes its payment;
    `unpaid`, `refunded_whole`: its platform does not say that it was paid, or says that all of it went back. `returns`,
    `wrong_items` and `orders` are the customer's: how often they gave something back in a year, how many claims of a
    wrong item came in a row, and how many orders of theirs in a year the shop has told of."""

    claimed: tuple[FlowItem, ...] = ()
    repaired: tuple[tuple[str, Instant], ...] = ()
    refunded: Money | None = None
    returns: int = 0
    wrong_items: int = 0
    orders: int = 0
    elsewhere: tuple[Money, ...] = ()
    cancelled: bool = False
    disputed: bool = False
    unpaid: bool = False
    refunded_whole: bool = False


def history_of(
    order_cases: Iterable[Case], customer_cases: Iterable[Case], at: Instant, bought: Iterable[Instant] = (),
    back: Elsewhere = NOTHING,
) -> History:  # fmt: skip
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
        elsewhere=sums([*refunded[1:], *back.told]),
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
