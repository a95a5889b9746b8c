"""Commands of staff on a case: assign it, change its status, escalate it. Each is an event by the agent."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases import events, facts, payloads
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.tasks import open_ones
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.enums import TOP_TIER, Status
from chalicelib.domain.kernel.errors import Conflict, NotFound, invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import SECOND_MS, Instant
from chalicelib.domain.routing.facts import CaseAssigned
from chalicelib.usecases.cases.append_events import Conditions, append_events
from chalicelib.usecases.ports.cases import AtCapacity, IdempotencyRecord, OrderLedger, StoredCase
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasCases, HasClock, HasRegistries, HasShops

    class HandleCommandServices(HasAgents, HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `handle_command` uses."""

    class AssignmentServices(HasAgents, HasShops, Protocol):
        """The services that `assignment` uses."""


DecideFacts = Callable[[Case], list[Fact]]

ALLOWED_CHANGES: dict[Status, tuple[Status, ...]] = {
    "new": ("open", "waiting_customer", "waiting_internal", "resolved"),
    "open": ("waiting_customer", "waiting_internal", "resolved"),
    "waiting_customer": ("open", "waiting_internal", "resolved"),
    "waiting_internal": ("open", "waiting_customer", "resolved"),
    "resolved": ("closed", "open"),
    "closed": (),
}
"""The statuses to which staff may change a case from each status. `resolved → open` reopens it, as a customer's message
does."""


class Command(Struct, frozen=True, kw_only=True):
    """A command on one case of a shop that the agent may see. `expected`: the version that the case must have; `seen`:
    the case as it was just read; `only_changes`: it adds and remembers nothing if the case is so already, so that a
    record under its key says that it changed the case; `committed`: as in `Conditions`."""

    case: str
    shop: str
    by: Actor
    expected: int | None = None
    idempotency: IdempotencyRecord | None = None
    seen: StoredCase | None = None
    only_changes: bool = False
    committed: Callable[[list[Event]], object] = lambda _events: None


def assign(services: "HandleCommandServices", command: Command, to: payloads.Assignment) -> StoredCase:
    """Assign the case to somebody, to a team, or to both. An agent of the shop must be here and have room."""
    if to.assignee is None and to.team is None:
        raise invalid("", "names nobody: give assignee, team or both")

    def decide(case: Case) -> list[Fact]:
        return [] if command.only_changes and not assigns(case, to) else [assignment(services, case, to)]

    return with_room(lambda: handle(services, command, decide))


def assigns(case: Case, to: payloads.Assignment) -> bool:
    """Whether it would change the assignee or the team."""
    return to.assignee not in (None, case.assignee) or to.team not in (None, case.team)


def with_room(do: Callable[[], StoredCase]) -> StoredCase:
    """The result of a command that assigns a case; Conflict if the agent has no room for it."""
    try:
        return do()
    except AtCapacity as agent:
        raise Conflict(f"{agent} is away, or has as many cases as they may.") from None


def assignment(services: "AssignmentServices", case: Case, to: payloads.Assignment) -> Fact:
    """The fact that a case is assigned by hand, with what is stored of an agent of the shop."""
    routes = to.assignee is not None and shop_of(services, case.shop, fresh=False).routes
    status = services.agents.status(case.shop, to.assignee) if routes and to.assignee else None
    assigned = CaseAssigned(assignee=to.assignee, team=to.team, why="by_hand")
    if status is None:
        return assigned
    agent = status.agent
    is_assigned_already = case.routing.held_by == agent.id
    load = status.load if is_assigned_already else status.load + 1
    return replace(assigned, load=load, shift=agent.shift, calendar=agent.calendar)


def set_status(services: "HandleCommandServices", command: Command, change: payloads.StatusChange) -> StoredCase:
    """Change the status of the case, if its present one allows it; the status it has already changes nothing."""
    return handle(services, command, lambda case: status_facts(case, change))


def status_facts(case: Case, change: payloads.StatusChange) -> list[Fact]:
    """The fact of a change of status, none if the case has it already; Conflict if its present one does not allow
    it."""
    if change.status == case.status:
        return []
    if change.status not in ALLOWED_CHANGES[case.status]:
        raise _not_allowed(case.status, change.status)
    _check_tasks(case, change)
    return [_status_fact(change)]


def _not_allowed(status: Status, wanted: Status) -> Conflict:
    allowed: list[str] = list(ALLOWED_CHANGES[status])
    named = ", ".join(allowed) or "none, it is closed; a message of the customer reopens it"
    return Conflict(f"A case that is {status} cannot become {wanted}; allowed: {named}.", allowed)


def _check_tasks(case: Case, change: payloads.StatusChange) -> None:
    waiting = open_ones(case.tasks)
    if waiting and change.status in ("resolved", "closed") and not change.reason:
        departments = ", ".join(sorted({task.department for task in waiting}))
        raise Conflict(f"Tasks are open for {departments}: finish them, or give a reason to end the case over them.")


def _status_fact(change: payloads.StatusChange) -> Fact:
    if change.status == "resolved":
        return facts.CaseResolved(reason=change.reason)
    if change.status == "closed":
        return facts.CaseClosed(reason=change.reason)
    return facts.StatusChanged(status=change.status, reason=change.reason)


def escalate(services: "HandleCommandServices", command: Command, body: payloads.Escalate) -> StoredCase:
    """Raise the case by one tier."""

    def decide(case: Case) -> list[Fact]:
        if case.tier >= TOP_TIER:
            raise Conflict(f"The case is at tier {case.tier}; there is none above.")
        return [facts.CaseEscalated(from_tier=case.tier, to_tier=case.tier + 1, reason=body.reason)]

    return handle(services, command, decide)


def handle(
    services: "HandleCommandServices",
    command: Command,
    decide_facts: DecideFacts,
    ledger: Callable[[], OrderLedger | None] = lambda: None,
    while_merged: bool = False,
) -> StoredCase:
    """Append the facts that the command adds to the case, as events by the agent; `ledger` as for `append_events`.

    `while_merged`: whether the command may be given while the case is part of another; if not, that is a Conflict.
    """
    key = key_of_id(command.case)
    command_id = str(uuid4())

    def events_at(occurred_at: Instant, facts: list[Fact]) -> list[Event]:
        return [
            events.event(occurred_at, command.by, fact, key, command_id, str(place)) for place, fact in enumerate(facts)
        ]

    def decide(stored: StoredCase) -> list[Event]:
        if stored.case is None:
            raise NotFound(f"There is no case {command.case!r}.")
        if stored.case.merged_into is not None and not while_merged:
            raise Conflict(
                f"This case is part of case {stored.case.merged_into}: work there, or unmerge it there first."
            )
        new_facts = decide_facts(stored.case)
        new_events = events_at(services.now(), new_facts)
        newest_at = events.time_of_order(stored.last)
        if new_events and new_events[0].order <= stored.last and newest_at < new_events[0].at + SECOND_MS:
            new_events = events_at(newest_at + 1, new_facts)  # clocks differ: a command comes after what the agent saw
        if stored.case.historical:
            return [replace(event, heard_at=event.at) for event in new_events]
        return new_events

    conditions = Conditions(
        expected=command.expected,
        idempotency=command.idempotency,
        seen=command.seen,
        remembers=not command.only_changes,
        ledger=ledger,
        committed=command.committed,
    )
    return append_events(services, shop_of(services, command.shop, fresh=False), key, decide, conditions)
