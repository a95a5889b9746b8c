"""Cases and idempotency keys in memory, with the same conflicts as the table's."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.cases.packs import compact
from chalicelib.domain.kernel.enums import Status
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import plain_name
from chalicelib.domain.timers.timer_source import Timer
from chalicelib.usecases.ports.cases import (
    AlreadyAnswered,
    AlreadyStored,
    Change,
    IdempotencyRecord,
    NumberTaken,
    Page,
    StoredCase,
    VersionConflict,
)
from tests.fakes.routing import FakeAgents


class FakeCases:
    """Cases, their events and their timers; a change is committed whole or not at all."""

    def __init__(self, agents: FakeAgents | None = None) -> None:
        self.agents = agents or FakeAgents()
        self.stored: dict[str, StoredCase] = {}
        self.history: dict[str, dict[str, Event]] = {}
        self.numbers: dict[str, str] = {}
        self.idempotency: dict[str, IdempotencyRecord] = {}
        self.ledgers: dict[str, int] = {}
        self.timers: list[tuple[str, Timer]] = []
        self.dirty: set[tuple[str, str]] = set()
        self.races = 0  # the number of next commits that fail, as if another worker had been faster
        self.relayed: list[tuple[str, str, str]] = []
        """What was relayed to queues: queue, key of the case, order of the event."""
        self.relay: Callable[[str, str, str], object] | None = None
        """Called at once with each relayed message, if a test sets it."""

    def load(self, key: str) -> StoredCase:
        return self.stored.get(key, StoredCase(key=key))

    def load_many(self, keys: Iterable[str]) -> dict[str, StoredCase]:
        return {key: self.load(key) for key in keys}

    def events(self, key: str) -> list[Event]:
        return sorted(self.history.get(key, {}).values(), key=lambda event: event.order)

    def events_to_fold(self, stored: StoredCase) -> list[Event]:
        return [compact(event) for event in self.events(stored.key)]

    def events_at(self, key: str, orders: Iterable[str]) -> list[Event]:
        wanted = set(orders)
        found = [event for order, event in self.history.get(key, {}).items() if order in wanted]
        return sorted(found, key=lambda event: event.order)

    def events_named(self, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Event]:
        return {(key, order): self.history[key][order] for key, order in names if order in self.history.get(key, {})}

    def events_since(self, key: str, time: Instant) -> list[Event]:
        return [event for event in self.events(key) if event.order >= f"{time:013d}"]

    def newest_events(self, key: str) -> Iterator[Event]:
        return reversed(self.events(key))

    def opening(self, keys: Iterable[str]) -> dict[str, CaseOpened]:
        facts = {key: self.history[key]["0"].fact for key in keys}
        return {key: fact for key, fact in facts.items() if isinstance(fact, CaseOpened)}

    def page_of_events(self, key: str, limit: int, after: str | None) -> Page:
        later = [event for event in self.events(key) if event.order > (after or "")]
        return Page(later[:limit], later[limit - 1].order if len(later) > limit else None)

    def page_before(self, key: str, limit: int, before: str | None) -> Page:
        earlier = [event for event in self.events(key) if before is None or event.order < before]
        return Page(earlier[-limit:], earlier[-limit].order if len(earlier) > limit else None)

    def commit(self, change: Change) -> None:
        self.commit_together([change])

    def commit_together(self, changes: Sequence[Change]) -> None:
        if self.races:
            self.races -= 1
            raise VersionConflict
        for change in changes:
            self._check(change)
            self.agents.check(change)
        for change in changes:
            self._write(change)
        for change in changes:
            self._relay(change)

    def _relay(self, change: Change) -> None:
        for event in change.events:
            for queue in change.follow_ups.get(event.order, ()):
                self.relayed.append((queue, change.before.key, event.order))
                if self.relay is not None:
                    self.relay(queue, change.before.key, event.order)

    def _check(self, change: Change) -> None:
        key, case = change.before.key, change.after.case
        events = self.history.setdefault(key, {})
        is_current = change.ledger is None or self.ledger(change.shop.id, change.ledger.order) == change.ledger.version
        if self.load(key).version != change.before.version or not is_current:
            raise VersionConflict
        if any(event.order in events for event in change.events):
            raise AlreadyStored
        if case is not None and change.before.case is None and self.numbers.get(case.number, key) != key:
            raise NumberTaken
        if change.idempotency and change.idempotency.key in self.idempotency:
            raise AlreadyAnswered(self.idempotency[change.idempotency.key])

    def _write(self, change: Change) -> None:
        key, case = change.before.key, change.after.case
        if change.ledger is not None:
            self.ledgers[plain_name(change.ledger.order)] = change.ledger.version + 1
        self.stored[key] = change.after
        self.agents.write(change)
        self.history[key].update({event.order: event for event in change.events})
        if case is not None:
            self.numbers[case.number] = key
        if change.idempotency:
            self.idempotency[change.idempotency.key] = change.idempotency
        if change.timer:
            self.timers.append((key, change.timer))
        self.dirty |= {(day, key) for day in change.dirty}

    def set_timer(self, key: str, timer: Timer) -> None:
        self.timers.append((key, timer))

    def delete_orphaned_events(self, stored: StoredCase, events: list[Event]) -> None:
        self.stored.pop(stored.key, None)
        self.history.pop(stored.key, None)

    def find(
        self,
        shop: str,
        status: Status | None,
        assignee: str | None,
        customer: str | None,
        limit: int,
        after: str | None,
    ) -> Page:
        if customer is None:
            raise NotImplementedError("the table has the lists: see tests/integration")
        theirs = [row for row in self.stored.values() if row.case and key_of_id(row.case.customer) == customer]
        return Page(theirs[:limit])

    def open_cases(self, shop: str, limit: int, after: str | None) -> Page:
        raise NotImplementedError("the table has the lists: see tests/integration")

    def numbered(self, shop: str, number: str) -> str | None:
        return self.numbers.get(number)

    def ledger(self, shop: str, order: str) -> int:
        return self.ledgers.get(plain_name(order), 0)

    def of_order(self, shop: str, order: str) -> list[str]:
        openings = self.opening([key for key, events in self.history.items() if "0" in events])
        return [
            key
            for key, opening in openings.items()
            if opening.order and plain_name(opening.order.external_id) == plain_name(order)
        ]

    def tasks(self, shop: str, department: str, limit: int, after: str | None) -> Page:
        raise NotImplementedError("the table has the lists: see tests/integration")

    def remember(self, idempotency: IdempotencyRecord) -> None:
        if idempotency.key in self.idempotency:
            raise AlreadyAnswered(self.idempotency[idempotency.key])
        self.idempotency[idempotency.key] = idempotency

    def answered(self, key: str) -> IdempotencyRecord | None:
        return self.idempotency.get(key)


class FakeIdempotencyKeys:
    """Idempotency keys, and counters within a time window."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.counts: dict[str, int] = {}

    def reserve(self, name: str, now: Instant) -> bool:
        if name in self.outcomes:
            return False
        self.outcomes[name] = "claimed"
        return True

    def count_within(self, name: str, limit: int, now: Instant, window: Instant) -> bool:
        counted = f"{name}#{now // window}"
        self.counts[counted] = self.counts.get(counted, 0) + 1
        return self.counts[counted] <= limit

    def settle(self, name: str, outcome: str) -> None:
        if outcome == "released":
            del self.outcomes[name]
        else:
            self.outcomes[name] = outcome
