"""Cases, their events and alarms in the table: one transaction a change."""

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import islice
from typing import Any

import msgspec

from chalicelib.adapters import keys
from chalicelib.adapters.dynamo import Item, Refused, Table
from chalicelib.domain.cases import Case
from chalicelib.domain.escalation import Alarm
from chalicelib.domain.events import CaseEscalated, CaseOpened, Event, SurveyAnswered, TaskDone, TaskOpened
from chalicelib.domain.facts import counts_on
from chalicelib.domain.instants import DAY, MINUTE, SECOND, Instant
from chalicelib.domain.surveys import is_unhappy
from chalicelib.domain.vocabulary import STATUSES, Status
from chalicelib.usecases.ports import (
    AlreadyAnswered,
    AlreadyTold,
    Change,
    Clock,
    NumberTaken,
    Once,
    Page,
    Raced,
    Stored,
)

RELAYED = 15 * MINUTE  # the longest delay of a queue; later alarms are the sweeper's
ONCE_DAYS, DUE_DAYS = 7, 30
_encode = msgspec.json.Encoder().encode
_case = msgspec.json.Decoder(Case)
_event = msgspec.json.Decoder(Event)


class CaseTable:
    """The `CaseStore` on DynamoDB."""

    def __init__(self, table: Table, now: Clock) -> None:
        self.table = table
        self.now = now

    def load(self, key: str) -> Stored:
        """The case with this key; version 0 when nothing was told of it."""
        item = self.table.get(keys.case(key), "C")
        return _stored(item) if item else Stored(key=key)

    def load_many(self, wanted: Iterable[str]) -> dict[str, Stored]:
        """The cases with these keys, by key, read together; version 0 where nothing was told."""
        blank = {key: Stored(key=key) for key in wanted}
        found = [_stored(item) for item in self.table.get_many([(keys.case(key), "C") for key in blank])]
        return blank | {stored.key: stored for stored in found}

    def everything(self) -> Iterator[Stored]:
        """Every case there is, by reading the whole table: for audits, never for a request."""
        return (_stored(item) for item in self.table.scan("sk", "C") if item["pk"].startswith("CASE#"))

    def events(self, key: str) -> list[Event]:
        """All events of a case, in order."""
        return [_read_event(item) for item in self.table.query(keys.case(key), between=("E#", "E$"))]

    def opening(self, wanted: Iterable[str]) -> dict[str, CaseOpened]:
        """The opening facts of these cases, by key."""
        found = self.table.get_many([(keys.case(key), keys.event("0")) for key in wanted])
        return {item["pk"].removeprefix("CASE#"): _opened(_read_event(item)) for item in found}

    def page_of_events(self, key: str, limit: int, after: str | None) -> Page:
        """Events in order, from behind the one whose order is `after`."""
        bounds = (keys.event(after) + "\x00" if after else "E#", "E$")
        items = list(islice(self.table.query(keys.case(key), between=bounds, page=limit + 1), limit + 1))
        page = [_read_event(item) for item in items[:limit]]
        return Page(page, page[-1].order if len(items) > limit else None)

    def commit(self, change: Change) -> None:
        """Write a change whole or not at all; the exceptions of `ports` say what stood in its way."""
        before, case = change.before, change.after.case
        writes = [self.table.put_at(_header(change.after), before.version)]
        writes += [self.table.put_new(_event_item(change, event)) for event in change.events]
        number = self.table.put_new(_number(case)) if case is not None and before.case is None else None
        once = self.table.put_new(_once(change.once, self.now())) if change.once else None
        others = [write for write in (number, once) if write]
        alarm = self._armed(before.key, change.alarm)
        dirty = [self.table.put_any(_dirty(change, day)) for day in sorted(change.dirty)]
        try:
            self.table.transact([*writes, *others, *alarm, *dirty, *self._tasks(change)])
        except Refused as refused:
            raise self._meaning(refused, len(writes), number is not None) from refused

    def _tasks(self, change: Change) -> list[dict[str, Any]]:
        """Open tasks stand in their department's list until they are done."""
        writes = []
        for event in change.events:
            if isinstance(event.fact, TaskOpened):
                writes.append(self.table.put_any(_task_item(change, event.fact)))
            elif isinstance(event.fact, TaskDone):
                where = keys.task_list(change.shop.id, event.fact.department)
                sort = keys.task_sort(event.fact.due_at, change.before.key, event.fact.task)
                writes.append(self.table.removal(where, sort))
        return writes

    def tasks(self, shop: str, department: str, limit: int, after: str | None) -> Page:
        """The open tasks of a department, the soonest due first."""
        bounds = (f"{after}\x00" if after else "0", ":")
        found = self.table.query(keys.task_list(shop, department), between=bounds, page=limit + 1)
        items = list(islice(found, limit + 1))
        return Page(items[:limit], items[limit - 1]["sk"] if len(items) > limit else None)

    def _armed(self, key: str, alarm: Alarm | None) -> list[dict[str, Any]]:
        """A near alarm stands in the transaction, for the relay takes it at once. A far one is written ahead at half
        the price: if the transaction fails, it rings one day and finds nothing to do."""
        if alarm is None:
            return []
        item = due_item(key, alarm, self.now())
        if item["relay"] is not None:
            return [self.table.put_any(item)]
        self.table.put(item)
        return []

    def _meaning(self, refused: Refused, own: int, numbered: bool) -> Exception:
        header, *rest = refused.reasons
        if header is not None:
            return Raced()
        if any(reason is not None for reason in rest[: own - 1]):
            return AlreadyTold()
        others = rest[own - 1 :]
        if numbered and others[0] is not None:
            return NumberTaken()
        standing = next((reason for reason in others if reason), None)
        if standing is not None and "digest" in standing:
            return AlreadyAnswered(_read_once(standing))
        return Raced()

    def arm(self, key: str, alarm: Alarm) -> None:
        """Set an alarm outside of a change."""
        self.table.put(due_item(key, alarm, self.now()))

    def forget(self, stored: Stored, events: list[Event]) -> None:
        """Remove events whose case never came."""
        sorts = [*(keys.event(event.order) for event in events), "C"]
        self.table.write_many(deletes=[(keys.case(stored.key), sort) for sort in sorts])

    def find(
        self,
        shop: str,
        status: Status | None,
        assignee: str | None,
        customer: str | None,
        limit: int,
        after: str | None,
    ) -> Page:
        """Cases newest first. A list is the merge of the index partitions that hold it."""
        statuses = (status,) if status else STATUSES
        if customer is not None:
            found = self._list("by_customer", "customer_key", [keys.customer_list(shop, customer)], limit, after)
        elif assignee is not None:
            lists = [keys.assignee_list(shop, one, assignee) for one in statuses]
            found = self._list("by_assignee", "assignee_key", lists, limit, after)
        else:
            lists = [keys.status_list(shop, one, shard) for one in statuses for shard in range(keys.SHARDS)]
            found = self._list("by_status", "status_key", lists, limit, after)
        return self._page(found, limit, status, assignee if customer else None)

    def _list(self, index: str, name: str, lists: list[str], limit: int, after: str | None) -> Iterator[Item]:
        bounds = ("0", after[:-1] + chr(ord(after[-1]) - 1) + "\uffff" if after else ":")
        ranges = [
            self.table.query(one, between=bounds, index=index, names=(name, "listed"), page=limit + 1, backwards=True)
            for one in lists
        ]
        return (item for item in merge(*ranges, key=lambda item: item["listed"], reverse=True))

    def _page(self, found: Iterator[Item], limit: int, status: Status | None, assignee: str | None) -> Page:
        page: list[Stored] = []
        for batch in iter(lambda: list(islice(found, limit + 1)), []):
            loaded = {item["pk"]: _stored(item) for item in self.table.get_many([(one["pk"], "C") for one in batch])}
            for one in batch:
                stored = loaded.get(one["pk"])
                if stored and stored.case and _fits(stored.case, status, assignee):
                    page.append(stored)
            if len(page) > limit:
                break
        more = len(page) > limit
        return Page(page[:limit], _listed(page[limit - 1]) if more else None)

    def remember(self, once: Once) -> None:
        """Keep what a request that changed nothing came to; `AlreadyAnswered` when its key was used before."""
        try:
            self.table.put(_once(once, self.now()), only_new=True)
        except Refused as refused:
            raise AlreadyAnswered(_read_once(refused.reasons[0] or {})) from None

    def answered(self, key: str) -> Once | None:
        """What a request with this idempotency key came to."""
        item = self.table.get(f"ONCE#{key}", "O")
        return _read_once(item) if item else None


