"""Money went back without us while we give some, too: where that cannot both be right, finance finds out."""

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
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services


def check_refund_conflicts(services: Services, shop: Shop, sale: OrderRecord, now: Instant) -> None:
    """Open a task for each refund or chargeback that leaves less than nothing to an order money is given for, or that
    may be the answer to a request of ours and is not for certain. Once each, however often it is told."""
    if not sale.reported_refunds and not sale.disputes:
        return
    cases = count_with_record(services, shop.id, Order(sale.external_id), sale).cases
    case = min(
        (one for one in cases if any(money.counts for money in one.money)), key=lambda one: one.opened_at, default=None
    )
    if case is None:
        return
    key = key_of_id(case.id)  # its order says what was paid, where the shop never told that by itself
    found = count_with_record(
        services, shop.id, services.cases.opening([key])[key].order or Order(sale.external_id), sale
    )
    for back in _doubtful(found):
        _open_task(services, shop, case, back, found, now)


def _doubtful(found: Counted) -> list[ExternalRefund]:
    currency = found.paid.total.currency if found.paid else None
    given = [one for one in found.given if currency is None or one.amount.currency == currency]
    over = found.paid is None or left_of(found.paid, given, found.back.backs) < 0
    return [one for one in found.back.backs if (over and one.amount) or one.id in found.back.unsure]


def _open_task(services: Services, shop: Shop, case: Case, back: ExternalRefund, found: Counted, now: Instant) -> None:
    key = key_of_id(case.id)
    task = new_id(now, key_of("task", key, "money elsewhere", back.id))
    amount = f"{back.amount:f} {found.paid.total.currency if found.paid else ''}".strip()
    department, title, due_at = of_money_elsewhere(now, back.id, amount)

    def decide(stored: StoredCase) -> list[Event]:
        if stored.case is None or any(key_of_id(one.id) == key_of_id(task) for one in stored.case.tasks):
            return []
        fact = TaskOpened(task=task, department=department, title=title, due_at=due_at)
        return [events.event(max(now, events.time_in(stored.last) + 1), SYSTEM, fact, key, "money elsewhere", back.id)]

    append_events(services, shop, key, decide)
