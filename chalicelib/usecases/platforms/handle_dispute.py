"""Handle platform events about disputes: each dispute is a complaint, with a task for finance until the bank
decides."""

from functools import partial
from typing import TYPE_CHECKING

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
from chalicelib.usecases.cases.append_events import Conditions, append_events
from chalicelib.usecases.orders.record_dispute import record_dispute
from chalicelib.usecases.platforms.open_platform_case import PlatformCase, load_or_fetch_record, open_platform_case
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.intake import Receipt

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasPlatforms,
        HasReceipts,
        HasRegistries,
        HasShops,
        HasVault,
        HasWords,
    )

    class HandleDisputeServices(
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasOrderRecords,
        HasPlatforms,
        HasReceipts,
        HasRegistries,
        HasShops,
        HasVault,
        HasWords,
        Protocol,
    ):
        """The services that `handle_dispute` uses."""


DECIDED: tuple[DisputeState, ...] = ("won", "lost", "refunded")


class _DisputeStatus(Struct, frozen=True):
    """The status of a dispute after all events about it. `is_open_in_record`: the order record has it as open, perhaps
    again after an earlier decision."""

    data: PlatformDispute
    state: DisputeState
    is_open_in_record: bool
    description: str
    """The dispute in words, for the case's subject and the task's title."""


def handle_dispute(
    services: "HandleDisputeServices", shop: Shop, data: PlatformDispute, receipt: Receipt
) -> str | None:
    """Open or update the case of the dispute and return its id; None if the dispute was decided before we knew of
    it. The case has a task that is done when the bank decides, whichever event is received first; its outcome is the
    decision. If the bank reopens the dispute, another task is opened."""
    order_record = load_or_fetch_record(services, shop, data.order, receipt) if data.order else None
    record = record_dispute(services, shop, data, receipt.received_at, receipt.sent_at)
    if record is not None:
        check_refund_conflicts(services, shop, record, receipt.received_at)
    external_id = dispute_case_id(receipt.source, data.id)
    status = _status(record, data)
    if status.state != "open" and services.cases.load(case_key(shop.id, external_id)).case is None:
        return None  # it is decided already: there is nothing to do
    about = _platform_case(data, receipt, order_record, status)
    stored = open_platform_case(services, shop, receipt, about)
    decide = partial(_task_events, status, receipt.received_at)
    append_events(services, shop, stored.key, decide, Conditions(seen=stored))
    return stored.case.id if stored.case else None


def _platform_case(
    data: PlatformDispute, receipt: Receipt, record: OrderRecord | None, status: _DisputeStatus
) -> PlatformCase:
    order = Order(data.order) if data.order else None
    return PlatformCase(
        external_id=dispute_case_id(receipt.source, data.id),
        kind="complaint",
        subject=f"{PLATFORM_NAMES[receipt.source]} {status.description}",
        order=record.order if record is not None else order,
        record=record,
        priority="urgent",
    )


def _status(record: OrderRecord | None, data: PlatformDispute) -> _DisputeStatus:
    disputes = record.disputes if record is not None else ()
    state = next((dispute.state for dispute in disputes if dispute.id == data.id), data.state)
    amount = record.in_its_currency(data.amount.money()) if record else data.amount.money()
    description = f"{data.kind}: {data.reason}, {amount.amount} {amount.currency}".strip()
    return _DisputeStatus(data, state, record is not None and state == "open", description)


def _task_events(status: _DisputeStatus, received_at: Instant, stored: StoredCase) -> list[Event]:
    """The events of the task: it is opened with the first event of the dispute, opened again with the first event
    after a decision if the bank reopens the dispute, and done with the decision."""
    last = _last_task(stored.case.tasks if stored.case else (), stored.key)
    reopens = last is not None and status.is_open_in_record and last.outcome in DECIDED
    again = ("again", last.id) if last is not None and reopens else ()
    task = None if again else last
    made = []
    if task is None:
        opened = _opened(status, received_at, stored.key, again)
        opened_at = _after_all_events(stored, received_at) if again else received_at
        made.append(events.event(opened_at, SYSTEM, opened, stored.key, "dispute task", *again))
        task = Task(id=opened.task, department=opened.department, title=opened.title, due_at=opened.due_at)
    if status.state != "open" and task.open:
        made.append(_decided(status, received_at, stored, task))
    return made


def _opened(status: _DisputeStatus, received_at: Instant, key: str, again: tuple[str, ...]) -> TaskOpened:
    due_by = status.data.due_by
    due_by = due_by if due_by is not None and due_by <= FAR else None
    department, title, due_at = of_dispute(received_at, due_by, status.description)
    task = new_id(received_at, key_of("task", key, "dispute", *again))
    return TaskOpened(task=task, department=department, title=title, due_at=due_at)


def _decided(status: _DisputeStatus, received_at: Instant, stored: StoredCase, task: Task) -> Event:
    is_first = key_of_id(task.id) == key_of("task", stored.key, "dispute")
    identity = (stored.key, "dispute decided", status.state, *(() if is_first else (task.id,)))
    done = TaskDone(task=task.id, department=task.department, due_at=task.due_at, outcome=status.state)
    return events.event(_after_all_events(stored, received_at), SYSTEM, done, *identity)


def _after_all_events(stored: StoredCase, received_at: Instant) -> Instant:
    """A time after all events of the case."""
    return max(received_at, events.time_of_order(stored.last) + 1)


def _last_task(tasks: tuple[Task, ...], key: str) -> Task | None:
    """The newest task of the dispute. The key of each task after the first contains the id of the task before it."""
    by_key = {key_of_id(task.id): task for task in tasks}
    last = None
    task = by_key.get(key_of("task", key, "dispute"))
    while task is not None:
        last = task
        task = by_key.get(key_of("task", key, "dispute", "again", last.id))
    return last
