"""Money went back without us while we give some, too: where that cannot both be right, finance finds out."""

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.compensation import Back, left_of
from chalicelib.domain.flows.facts import TaskOpened
from chalicelib.domain.flows.tasks import of_money_elsewhere
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.ids import key_in, key_of, new_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Order
from chalicelib.domain.orders.order_record import Sale
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import record
from chalicelib.usecases.orders.count_order_money import Counted, counted
from chalicelib.usecases.ports import Stored
from chalicelib.usecases.ports.services import Desk


def ask_finance(desk: Desk, shop: Shop, sale: Sale, now: Instant) -> None:
    """Open a task for each refund or chargeback that leaves less than nothing to an order money is given for, or that
    may be the answer to a request of ours and is not for certain. Once each, however often it is told."""
    if not sale.told_refunds and not sale.disputes:
        return
    cases = counted(desk, shop.id, Order(sale.external_id), sale).cases
    case = min(
        (one for one in cases if any(money.counts for money in one.money)), key=lambda one: one.opened_at, default=None
    )
    if case is None:
        return
    key = key_in(case.id)  # its order says what was paid, where the shop never told that by itself
    found = counted(desk, shop.id, desk.cases.opening([key])[key].order or Order(sale.external_id), sale)
    for back in _doubtful(found):
        _open_task(desk, shop, case, back, found, now)


def _doubtful(found: Counted) -> list[Back]:
    currency = found.paid.total.currency if found.paid else None
    given = [one for one in found.given if currency is None or one.amount.currency == currency]
    over = found.paid is None or left_of(found.paid, given, found.back.backs) < 0
    return [one for one in found.back.backs if (over and one.amount) or one.id in found.back.unsure]


def _open_task(desk: Desk, shop: Shop, case: Case, back: Back, found: Counted, now: Instant) -> None:
    key = key_in(case.id)
    task = new_id(now, key_of("task", key, "money elsewhere", back.id))
    amount = f"{back.amount:f} {found.paid.total.currency if found.paid else ''}".strip()
    department, title, due_at = of_money_elsewhere(now, back.id, amount)

    def decide(stored: Stored) -> list[Event]:
        if stored.case is None or any(key_in(one.id) == key_in(task) for one in stored.case.tasks):
            return []
        fact = TaskOpened(task=task, department=department, title=title, due_at=due_at)
        return [events.event(max(now, events.time_in(stored.last) + 1), SYSTEM, fact, key, "money elsewhere", back.id)]

    record(desk, shop, key, decide)
