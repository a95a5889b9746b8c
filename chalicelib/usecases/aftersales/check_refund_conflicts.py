"""A shop or a bank refunded money that we give as well: where both cannot be right, finance gets a task to check."""

from typing import TYPE_CHECKING

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.compensation import ExternalRefund, left_of
from chalicelib.domain.flows.facts import TaskOpened
from chalicelib.domain.flows.tasks import of_money_elsewhere
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Order
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.orders.count_order_money import Counted, count_with_record
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasOrderRecords, HasRegistries, HasShops

    class CheckRefundConflictsServices(HasCases, HasClock, HasOrderRecords, HasRegistries, HasShops, Protocol):
        """The services that `check_refund_conflicts` uses."""


def check_refund_conflicts(
    services: "CheckRefundConflictsServices", shop: Shop, order_record: OrderRecord, now: Instant
) -> None:
    """Open a task for each external refund or chargeback that exceeds what is left of an order we give money for, or
    that may be the payment of one of our requests but is not certain to be. One task each, however often reported."""
    if not order_record.reported_refunds and not order_record.disputes:
        return
    order = Order(order_record.external_id)
    cases = count_with_record(services, shop.id, order, order_record).cases
    giving = [case for case in cases if any(money.counts for money in case.money)]
    case = min(giving, key=lambda case: case.opened_at, default=None)
    if case is None:
        return
    key = key_of_id(case.id)  # the case's order says what was paid, where the shop itself never reported that
    order_money = count_with_record(services, shop.id, services.cases.opening([key])[key].order or order, order_record)
    for refund in _doubtful(order_money):
        _open_task(services, shop, case, refund, order_money, now)


def _doubtful(order_money: Counted) -> list[ExternalRefund]:
    """The external refunds that finance has to check."""
    currency = order_money.paid.total.currency if order_money.paid else None
    given = [money for money in order_money.given if currency is None or money.amount.currency == currency]
    too_much = order_money.paid is None or left_of(order_money.paid, given, order_money.back.backs) < 0
    return [
        refund
        for refund in order_money.back.backs
        if (too_much and refund.amount) or refund.id in order_money.back.unsure
    ]


def _open_task(
    services: "CheckRefundConflictsServices",
    shop: Shop,
    case: Case,
    refund: ExternalRefund,
    order_money: Counted,
    now: Instant,
) -> None:
    key = key_of_id(case.id)
    task = new_id(now, key_of("task", key, "money elsewhere", refund.id))
    amount = f"{refund.amount:f} {order_money.paid.total.currency if order_money.paid else ''}".strip()
    department, title, due_at = of_money_elsewhere(now, refund.id, amount)

    def decide(stored: StoredCase) -> list[Event]:
        if stored.case is None or any(key_of_id(opened.id) == key_of_id(task) for opened in stored.case.tasks):
            return []
        fact = TaskOpened(task=task, department=department, title=title, due_at=due_at)
        occurred_at = max(now, events.time_of_order(stored.last) + 1)
        return [events.event(occurred_at, SYSTEM, fact, key, "money elsewhere", refund.id)]

    append_events(services, shop, key, decide)
