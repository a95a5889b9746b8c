"""The port for cases: their store, to which each change is written in one transaction, and the errors it may raise.

Times are milliseconds since 1970. A case's key is the last part of its id. Pages are read with the `next` of the page
before as `after`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.cases.packs import EventPack, Packed
from chalicelib.domain.desk.unread import Latest
from chalicelib.domain.kernel.enums import Status
from chalicelib.domain.kernel.timestamps import Day, Instant
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.timers.timer_source import Timer


class VersionConflict(Exception):
    """Somebody else changed the case first: load it again and decide again."""


class AlreadyStored(Exception):
    """This event is stored already."""


class NumberTaken(Exception):
    """Another case of the shop has this number."""


class AtCapacity(Exception):
    """The agent has as many cases as they may have, or is not here; the message is the agent's name."""


class RetryLater(Exception):
    """Nothing is wrong, but it cannot be done yet. The queue delivers the message again."""


class IdempotencyRecord(Struct, frozen=True):
    """An idempotency record: the digest of the request that used this key, and the case version it resulted in."""

    key: str
    digest: str
    case: str = ""
    version: int = 0


class AlreadyAnswered(Exception):
    """A request with this idempotency key was handled already."""

    def __init__(self, idempotency: IdempotencyRecord) -> None:
        super().__init__(idempotency.key)
        self.idempotency = idempotency


class StoredCase(Struct, frozen=True, kw_only=True):
    """A case as it is stored. `case` is None while only events that arrived before their case are stored."""

    key: str
    case: Case | None = None
    version: int = 0
    last: str = ""
    """The order of the newest event."""
    armed: Instant | None = None
    """When the case's next timer is due; never later than needed, perhaps earlier."""
    claimed: Instant = 0
    """The latest future time that a shop claimed for one of the case's events. Until then a repeated event must be
    looked for among the stored ones."""
    packed: Packed = Packed()
    """How far its events are packed."""
    latest: tuple[Latest, ...] = ()
    """Who added something last; empty if the case was stored by an earlier version and has not changed since."""


class OrderLedger(Struct, frozen=True):
    """The version of an order's compensations, counted over all its cases. A change that gives money advances it, so
    two cases cannot both give the last of what is left."""

    order: str
    version: int


class Change(Struct, frozen=True, kw_only=True):
    """One atomic write: a case goes from one state to the next. `now`: the time of the change."""

    before: StoredCase
    after: StoredCase
    events: list[Event]
    shop: Shop
    now: Instant
    timer: Timer | None = None
    days: Mapping[str, Day] = {}
    """The day on whose list an event puts the case, by the event's order; only for events that are counted."""
    dirty: frozenset[Day] = frozenset()
    """The past days whose metrics the change has changed."""
    idempotency: IdempotencyRecord | None = None
    ledger: OrderLedger | None = None
    follow_ups: Mapping[str, tuple[str, ...]] = {}
    """The queues that an event is sent to, by the event's order."""
    packs: tuple[EventPack, ...] = ()
    """New packs of the events that were stored before."""


class Page(Struct, frozen=True):
    """A page of a list, and the cursor of the next page; None on the last one."""

    items: list[Any]
    next: str | None = None


