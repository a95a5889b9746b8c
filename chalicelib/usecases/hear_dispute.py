"""Act on what a platform tells of disputes: each is a complaint, with a task for finance until the bank decides."""

from chalicelib.domain import events
from chalicelib.domain.events import SYSTEM, Event
from chalicelib.domain.flows.facts import TaskDone, TaskOpened
from chalicelib.domain.flows.tasks import find, of_dispute
from chalicelib.domain.hooks import case_of
from chalicelib.domain.ids import key_in, key_of, new_id
from chalicelib.domain.inputs import FAR
from chalicelib.domain.orders import Order
from chalicelib.domain.platforms.told import PLATFORM_NAMES, DisputeTold
from chalicelib.domain.sales import Sale
from chalicelib.domain.shops import Shop
from chalicelib.usecases.ask_finance import ask_finance
from chalicelib.usecases.desk import Desk
from chalicelib.usecases.keep_order import keep_dispute
from chalicelib.usecases.open_case import case_key
from chalicelib.usecases.open_of_platform import open_of_platform, sale_of
from chalicelib.usecases.ports import Receipt, Stored
from chalicelib.usecases.record import record


def hear_dispute(desk: Desk, shop: Shop, told: DisputeTold, receipt: Receipt) -> str | None:
    """The id of the dispute's case. Its task is opened once and done when the bank has decided, in whatever order both
    are told; that the case was won or lost is the task's outcome."""
    sale, external_id = sale_of(desk, shop, told.order, receipt) if told.order else None, case_of(receipt.source, told)
    kept = keep_dispute(desk, shop, told, receipt.received_at)
    if kept is not None:
        ask_finance(desk, shop, kept, receipt.received_at)
    if _is_over(kept, told) and desk.cases.load(case_key(shop.id, external_id or "")).case is None:
        return None  # it was decided before we heard of it: there is nothing left to do
    order = sale.order if sale else Order(told.order) if told.order else None
    what = f"{told.kind}: {told.reason}, {told.amount.amount} {told.amount.currency}"
    subject = f"{PLATFORM_NAMES[receipt.source]} {what}"
    stored = open_of_platform(
        desk, shop, receipt, external_id or "", "complaint", subject, "", order, sale, priority="urgent"
    )
    key = stored.key

    def decide(stored: Stored) -> list[Event]:
        tasks, made = stored.case.tasks if stored.case else (), list[Event]()
        known = next((one for one in tasks if key_in(one.id) == key_of("task", key, "dispute")), None)
        due_by = told.due_by if told.due_by is not None and told.due_by <= FAR else None
        task = known.id if known else new_id(receipt.received_at, key_of("task", key, "dispute"))
        department, title, due_at = of_dispute(receipt.received_at, due_by, what)
        if known is None:
            fact = TaskOpened(task=task, department=department, title=title, due_at=due_at)
            made.append(events.event(receipt.received_at, SYSTEM, fact, key, "dispute task"))
        standing = find(tasks, task)
        if told.state != "open" and (standing is None or standing.open):
            due_at = standing.due_at if standing else due_at
            done = TaskDone(task=task, department=department, due_at=due_at, outcome=told.state)
            at = max(receipt.received_at, events.time_in(stored.last) + 1)
            made.append(events.event(at, SYSTEM, done, key, "dispute decided", told.state))
        return made

    record(desk, shop, key, decide)
    return stored.case.id if stored.case else None


def _is_over(sale: Sale | None, told: DisputeTold) -> bool:
    """Whether the bank has decided, as this or an earlier word says."""
    known = sale.disputes if sale is not None else ()
    return told.state != "open" or any(one.id == told.id and one.state != "open" for one in known)
