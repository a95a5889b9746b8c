"""What a case, its events, alarms and tasks look like in the table, and how they are read back."""

from typing import Any

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item, Table
from chalicelib.adapters.aws.field_encryption import FieldEncryption
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.flows.facts import FlowStarted, TaskDone, TaskOpened
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Instant, day_of
from chalicelib.usecases.ports import Change, IdempotencyRecord, StoredCase

ONCE_DAYS = 7


def stored_of(item: Item, personal: FieldEncryption) -> StoredCase:
    """The case of an item, as it was read."""
    case = personal.read(item, "state", Case) if "state" in item else None
    key = item["pk"].removeprefix("CASE#")
    return StoredCase(
        key=key,
        case=case,
        version=item["version"],
        last=item["last"],
        armed=item.get("armed"),
        claimed=item.get("claimed") or 0,
    )


def header(stored: StoredCase, personal: FieldEncryption) -> Item:
    """The item of a case's state, and the lists it stands in."""
    item: Item = {
        "pk": keys.case(stored.key),
        "sk": "C",
        "version": stored.version,
        "last": stored.last,
        "armed": stored.armed,
        "claimed": stored.claimed or None,
    }
    case = stored.case
    if case is None:
        return item
    return personal.put(item, "state", case, case.shop, key_of_id(case.customer)) | {
        "status_key": keys.status_list(case.shop, case.status, keys.shard(stored.key)),
        "assignee_key": keys.assignee_list(case.shop, case.status, case.assignee) if case.assignee else None,
        "customer_key": keys.customer_list(case.shop, case.customer[-16:]),
        "listed": keys.listed(case.opened_at, stored.key),
    }


def event_item(change: Change, event: Event, personal: FieldEncryption) -> Item:
    """The item of an event, and the queues that must hear of it."""
    key, day = change.before.key, change.days.get(event.order)
    item: Item = {"pk": keys.case(key), "sk": keys.event(event.order)}
    return personal.put(item, "event", event, change.shop.id, whose_of(change)) | {
        "day_key": keys.day_list(change.shop.id, day, keys.shard(key)) if day else None,
        "relay": ",".join(change.follow_ups.get(event.order, ())) or None,
    }


def whose_of(change: Change) -> str:
    """Whose the private words of a change are: the customer's, or nobody's yet but of the case they wait for."""
    case = change.after.case
    return key_of_id(case.customer) if case else change.before.key


def task_item(change: Change, fact: TaskOpened, personal: FieldEncryption) -> Item:
    """The item of an open task in its department's list."""
    case = change.after.case
    item: Item = {
        "pk": keys.task_list(change.shop.id, fact.department),
        "sk": keys.task_sort(fact.due_at, change.before.key, fact.task),
    }
    sealed = personal.sealed(item, {"title": fact.title}, change.shop.id, whose_of(change))
    return (
        item
        | sealed
        | {
            "id": fact.task,
            "department": fact.department,
            "due_at": fact.due_at,
            "case": case.id if case else None,
            "number": case.number if case else None,
        }
    )


def read_event(item: Item, personal: FieldEncryption) -> Event:
    """The event of an item."""
    return personal.read(item, "event", Event)


def opening_of(event: Event) -> CaseOpened:
    """The fact of an opening event."""
    assert isinstance(event.fact, CaseOpened)
    return event.fact


def number_item(case: Case) -> Item:
    """The item that makes a case's number unique in its shop."""
    return {"pk": f"NUMBER#{case.shop}#{case.number}", "sk": "N", "case": case.id}


def dirty_item(change: Change, day: str) -> Item:
    """The item that says a past day is to be restated."""
    key = change.before.key
    return {"pk": f"DIRTY#{change.shop.id}#{keys.shard(key)}", "sk": f"{day}#{key}#{change.after.version}"}


def once_item(idempotency: IdempotencyRecord, now: Instant) -> Item:
    """The item of an idempotency record."""
    ttl = (now + ONCE_DAYS * DAY_MS) // SECOND_MS
    return {
        "pk": f"ONCE#{idempotency.key}",
        "sk": "O",
        "digest": idempotency.digest,
        "case": idempotency.case,
        "version": idempotency.version,
        "ttl": ttl,
    }


def read_once(item: Item) -> IdempotencyRecord:
    """The idempotency record of an item."""
    return IdempotencyRecord(item["pk"].removeprefix("ONCE#"), item["digest"], item.get("case", ""), item["version"])


def listed_of(stored: StoredCase) -> str:
    """A case's place in its lists."""
    assert stored.case is not None
    return keys.listed(stored.case.opened_at, stored.key)


def order_item(change: Change) -> Item | None:
    """A case in the list of its order, from its opening on if it may be asked for again, else from when it gives
    something of it; on the list, too, of the day its goods were delivered, since a flow that begins counts there."""
    case, key = change.after.case, change.before.key
    begun = next((event.fact for event in change.events if isinstance(event.fact, CaseOpened | FlowStarted)), None)
    if case is None or case.historical or (begun is None and change.ledger is None):
        return None
    bought = case.flow.bought if case.flow else None
    told = begun.order if isinstance(begun, CaseOpened) else None
    counted = change.ledger.order if change.ledger is not None else None
    order = told.external_id if told else (bought and bought.order) or counted
    day = day_of(bought.delivered_at, change.shop.time_zone) if bought else None
    return (
        {
            "pk": keys.order_cases(change.shop.id, order),
            "sk": key,
            "day_key": keys.day_list(change.shop.id, day, keys.shard(key)) if day else None,
        }
        if order
        else None
    )


def task_writes(table: Table, change: Change, personal: FieldEncryption) -> list[dict[str, Any]]:
    """Open tasks stand in their department's list until they are done."""
    writes = []
    for event in change.events:
        if isinstance(event.fact, TaskOpened):
            writes.append(table.put_any(task_item(change, event.fact, personal)))
        elif isinstance(event.fact, TaskDone):
            where = keys.task_list(change.shop.id, event.fact.department)
            sort = keys.task_sort(event.fact.due_at, change.before.key, event.fact.task)
            writes.append(table.removal(where, sort))
    return writes