def _fits(case: Case, status: Status | None, assignee: str | None) -> bool:
    return status in (None, case.status) and assignee in (None, case.assignee)


def _listed(stored: Stored) -> str:
    assert stored.case is not None
    return keys.listed(stored.case.opened_at, stored.key)


def _stored(item: Item) -> Stored:
    case = _case.decode(item["state"]) if "state" in item else None
    key = item["pk"].removeprefix("CASE#")
    return Stored(key=key, case=case, version=item["version"], last=item["last"], armed=item.get("armed"))


def _header(stored: Stored) -> Item:
    item: Item = {
        "pk": keys.case(stored.key), "sk": "C", "version": stored.version, "last": stored.last, "armed": stored.armed,
    }  # fmt: skip
    case = stored.case
    if case is None:
        return item
    return item | {
        "state": _encode(case).decode(),
        "status_key": keys.status_list(case.shop, case.status, keys.shard(stored.key)),
        "assignee_key": keys.assignee_list(case.shop, case.status, case.assignee) if case.assignee else None,
        "customer_key": keys.customer_list(case.shop, case.customer[-16:]),
        "listed": keys.listed(case.opened_at, stored.key),
    }


def _event_item(change: Change, event: Event) -> Item:
    before = change.before
    day = counts_on(event, before.case, change.shop.time_zone)
    return {
        "pk": keys.case(before.key), "sk": keys.event(event.order), "event": _encode(event).decode(),
        "day_key": keys.day_list(change.shop.id, day, keys.shard(before.key)) if day else None,
        "relay": _relayed(event),
    }  # fmt: skip


