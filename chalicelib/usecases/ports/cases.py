"""What is needed of cases: the store they are written to by one transaction a change, and what stands in its way."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.kernel.enums import Status
from chalicelib.domain.kernel.timestamps import Day, Instant
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.timers.timer_source import Timer


class VersionConflict(Exception):
    """Somebody else wrote the case first: load it again and decide anew."""


class AlreadyStored(Exception):
    """This event is stored already."""


class NumberTaken(Exception):
    """Another case of the shop has this number."""


class AtCapacity(Exception):
    """The agent has as many cases as they may, or is not here; the message names them."""


class RetryLater(Exception):
    """Nothing is wrong; it cannot be done yet. The message comes again."""


class IdempotencyRecord(Struct, frozen=True):
    """An idempotency record: the digest of the request this key was used for, and what it came to."""

    key: str
    digest: str
    case: str = ""
    version: int = 0


class AlreadyAnswered(Exception):
    """A request with this idempotency key was carried out."""

    def __init__(self, idempotency: IdempotencyRecord) -> None:
        super().__init__(idempotency.key)
        self.idempotency = idempotency


class StoredCase(Struct, frozen=True, kw_only=True):
    """A case as the table has it. `case` is None while only events that came before their case are there."""

    key: str
    case: Case | None = None
    version: int = 0
    last: str = ""
    """The order of the newest event."""
    armed: Instant | None = None
    """When an alarm will next wake the case; never later than needed, perhaps earlier."""
    claimed: Instant = 0
    """The furthest time ahead that was claimed for one of its events: until then the same may be told again, and must
    be looked for among those that came before."""


class OrderLedger(Struct, frozen=True):
    """What is given for an order in all its cases is counted together: a change that gives something takes the order
    from one version to the next, so that two cases cannot both give the last of it."""

    order: str
    version: int


class Change(Struct, frozen=True, kw_only=True):
    """One atomic write: a case goes from one state to the next. `follow_ups`: the queues that hear of its events, by
    the events' order."""

    before: StoredCase
    after: StoredCase
    events: list[Event]
    shop: Shop
    timer: Timer | None = None
    days: Mapping[str, Day] = {}
    """By the order of an event that counts, the day whose list it puts the case on."""
    dirty: frozenset[Day] = frozenset()
    """The past days whose figures are other ones now."""
    idempotency: IdempotencyRecord | None = None
    ledger: OrderLedger | None = None
    follow_ups: Mapping[str, tuple[str, ...]] = {}


class Page(Struct, frozen=True):
    """A stretch of a list and where it goes on."""

    items: list[Any]
    next: str | None = None


class CaseStore(Protocol):
    """Cases, their events, their alarms."""

    def load(self, key: str) -> StoredCase: ...
    def load_many(self, keys: Iterable[str]) -> dict[str, StoredCase]: ...
    def events(self, key: str) -> list[Event]: ...
    def opening(self, keys: Iterable[str]) -> dict[str, CaseOpened]: ...
    def page_of_events(self, key: str, limit: int, after: str | None) -> Page: ...
    def commit(self, change: Change) -> None: ...
    def set_timer(self, key: str, timer: Timer) -> None: ...
    def forget(self, stored: StoredCase, events: list[Event]) -> None: ...
    def ledger(self, shop: str, order: str) -> int: ...
    def of_order(self, shop: str, order: str) -> list[str]: ...
    def numbered(self, shop: str, number: str) -> str | None: ...
    def find(
        self,
        shop: str,
        status: Status | None,
        assignee: str | None,
        customer: str | None,
        limit: int,
        after: str | None,
    ) -> Page: ...
    def tasks(self, shop: str, department: str, limit: int, after: str | None) -> Page: ...
    def answered(self, key: str) -> IdempotencyRecord | None: ...
    def remember(self, idempotency: IdempotencyRecord) -> None: ...


class IdempotencyKeys(Protocol):
    """At most once: who claims an effect first may have it."""

    def claim(self, name: str, now: Instant) -> bool: ...
    def settle(self, name: str, outcome: str) -> None: ...
    def within(self, name: str, limit: int, now: Instant, window: Instant) -> bool: ...


Clock = Callable[[], Instant]


ATTEMPTS = 12


class Busy(RetryLater):
    """The case was written by others each time we tried; the caller tries again later."""
