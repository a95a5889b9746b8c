"""Change several cases of a shop in one transaction: all of them, or none."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec.structs import replace

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.errors import Conflict, NotFound, Stale
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import SECOND_MS, Instant
from chalicelib.usecases.cases.append_events import remember_no_change
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.cases.plan_change import plan_change
from chalicelib.usecases.ports.cases import (
    ATTEMPTS,
    AlreadyStored,
    AtCapacity,
    Busy,
    Change,
    StoredCase,
    VersionConflict,
)
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasRegistries, HasShops

    class AppendTogetherServices(HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `append_together` uses."""


Facts = Mapping[str, Sequence[Fact]]
"""The facts that are to be added to cases, by the cases' keys."""
Stored = Mapping[str, StoredCase]


def handle_together(
    services: "AppendTogetherServices", command: Command, others: Sequence[str], decide: Callable[[Stored], Facts]
) -> StoredCase:
    """Append the facts that the command adds to its case and to others of the shop (by their ids), in one transaction;
    the command's case after that.

    `decide` gets all of them as they are stored, by key; it may be called several times. NotFound for a case that is
    not the shop's; Stale, AlreadyAnswered and Busy as for `append_events`.
    """
    identifiers = list(dict.fromkeys((command.case, *others)))
    keys = [key_of_id(identifier) for identifier in identifiers]
    command_id = str(uuid4())
    for attempt in range(ATTEMPTS):
        stored = services.cases.load_many(keys)
        _check(command, identifiers, stored)
        facts = {key: added for key, added in decide(stored).items() if added}
        if not facts:
            remember_no_change(services, stored[keys[0]], command.idempotency)
            return stored[keys[0]]
        changes = _plan(services, command, command_id, stored, facts)
        try:
            services.cases.commit_together(changes)
        except AlreadyStored:
            return services.cases.load(keys[0])
        except AtCapacity as agent:
            raise Conflict(f"{agent} is away, or has as many cases as they may.") from None
        except VersionConflict:
            services.pause(attempt)
        else:
            command.committed([event for change in changes for event in change.events])
            return next((change.after for change in changes if change.before.key == keys[0]), stored[keys[0]])
    raise Busy(f"case {keys[0]} was written by others {ATTEMPTS} times in a row")


def case_in(stored: Stored, identifier: str) -> Case:
    """The case with this id, which `handle_together` has found."""
    case = stored[key_of_id(identifier)].case
    assert case is not None
    return case


def _check(command: Command, identifiers: Sequence[str], stored: Stored) -> None:
    for identifier in identifiers:
        case = stored[key_of_id(identifier)].case
        if case is None or case.id != identifier or case.shop != command.shop:
            raise NotFound(f"There is no case {identifier!r}.")
    version = stored[key_of_id(command.case)].version
    if command.expected is not None and version != command.expected:
        raise Stale(f"The case is at version {version}, not {command.expected}: read it again.")


def _plan(
    services: "AppendTogetherServices", command: Command, command_id: str, stored: Stored, facts: Facts
) -> list[Change]:
    """The changes of the cases to which facts are added, all at the same moment."""
    shop = shop_of(services, command.shop, fresh=False)
    occurred_at = _moment(services.now(), [stored[key] for key in facts])
    main = key_of_id(command.case)
    changes = []
    for key, added in facts.items():
        new_events = [
            _event(stored[key], occurred_at, command, fact, command_id, str(place)) for place, fact in enumerate(added)
        ]
        changes.append(
            plan_change(services, shop, stored[key], new_events, command.idempotency if key == main else None)
        )
    return changes


def _event(stored: StoredCase, occurred_at: Instant, command: Command, fact: Fact, *identity: str) -> Event:
    made = events.event(occurred_at, command.by, fact, stored.key, *identity)
    is_historical = stored.case is not None and stored.case.historical
    return replace(made, heard_at=occurred_at) if is_historical else made


def _moment(now: Instant, stored: Sequence[StoredCase]) -> Instant:
    """The moment of a command: now, or just after the newest event if clocks differ, as for commands on one case."""
    newest_at = max(events.time_of_order(each.last) for each in stored)
    return newest_at + 1 if now <= newest_at < now + SECOND_MS else now
