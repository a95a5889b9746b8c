"""Cases, their events and timers in the table: each change is one transaction."""

from collections.abc import Sequence

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.change_markers import last_contact_item, touch_item
from chalicelib.adapters.aws.dynamo import ConditionFailed, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.adapters.aws.outbox import timer_item
from chalicelib.adapters.cases.case_items import CaseItems
from chalicelib.adapters.cases.case_lists import CaseLists
from chalicelib.adapters.cases.conflicts import ChangeWrites, Write, conflict_of
from chalicelib.adapters.cases.stored_items import idempotency_item, read_idempotency
from chalicelib.adapters.routing.agent_table import routing_writes
from chalicelib.adapters.settlement.settlement_items import awaited_writes
from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.facts import TaskDone, TaskOpened
from chalicelib.domain.kernel.timestamps import day_of
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.domain.timers.timer_source import Timer
from chalicelib.usecases.ports.cases import (
    AlreadyAnswered,
    Change,
    Clock,
    IdempotencyRecord,
    StoredCase,
)


class CaseTable(CaseLists):
    """The `CaseStore` on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption, now: Clock) -> None:
        super().__init__(table, personal)
        self.now = now

    def commit(self, change: Change) -> None:
        """Write a change as a whole or not at all; raises the errors that the port names."""
        self.commit_together([change])

    def commit_together(self, changes: Sequence[Change]) -> None:
        """Write the changes of several cases as a whole or not at all; raises the errors that the port names."""
        planned = [self._writes(change) for change in changes]
        try:
            self.table.transact([write for each in planned for write in each.writes])
        except ConditionFailed as refused:
            raise conflict_of(refused, planned) from refused

    def _writes(self, change: Change) -> ChangeWrites:
        """The writes of a change, in the order by which `conflict_of` reads why they were refused."""
        items = CaseItems(change.after, change.shop.id, self.personal)
        state, events, numbers = items.state(), items.events(change), items.numbers(change)
        timer = self._write_ahead(change, items)
        self._mark_customer(change, items.owner)
        writes = [
            self.table.put_at(state, change.before.version),
            *(self.table.put_new(item) for item in (*events, *numbers)),
            *self._idempotency_writes(change),
            *timer,
            *(self.table.put_any(items.changed_day(day)) for day in sorted(change.dirty)),
            *self._task_writes(change, items),
            *self._ledger_writes(change),
            *awaited_writes(self.table, change),
            *routing_writes(self.table, change),
            *(self.table.put_any(item) for item in items.late_copies(change)),
        ]
        return ChangeWrites(writes, len(events), bool(numbers))

    def _idempotency_writes(self, change: Change) -> list[Write]:
        if change.idempotency is None:
            return []
        return [self.table.put_new(idempotency_item(change.idempotency, change.now))]

    def _write_ahead(self, change: Change, items: CaseItems) -> list[Write]:
        """Write before the transaction, at half the price and in one request, what does no harm if that fails: the
        timer finds nothing due, the list of the order names a case that is not stored, and packs hold only events that
        are stored. A timer that is due soon belongs into the transaction, because the relay sends it at once: the write
        of it, if there is one."""
        timer = timer_item(change.before.key, change.timer, change.now) if change.timer else None
        is_soon = timer is not None and timer["relay"] is not None
        later = None if is_soon else timer
        listed = items.in_order_list(change)
        packs = items.packs(change)
        self.table.write_many([item for item in (later, listed, *packs) if item is not None])
        return [self.table.put_any(timer)] if timer is not None and is_soon else []

    def _mark_customer(self, change: Change, customer: str) -> None:
        """Mark the customer of a case that was closed, or had a survey answered, on a past day. The nightly job finds
        the others by the lists of their days, but may have been over that day already."""
        case, before, zone = change.after.case, change.before.case, change.shop.time_zone
        if case is None:
            return
        today = day_of(change.now, zone)
        if case.closed_at and (before is None or before.closed_at is None) and day_of(case.closed_at, zone) < today:
            self.table.put(last_contact_item(change.shop.id, customer, case.closed_at))
        answers = (event for event in change.events if isinstance(event.fact, SurveyAnswered))
        if any(day_of(answer.at, zone) < today for answer in answers):
            self.table.put(touch_item(change.shop.id, customer, change.now))

    def _task_writes(self, change: Change, items: CaseItems) -> list[Write]:
        """An open task is on the list of its department until it is done."""
        writes = []
        for event in change.events:
            if isinstance(event.fact, TaskOpened):
                writes.append(self.table.put_any(items.task(event.fact)))
            elif isinstance(event.fact, TaskDone):
                department = keys.task_list(change.shop.id, event.fact.department)
                writes.append(self.table.removal(department, items.task_sort(event.fact)))
        return writes

    def _ledger_writes(self, change: Change) -> list[Write]:
        """The order's ledger goes from the version at which its money was counted to the next one."""
        if change.ledger is None:
            return []
        partition = keys.order_cases(change.shop.id, change.ledger.order)
        version = change.ledger.version
        return [self.table.put_at({"pk": partition, "sk": keys.LEDGER, "version": version + 1}, version)]

    def set_timer(self, key: str, timer: Timer) -> None:
        """Set a timer outside of a change."""
        self.table.put(timer_item(key, timer, self.now()))

    def delete_orphaned_events(self, stored: StoredCase, events: list[Event]) -> None:
        """Delete events whose case never came."""
        sorts = [*(keys.event(event.order) for event in events), "C"]
        self.table.write_many(deletes=[(keys.case(stored.key), sort) for sort in sorts])

    def remember(self, idempotency: IdempotencyRecord) -> None:
        """Store the result of a request that changed nothing; AlreadyAnswered when its key was used before."""
        try:
            self.table.put(idempotency_item(idempotency, self.now()), only_new=True)
        except ConditionFailed as refused:
            raise AlreadyAnswered(read_idempotency(refused.reasons[0] or {})) from None

    def answered(self, key: str) -> IdempotencyRecord | None:
        """The result of the request with this idempotency key."""
        item = self.table.get(f"ONCE#{key}", "O")
        return read_idempotency(item) if item else None