class CaseStore(Protocol):
    """Cases, their events and their timers."""

    def load(self, key: str) -> StoredCase:
        """The case with this key; version 0 and no case when nothing is stored."""

    def load_many(self, keys: Iterable[str]) -> dict[str, StoredCase]:
        """The cases with these keys, by key; version 0 and no case where nothing is stored."""

    def events(self, key: str) -> list[Event]:
        """All events of a case, in order, with their texts: for what shows or checks a whole case."""

    def events_to_fold(self, stored: StoredCase) -> list[Event]:
        """All events of a case, in order, but perhaps without texts that are not part of its state (`compact`). They
        are read from packs: a hundredth of the items, and at most a hundred that are not packed yet."""

    def events_at(self, key: str, orders: Iterable[str]) -> list[Event]:
        """The events of a case with these orders that exist, in order."""

    def events_named(self, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Event]:
        """The events of several cases that are named by the case's key and the event's order, and exist."""

    def events_since(self, key: str, time: Instant) -> list[Event]:
        """The events of a case that happened at this time or later, in order, without its opening."""

    def newest_events(self, key: str) -> Iterator[Event]:
        """The events of a case, the newest first and the opening last, read a page at a time as they are used."""

    def opening(self, keys: Iterable[str]) -> dict[str, CaseOpened]:
        """The facts that opened these cases, by key; cases that are not open yet are left out."""

    def page_of_events(self, key: str, limit: int, after: str | None) -> Page:
        """A page of a case's events (`Event`), in order; `after` is the order of an event."""

    def page_before(self, key: str, limit: int, before: str | None) -> Page:
        """The last events of a case (`Event`) that come before this order, or before its end, in order. `next`: the
        order before which the earlier ones come; None if there are none."""

    def commit(self, change: Change) -> None:
        """Write a change as a whole or not at all.

        VersionConflict when the case, the order's ledger or the agent's load changed since; AlreadyStored when an event
        of the change is stored; NumberTaken when another case has the number; AlreadyAnswered when the idempotency key
        was used; AtCapacity when the agent can take no more cases.
        """

    def commit_together(self, changes: Sequence[Change]) -> None:
        """Write the changes of several cases of one shop as a whole or not at all; errors as for `commit`. There are at
        most a dozen, and at most one of them changes the load of agents."""

    def set_timer(self, key: str, timer: Timer) -> None:
        """Set a timer of a case outside of a change."""

    def delete_orphaned_events(self, stored: StoredCase, events: list[Event]) -> None:
        """Delete events whose case never arrived, with the record that holds them."""

    def ledger(self, shop: str, order: str) -> int:
        """The version of an order's compensations (`OrderLedger`); 0 when none was given."""

    def of_order(self, shop: str, order: str) -> list[str]:
        """The keys of the cases about an order."""

    def numbered(self, shop: str, number: str) -> str | None:
        """The key of the case with this number; None when the shop has none."""

    def find(
        self,
        shop: str,
        status: Status | None,
        assignee: str | None,
        customer: str | None,
        limit: int,
        after: str | None,
    ) -> Page:
        """A page of a shop's cases (`StoredCase`) that have this status, assignee and customer (a key), where given;
        the newest first."""

    def open_cases(self, shop: str, limit: int, after: str | None) -> Page:
        """A page of a shop's cases (`StoredCase`) that are worked on, the newest first. One may just have been resolved
        or closed."""

    def tasks(self, shop: str, department: str, limit: int, after: str | None) -> Page:
        """A page of a department's open tasks (as dictionaries), the soonest due first."""

    def answered(self, key: str) -> IdempotencyRecord | None:
        """The result of the request with this idempotency key; None when none was handled."""

    def remember(self, idempotency: IdempotencyRecord) -> None:
        """Store the result of a request that changed nothing; AlreadyAnswered when its key was used before."""


class IdempotencyKeys(Protocol):
    """At most once: whoever reserves a key first may act. Keys are stored for thirty days."""

    def reserve(self, name: str, now: Instant) -> bool:
        """Whether the caller may act: False when the key was reserved before."""

    def settle(self, name: str, outcome: str) -> None:
        """Store the outcome of the action; `released` frees the key, because nothing was done."""

    def count_within(self, name: str, limit: int, now: Instant, window: Instant) -> bool:
        """Count one more in this window of `window` milliseconds; whether the count is within the limit."""


Clock = Callable[[], Instant]
ATTEMPTS = 12
"""How often a change is tried while others change the same case."""


class Busy(RetryLater):
    """Others changed the case at every attempt; the message is delivered again."""


class TimerStore(Protocol):
    """The timers in the table, and the queues of their workers."""

    def swept_to(self) -> Instant | None:
        """The instant up to which all timers were sent to their queues; None before the first time."""

    def note_swept(self, to: Instant) -> None:
        """Save how far timers were sent."""

    def hand_over(self, start: Instant, end: Instant) -> int:
        """Send the timers that are due from `start` until before `end` to their queues, each delayed until it is due;
        how many there were. `start` and `end` are whole minutes. Either all were sent or this fails and may be
        repeated: a timer that is sent twice does nothing the second time."""