def _task_item(change: Change, fact: TaskOpened) -> Item:
    case = change.after.case
    return {
        "pk": keys.task_list(change.shop.id, fact.department),
        "sk": keys.task_sort(fact.due_at, change.before.key, fact.task), "id": fact.task, "title": fact.title,
        "department": fact.department, "due_at": fact.due_at, "case": case.id if case else None,
        "number": case.number if case else None,
    }  # fmt: skip


def _relayed(event: Event) -> str | None:
    """The queue that must hear of this event."""
    if isinstance(event.fact, CaseEscalated):
        return "notices"
    if isinstance(event.fact, SurveyAnswered) and is_unhappy(event.fact):
        return "intake"
    return None


def _read_event(item: Item) -> Event:
    return _event.decode(item["event"])


def _opened(event: Event) -> CaseOpened:
    assert isinstance(event.fact, CaseOpened)
    return event.fact


def _number(case: Case) -> Item:
    return {"pk": f"NUMBER#{case.shop}#{case.number}", "sk": "N", "case": case.id}


def due_item(key: str, alarm: Alarm, now: Instant) -> Item:
    """The item of an alarm; the relay takes it to its queue when a queue's delay can hold it."""
    relay = relay_of(alarm.kind) if alarm.at <= now + RELAYED else None
    return {
        "pk": keys.due(alarm.at, key), "sk": keys.due_sort(alarm.at, alarm.kind, key), "relay": relay,
        "ttl": (max(alarm.at, now) + DUE_DAYS * DAY) // SECOND,
    }  # fmt: skip


def relay_of(kind: str) -> str:
    """The queue of alarms of this kind."""
    return "surveys" if kind == "survey" else "clocks"


def _dirty(change: Change, day: str) -> Item:
    key = change.before.key
    return {"pk": f"DIRTY#{change.shop.id}#{keys.shard(key)}", "sk": f"{day}#{key}#{change.after.version}"}


def _once(once: Once, now: Instant) -> Item:
    ttl = (now + ONCE_DAYS * DAY) // SECOND
    return {
        "pk": f"ONCE#{once.key}", "sk": "O", "digest": once.digest, "case": once.case, "version": once.version,
        "ttl": ttl,
    }  # fmt: skip


def _read_once(item: Item) -> Once:
    return Once(item["pk"].removeprefix("ONCE#"), item["digest"], item.get("case", ""), item["version"])
