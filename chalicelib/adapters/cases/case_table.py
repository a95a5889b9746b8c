"""Cases, their events and alarms in the table: one transaction a change."""

from typing import Any

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.change_markers import last_contact_item, touch_item
from chalicelib.adapters.aws.dynamo import Refused, Table
from chalicelib.adapters.aws.field_encryption import FieldEncryption
from chalicelib.adapters.aws.outbox import timer_item
from chalicelib.adapters.cases.case_items import (
    dirty_item,
    event_item,
    header,
    number_item,
    once_item,
    order_item,
    read_once,
    task_writes,
)
from chalicelib.adapters.cases.case_queries import CaseQueries
from chalicelib.adapters.routing.agent_table import routing_writes
from chalicelib.adapters.settlement.settlement_items import awaited_writes
from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.domain.timers.timer_source import Timer
from chalicelib.usecases.ports import (
    AlreadyAnswered,
    AlreadyStored,
    AtCapacity,
    Change,
    Clock,
    IdempotencyRecord,
    NumberTaken,
    StoredCase,
    VersionConflict,
)


class CaseTable(CaseQueries):
    """The `CaseStore` on DynamoDB."""

    def __init__(self, table: Table, personal: FieldEncryption, now: Clock) -> None:
        super().__init__(table, personal)
        self.now = now

    def commit(self, change: Change) -> None:
        """Write a change whole or not at all; the exceptions of `ports` say what stood in its way."""
        before, case = change.before, change.after.case
        writes = [self.table.put_at(header(change.after, self.personal), before.version)]
        writes += [self.table.put_new(event_item(change, event, self.personal)) for event in change.events]
        number = self.table.put_new(number_item(case)) if case is not None and before.case is None else None
        idempotency = self.table.put_new(once_item(change.idempotency, self.now())) if change.idempotency else None
        others = [write for write in (number, idempotency) if write]
        timer = self._armed(before.key, change.timer)
        self._list_order(change)
        self._touch(change)
        dirty = [self.table.put_any(dirty_item(change, day)) for day in sorted(change.dirty)]
        try:
            self.table.transact(
                [
                    *writes,
                    *others,
                    *timer,
                    *dirty,
                    *task_writes(self.table, change, self.personal),
                    *awaited_writes(self.table, change),
                    *self._counted(change),
                    *routing_writes(self.table, change, self.now()),
                ]
            )
        except Refused as refused:
            raise self._meaning(refused, len(writes), number is not None) from refused

    def _counted(self, change: Change) -> list[dict[str, Any]]:
        """The order's money goes from the version it was counted at to the next."""
        if change.ledger is None:
            return []
        order, version = keys.order_cases(change.shop.id, change.ledger.order), change.ledger.version
        return [self.table.put_at({"pk": order, "sk": keys.LEDGER, "version": version + 1}, version)]

    def _touch(self, change: Change) -> None:
        """Whoever answered is counted anew in the night; whose case is closed was heard of in that month."""
        case, before = change.after.case, change.before.case
        if case is not None and case.closed_at is not None and (before is None or before.closed_at is None):
            self.table.put(last_contact_item(change.shop.id, key_of_id(case.customer), case.closed_at))
        if case is not None and any(isinstance(event.fact, SurveyAnswered) for event in change.events):
            self.table.put(touch_item(change.shop.id, key_of_id(case.customer), self.now()))

    def _list_order(self, change: Change) -> None:
        """Written ahead, at half the price: should the transaction fail, the list names a case that is not there."""
        listed = order_item(change)
        if listed is not None:
            self.table.put(listed)

    def _armed(self, key: str, timer: Timer | None) -> list[dict[str, Any]]:
        """A near alarm stands in the transaction, for the relay takes it at once. A far one is written ahead at half
        the price: if the transaction fails, it rings one day and finds nothing to do."""
        if timer is None:
            return []
        item = timer_item(key, timer, self.now())
        if item["relay"] is not None:
            return [self.table.put_any(item)]
        self.table.put(item)
        return []

    def _meaning(self, refused: Refused, own: int, numbered: bool) -> Exception:
        header, *rest = refused.reasons
        if header is not None:
            return VersionConflict()
        if any(reason is not None for reason in rest[: own - 1]):
            return AlreadyStored()
        others = rest[own - 1 :]
        if numbered and others[0] is not None:
            return NumberTaken()
        standing = next((reason for reason in others if reason), None)
        if standing is not None and "digest" in standing:
            return AlreadyAnswered(read_once(standing))
        if standing is not None and "capacity" in standing:
            return AtCapacity(standing["sk"])
        return VersionConflict()

    def set_timer(self, key: str, timer: Timer) -> None:
        """Set an alarm outside of a change."""
        self.table.put(timer_item(key, timer, self.now()))

    def delete_orphaned_events(self, stored: StoredCase, events: list[Event]) -> None:
        """Remove events whose case never came."""
        sorts = [*(keys.event(event.order) for event in events), "C"]
        self.table.write_many(deletes=[(keys.case(stored.key), sort) for sort in sorts])

    def remember(self, idempotency: IdempotencyRecord) -> None:
        """Keep what a request that changed nothing came to; `AlreadyAnswered` when its key was used before."""
        try:
            self.table.put(once_item(idempotency, self.now()), only_new=True)
        except Refused as refused:
            raise AlreadyAnswered(read_once(refused.reasons[0] or {})) from None

    def answered(self, key: str) -> IdempotencyRecord | None:
        """What a request with this idempotency key came to."""
        item = self.table.get(f"ONCE#{key}", "O")
        return read_once(item) if item else None
