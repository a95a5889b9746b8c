"""Act on what a platform tells of disputes: each is a complaint, with a task for finance until the bank decides."""

from functools import partial

from chalicelib.domain.cases import events
from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.facts import TaskDone, TaskOpened
from chalicelib.domain.flows.tasks import Task, of_dispute
from chalicelib.domain.intake.payloads import FAR
from chalicelib.domain.intake.webhooks import external_case_id
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.orders.order import DisputeState, Order
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.platforms.events import PLATFORM_NAMES, PlatformDispute
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.aftersales.check_refund_conflicts import check_refund_conflicts
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.cases.open_case import case_key
from chalicelib.usecases.orders.record_dispute import record_dispute
from chalicelib.usecases.platforms.open_platform_case import open_platform_case, order_record_of
from chalicelib.usecases.ports import Receipt, StoredCase
from chalicelib.usecases.ports.services import Services

DECIDED: tuple[DisputeState, ...] = ("won", "lost", "refunded")


def handle_dispute(services: Services, shop: Shop, told: PlatformDispute, receipt: Receipt) -> str | None:
    """The id of the dispute's case. Its task is opened once and done when the bank has decided, in whatever order both
    are told; that the case was won or lost is the task's outcome. What the bank takes up again is another task."""
    sale, external_id = (
        order_record_of(services, shop, told.order, receipt) if told.order else None,
        external_case_id(receipt.source, told),
    )
    kept = record_dispute(services, shop, told, receipt.received_at, receipt.sent_at)
    if kept is not None:
        check_refund_conflicts(services, shop, kept, receipt.received_at)
    state = _state(kept, told)
    if state != "open" and services.cases.load(case_key(shop.id, external_id or "")).case is None:
        return None  # it was decided before we heard of it: there is nothing left to do
    order = sale.order if sale else Order(told.order) if told.order else None
    amount = kept.in_its_currency(told.amount.money()) if kept else told.amount.money()
    what = f"{told.kind}: {told.reason}, {amount.amount} {amount.currency}".strip()
    subject = f"{PLATFORM_NAMES[receipt.source]} {what}"
    stored = open_platform_case(
        services, shop, receipt, external_id or "", "complaint", subject, "", order, sale, priority="urgent"
    )
    opens_again = kept is not None and state == "open"
    append_events(services, shop, stored.key, partial(_of_its_task, told, state, opens_again, what, receipt))
    return stored.case.id if stored.case else None


def _of_its_task(
    told: PlatformDispute, state: DisputeState, opens_again: bool, what: str, receipt: Receipt, stored: StoredCase
) -> list[Event]:
    """What becomes of the task: opened with the first word, and again with the first after a decision that does not
    stand; done with the decision."""
    tasks, made, key, heard = stored.case.tasks if stored.case else (), list[Event](), stored.key, receipt.received_at
    last = _last(tasks, key)
    again = ("again", last.id) if last is not None and opens_again and last.outcome in DECIDED else ()
    known = None if again else last
    task = known.id if known else new_id(heard, key_of("task", key, "dispute", *again))
    due_by = told.due_by if told.due_by is not None and told.due_by <= FAR else None
    department, title, due_at = of_dispute(heard, due_by, what)
    if known is None:
        opened = TaskOpened(task=task, department=department, title=title, due_at=due_at)
        at = max(heard, events.time_in(stored.last) + 1) if again else heard
        made.append(events.event(at, SYSTEM, opened, key, "dispute task", *again))
    if state != "open" and (known is None or known.open):
        due_at = known.due_at if known else due_at
        done = TaskDone(task=task, department=department, due_at=due_at, outcome=state)
        at = max(heard, events.time_in(stored.last) + 1)
        made.append(
            events.event(
                at,
                SYSTEM,
                done,
                key,
                "dispute decided",
                state,
                *(() if key_of_id(task) == key_of("task", key, "dispute") else (task,)),
            )
        )
    return made


def _last(tasks: tuple[Task, ...], key: str) -> Task | None:
    """The newest task of the dispute; each after the first is named by the one before it."""
    by_key, last = {key_of_id(one.id): one for one in tasks}, None
    found = by_key.get(key_of("task", key, "dispute"))
    while found is not None:
        last = found
        found = by_key.get(key_of("task", key, "dispute", "again", last.id))
    return last


def _state(sale: OrderRecord | None, told: PlatformDispute) -> DisputeState:
    """Where the dispute stands, by this and all earlier words."""
    known = sale.disputes if sale is not None else ()
    return next((one.state for one in known if one.id == told.id), told.state)
