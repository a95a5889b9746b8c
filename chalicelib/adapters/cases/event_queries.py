"""Reads the events of cases: all, some by their keys, the newest, a page, or from packs."""

from collections.abc import Iterable, Iterator
from itertools import islice

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item, Table
from chalicelib.adapters.aws.encryption.field_encryption import FieldEncryption
from chalicelib.adapters.cases.stored_items import case_key_of, opening_fact, read_event, read_events
from chalicelib.domain.cases.events import OPENING, Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.usecases.ports.cases import Page, StoredCase

NEWEST_PAGE = 25


class EventQueries:
    """The part of the `CaseStore` on DynamoDB that reads events."""

    def __init__(self, table: Table, personal: FieldEncryption) -> None:
        self.table = table
        self.personal = personal

    def events(self, key: str) -> list[Event]:
        """All events of a case, in order, with their texts."""
        return self._read_events(list(self.table.query(keys.case(key), between=keys.EVENTS)))

    def events_to_fold(self, stored: StoredCase) -> list[Event]:
        """All events of a case, in order, perhaps without texts that are not part of its state. Those that came after
        the newest packed event, and the packs, lie side by side; those that came late are copied behind them."""
        packed = stored.packed
        if not packed.count:
            return self.events(stored.key)
        partition = keys.case(stored.key)
        newest_and_packs = (keys.event(packed.last) + "\x00", keys.PACKS_END)
        late_copies = (keys.late_copy(packed.count + 1), keys.LATE_COPIES_END)
        items = [
            item for bounds in (newest_and_packs, late_copies) for item in self.table.query(partition, between=bounds)
        ]
        self.personal.preload(items)
        events = {event.order: event for item in items for event in read_events(item, self.personal)}
        return sorted(events.values(), key=lambda event: event.order)

    def events_at(self, key: str, orders: Iterable[str]) -> list[Event]:
        """The events of a case with these orders that exist, in order."""
        items = self.table.get_many([(keys.case(key), keys.event(order)) for order in orders])
        return sorted(self._read_events(items), key=lambda event: event.order)

    def events_named(self, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Event]:
        """The events of several cases that are named by the case's key and the event's order, read together."""
        items = self.table.get_many([(keys.case(key), keys.event(order)) for key, order in names])
        events = zip(items, self._read_events(items), strict=True)
        return {(case_key_of(item), event.order): event for item, event in events}

    def events_since(self, key: str, time: Instant) -> list[Event]:
        """The events of a case that happened at this time or later, in order, without its opening."""
        bounds = (keys.event(f"{time:013d}"), keys.EVENTS[1])
        return self._read_events(list(self.table.query(keys.case(key), between=bounds)))

    def newest_events(self, key: str) -> Iterator[Event]:
        """The events of a case, the newest first and the opening last, read a page at a time as they are used."""
        items = self.table.query(keys.case(key), between=keys.EVENTS, page=NEWEST_PAGE, backwards=True)
        return (read_event(item, self.personal) for item in items)

    def opening(self, wanted: Iterable[str]) -> dict[str, CaseOpened]:
        """The facts that opened these cases, by key."""
        items = self.table.get_many([(keys.case(key), keys.event(OPENING)) for key in wanted])
        events = zip(items, self._read_events(items), strict=True)
        return {case_key_of(item): opening_fact(event) for item, event in events}

    def page_of_events(self, key: str, limit: int, after: str | None) -> Page:
        """A page of a case's events, in order; `after` is the order of an event."""
        bounds = (keys.event(after) + "\x00" if after else keys.EVENTS[0], keys.EVENTS[1])
        items = list(islice(self.table.query(keys.case(key), between=bounds, page=limit + 1), limit + 1))
        events = self._read_events(items[:limit])
        return Page(events, events[-1].order if len(items) > limit else None)

    def page_before(self, key: str, limit: int, before: str | None) -> Page:
        """The last events of a case that come before this order, or before its end, in order, in one query."""
        end = keys.event(before) if before else keys.EVENTS[1]
        wanted = limit + 2  # one to know whether more are earlier, and the one at `before` itself
        query = self.table.query(keys.case(key), between=(keys.EVENTS[0], end), page=wanted, backwards=True)
        items = [item for item in islice(query, wanted) if item["sk"] < end]
        events = self._read_events(items[:limit][::-1])
        return Page(events, events[0].order if len(items) > limit else None)

    def _read_events(self, items: list[Item]) -> list[Event]:
        self.personal.preload(items)
        return [read_event(item, self.personal) for item in items]
