"""The only way in which a case changes: decide on its stored state, write events and the new state together, and start
over if somebody else was faster."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.errors import Stale
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.plan_change import plan_change
from chalicelib.usecases.ports.cases import (
    ATTEMPTS,
    AlreadyStored,
    Busy,
    IdempotencyRecord,
    OrderLedger,
    StoredCase,
    VersionConflict,
)

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasRegistries, HasShops

    class AppendEventsServices(HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `append_events` uses."""


Decide = Callable[[StoredCase], list[Event]]


class Conditions(Struct, frozen=True, kw_only=True):
    """On what a change depends."""

    expected: int | None = None
    """The version that the case must have."""
    idempotency: IdempotencyRecord | None = None
    """The key of the request, under which its outcome is stored."""
    seen: StoredCase | None = None
    """The case as the caller has just read it."""
    ledger: Callable[[], OrderLedger | None] = lambda: None
    """Gives, after each decision, the order whose money was counted in it."""
    remembers: bool = True
    """Whether a request that changes nothing is stored under its key, too."""
    committed: Callable[[list[Event]], object] = lambda _events: None
    """Is called with the events once this call has stored them; not called if they were stored already."""


def append_events(
    services: "AppendEventsServices",
    shop: Shop,
    key: str,
    decide: Decide,
    conditions: Conditions = Conditions(),
) -> StoredCase:
    """Append the events that `decide` makes of the stored case; the case after them.

    `decide` may be called several times. An event that is stored already changes nothing. Raises Stale if the case is
    not at the expected version, AlreadyAnswered if the idempotency key was used before, NumberTaken, and Busy when
    others change the case at every attempt.
    """
    seen, expected, idempotency = conditions.seen, conditions.expected, conditions.idempotency
    for attempt in range(ATTEMPTS):
        before = seen if seen is not None and attempt == 0 else services.cases.load(key)
        if expected is not None and before.version != expected:
            raise Stale(f"The case is at version {before.version}, not {expected}: read it again.")
        new_events = decide(before)
        if not new_events:
            if conditions.remembers:
                remember_no_change(services, before, idempotency)
            return before
        change = plan_change(services, shop, before, new_events, idempotency)
        change = replace(change, ledger=conditions.ledger())
        try:
            services.cases.commit(change)
        except AlreadyStored:
            return services.cases.load(key)
        except VersionConflict:
            services.pause(attempt)
        else:
            conditions.committed(new_events)
            return change.after
    raise Busy(f"case {key} was written by others {ATTEMPTS} times in a row")


def remember_no_change(services: "HasCases", before: StoredCase, idempotency: IdempotencyRecord | None) -> None:
    """Store that the request with this key changed nothing; AlreadyAnswered when its key was used before."""
    if idempotency is not None and before.case is not None:
        services.cases.remember(replace(idempotency, case=before.case.id, version=before.version))
