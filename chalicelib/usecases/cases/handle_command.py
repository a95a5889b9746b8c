"""What staff do to a case: write, assign, move, escalate. Each is one event by the agent who did it."""

from collections.abc import Callable
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
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.ports import AtCapacity, IdempotencyRecord, OrderLedger, StoredCase
from chalicelib.usecases.ports.services import Services, shop_of

Facts = Callable[[Case], list[Fact]]

MOVES: dict[Status, tuple[Status, ...]] = {
    "new": ("open", "waiting_customer", "waiting_internal", "resolved"),
    "open": ("waiting_customer", "waiting_internal", "resolved"),
    "waiting_customer": ("open", "waiting_internal", "resolved"),
    "waiting_internal": ("open", "waiting_customer", "resolved"),
    "resolved": ("closed", "open"),
    "closed": (),
}
"""Where staff may move a case from each status. `resolved → open` reopens it, as a customer's message does."""


class Command(Struct, frozen=True, kw_only=True):
    """A change of one case, of a shop the agent may see, that they ask for."""

    case: str
    shop: str
    by: Actor
    expected: int | None = None
    idempotency: IdempotencyRecord | None = None
    seen: StoredCase | None = None


def assign(services: Services, command: Command, to: payloads.Assignment) -> StoredCase:
    """Give the case to somebody, to a team, or to both. Who is on the roster must be here and have room."""
    if to.assignee is None and to.team is None:
        raise invalid("", "names nobody: give assignee, team or both")
    routes = to.assignee is not None and shop_of(services, command.shop, fresh=False).routes

    def decide(case: Case) -> list[Fact]:
        post = services.agents.status(command.shop, to.assignee) if routes and to.assignee else None
        held = post is not None and case.routing.held_by == post.agent.id
        given = CaseAssigned(assignee=to.assignee, team=to.team, why="by_hand")
        if post is None:
            return [given]
        agent, load = post.agent, post.load + (0 if held else 1)
        return [replace(given, load=load, shift=agent.shift, calendar=agent.calendar)]

    try:
        return handle(services, command, decide)
    except AtCapacity as agent:
        raise Conflict(f"{agent} is away, or has as many cases as they may.") from None


def set_status(services: Services, command: Command, change: payloads.StatusChange) -> StoredCase:
    """Move the case to a status its present one allows; the status it has already is no change."""

    def decide(case: Case) -> list[Fact]:
        if change.status == case.status:
            return []
        if change.status not in MOVES[case.status]:
            allowed = ", ".join(MOVES[case.status]) or "none, it is closed; a message of the customer reopens it"
            raise Conflict(
                f"A case that is {case.status} cannot become {change.status}; allowed: {allowed}.",
                list(MOVES[case.status]),
            )
        _check_tasks(case, change)
        return [_moved(change)]

    return handle(services, command, decide)


def _check_tasks(case: Case, change: payloads.StatusChange) -> None:
    waiting = open_ones(case.tasks)
    if waiting and change.status in ("resolved", "closed") and not change.reason:
        departments = ", ".join(sorted({task.department for task in waiting}))
        raise Conflict(f"Tasks are open for {departments}: finish them, or give a reason to end the case over them.")


def _moved(change: payloads.StatusChange) -> Fact:
    if change.status == "resolved":
        return facts.CaseResolved(reason=change.reason)
    if change.status == "closed":
        return facts.CaseClosed(reason=change.reason)
    return facts.StatusChanged(status=change.status, reason=change.reason)


def escalate(services: Services, command: Command, why: payloads.Escalate) -> StoredCase:
    """Raise the case by one tier, by hand."""

    def decide(case: Case) -> list[Fact]:
        if case.tier >= TOP_TIER:
            raise Conflict(f"The case is at tier {case.tier}; there is none above.")
        return [facts.CaseEscalated(from_tier=case.tier, to_tier=case.tier + 1, reason=why.reason)]

    return handle(services, command, decide)


def handle(
    services: Services, command: Command, facts: Facts, ledger: Callable[[], OrderLedger | None] = lambda: None
) -> StoredCase:
    """Write down the facts that the deed makes of the case; `ledger` as for `record`."""
    key, unique = key_of_id(command.case), str(uuid4())

    def decide(stored: StoredCase) -> list[Event]:
        if stored.case is None:
            raise NotFound(f"There is no case {command.case!r}.")
        history = stored.case.historical
        made = made_at(services.now(), facts(stored.case))
        seen = events.time_of_order(stored.last)
        if made and made[0].order <= stored.last and seen < made[0].at + SECOND_MS:
            made = made_at(seen + 1, [event.fact for event in made])  # clocks differ: who saw a thing acts after it
        return [replace(event, heard_at=event.at) for event in made] if history else made

    def made_at(at: Instant, told: list[Fact]) -> list[Event]:
        return [events.event(at, command.by, fact, key, unique, str(place)) for place, fact in enumerate(told)]

    return append_events(
        services,
        shop_of(services, command.shop, fresh=False),
        key,
        decide,
        expected=command.expected,
        idempotency=command.idempotency,
        seen=command.seen,
        ledger=ledger,
    )
