"""How a command on many cases ends: its outcomes are stored, or it broke off and is stopped, so that it can be undone.

An attempt may still be running, or be repeated, while the command is undone. So the undo takes the idempotency records
of what is not done yet: whoever comes later does nothing.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from chalicelib.domain.desk.bulk import Bulk, Outcome
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.desk.bulk.each_case import WHOLE, Done
from chalicelib.usecases.ports.cases import ATTEMPTS, AlreadyAnswered, Busy, IdempotencyRecord, VersionConflict

if TYPE_CHECKING:
    from chalicelib.usecases.desk.bulk.services import RunBulkServices

STOPPED = "stopped"
"""Instead of the digest of a request: it was stopped before it did this."""


def store_outcomes(services: "RunBulkServices", shop: str, bulk: Bulk, change: Callable[[Bulk], Bulk]) -> Bulk:
    """Store what came of a command, beside what others have stored of it meanwhile. Busy if they do so each time."""
    for attempt in range(ATTEMPTS):
        after = change(bulk)
        if after == bulk:
            return bulk
        try:
            return services.bulks.save(shop, after, services.now())
        except VersionConflict:
            services.pause(attempt)
            bulk = services.bulks.load(shop, bulk.key) or bulk
    raise Busy(f"command {bulk.key} was stored by others {ATTEMPTS} times in a row")


def with_outcomes(bulk: Bulk, outcomes: tuple[Outcome, ...]) -> Bulk:
    """The command with the outcomes of an attempt. What another attempt has done is done; an undo has the last word."""
    if bulk.undone:
        return bulk
    before = {outcome.case: outcome for outcome in bulk.outcomes}
    done = (before.get(new.case, new) if new.state != "done" else new for new in outcomes)
    return replace(bulk, outcomes=tuple(done))


def with_undone(bulk: Bulk, outcomes: tuple[Outcome, ...], undone: tuple[Outcome, ...]) -> Bulk:
    """The command with the outcomes of an undo, which is the first that was stored; and of itself, if it has none."""
    return bulk if bulk.undone else replace(bulk, outcomes=bulk.outcomes or outcomes, undone=undone)


def stop_whole(services: "RunBulkServices", command: Command, _: Any) -> Done:
    """Stop a command that is one event on a case."""
    return Done(did=() if stopped(services, command) else WHOLE)


def stopped(services: "RunBulkServices", command: Command) -> bool:
    """Whether a command is stopped before it was done; False if it was done."""
    once = command.idempotency
    assert once is not None
    version = command.seen.version if command.seen else 0
    try:
        services.cases.remember(IdempotencyRecord(once.key, STOPPED, command.case, version))
    except AlreadyAnswered as error:
        return error.idempotency.digest != once.digest
    return True
