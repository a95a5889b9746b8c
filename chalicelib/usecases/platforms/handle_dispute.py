"""Handle what a platform says of disputes: each is a complaint, with a task for finance until the bank decides."""

from functools import partial

from msgspec import Struct

from chalicelib.domain.cases import events
from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.facts import TaskDone, TaskOpened
from chalicelib.domain.flows.tasks import Task, of_dispute
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.ids import case_key, key_of, key_of_id, new_id
from chalicelib.domain.kernel.timestamps import FAR, Instant
from chalicelib.domain.orders.order import DisputeState, Order
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.platforms.case_ids import dispute_case_id
from chalicelib.domain.platforms.events import PLATFORM_NAMES, PlatformDispute
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.aftersales.check_refund_conflicts import check_refund_conflicts
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.orders.record_dispute import record_dispute
from chalicelib.usecases.platforms.open_platform_case import PlatformCase, open_platform_case, order_record_of
from chalicelib.usecases.ports import Receipt, StoredCase
from chalicelib.usecases.ports.services import Services

DECIDED: tuple[DisputeState, ...] = ("won", "lost", "refunded")


class _Standing(Struct, frozen=True):
    """A dispute as it stands by all that was said of it. `taken_up`: it is open, also if it was decided before."""

    data: PlatformDispute
    state: DisputeState
    taken_up: bool
    what: str
    """The dispute in words, for the case's subject and the task's title."""


def handle_dispute(services: Services, shop: Shop, data: PlatformDispute, receipt: Receipt) -> str | None:
    """The id of the dispute's case. Its task is opened once and done when the bank has decided, in whatever order both
    are sent; that the case was won or lost is the task's outcome. What the bank takes up again is another task."""
    known = order_record_of(services, shop, data.order, receipt) if data.order else None
    record = record_dispute(services, shop, data, receipt.received_at, receipt.sent_at)
    if record is not None:
        check_refund_conflicts(services, shop, record, receipt.received_at)
    external_id = dispute_case_id(receipt.source, data.id)
    standing = _standing(record, data)
    if standing.state != "open" and services.cases.load(case_key(shop.id, external_id)).case is None:
        return None  # it was decided before we heard of it: there is nothing left to do
    about = PlatformCase(
        external_id=external_id,
        kind="complaint",
        subject=f"{PLATFORM_NAMES[receipt.source]} {standing.what}",
        order=known.order if known else Order(data.order) if data.order else None,
        record=known,
        priority="urgent",
    )
    stored = open_platform_case(services, shop, receipt, about)
    append_events(services, shop, stored.key, partial(_task_events, standing, receipt.received_at))
    return stored.case.id if stored.case else None


def _standing(record: OrderRecord | None, data: PlatformDispute) -> _Standing:
    disputes = record.disputes if record is not None else ()
    state = next((dispute.state for dispute in disputes if dispute.id == data.id), data.state)
    amount = record.in_its_currency(data.amount.money()) if record else data.amount.money()
    what = f"{data.kind}: {data.reason}, {amount.amount} {amount.currency}".strip()
    return _Standing(data, state, record is not None and state == "open", what)


def _task_events(standing: _Standing, heard: Instant, stored: StoredCase) -> list[Event]:
    """What becomes of the task: opened with the first word, and again with the first after a decision that does not
    stand; done with the decision."""
    last = _last_task(stored.case.tasks if stored.case else (), stored.key)
    reopens = last is not None and standing.taken_up and last.outcome in DECIDED
    again = ("again", last.id) if last is not None and reopens else ()
    task = None if again else last
    made = []
    if task is None:
        opened = _opened(standing, heard, stored.key, again)
        at = _behind(stored, heard) if again else heard
        made.append(events.event(at, SYSTEM, opened, stored.key, "dispute task", *again))
        task = Task(id=opened.task, department=opened.department, title=opened.title, due_at=opened.due_at)
    if standing.state != "open" and task.open:
        made.append(_decided(standing, heard, stored, task))
    return made


def _opened(standing: _Standing, heard: Instant, key: str, again: tuple[str, ...]) -> TaskOpened:
    due_by = standing.data.due_by
    due_by = due_by if due_by is not None and due_by <= FAR else None
    department, title, due_at = of_dispute(heard, due_by, standing.what)
    task = new_id(heard, key_of("task", key, "dispute", *again))
    return TaskOpened(task=task, department=department, title=title, due_at=due_at)


def _decided(standing: _Standing, heard: Instant, stored: StoredCase, task: Task) -> Event:
    is_first = key_of_id(task.id) == key_of("task", stored.key, "dispute")
    identity = (stored.key, "dispute decided", standing.state, *(() if is_first else (task.id,)))
    done = TaskDone(task=task.id, department=task.department, due_at=task.due_at, outcome=standing.state)
    return events.event(_behind(stored, heard), SYSTEM, done, *identity)


def _behind(stored: StoredCase, heard: Instant) -> Instant:
    """A time behind everything the case has."""
    return max(heard, events.time_of_order(stored.last) + 1)


def _last_task(tasks: tuple[Task, ...], key: str) -> Task | None:
    """The newest task of the dispute; each after the first is named by the one before it."""
    by_key, last = {key_of_id(task.id): task for task in tasks}, None
    task = by_key.get(key_of("task", key, "dispute"))
    while task is not None:
        last = task
        task = by_key.get(key_of("task", key, "dispute", "again", last.id))
    return last
