"""What a statement's entry does to money of a case: proves it, or takes the proof away."""

from collections.abc import Callable

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.flows.compensation import Compensation, find
from chalicelib.domain.flows.facts import (
    FlowMoved,
    MoneyApproved,
    MoneyDone,
    MoneyFailed,
    MoneyProven,
    MoneyRequested,
    MoneyReturned,
    TaskDone,
    TaskOpened,
)
from chalicelib.domain.flows.flow import target
from chalicelib.domain.flows.tasks import DUE_HOURS, MAX_OPEN, open_ones
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.kernel.timestamps import HOUR_MS, SECOND_MS, Instant
from chalicelib.domain.settlement.entries import Entry
from chalicelib.domain.settlement.matching import PAYABLE, Outcome
from chalicelib.domain.settlement.tasks import outcome_of, title_of
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services


class CaseChanged(Exception):
    """The case is no longer what the entry was matched with: match anew."""


Made = list[tuple[Instant, Fact]]


def prove(services: Services, shop: Shop, outcome: Outcome) -> None:
    """The money is done, as the statement proves, and what finance was asked about it is answered. `Moved` when
    another entry proved it meanwhile, or it is no longer that money."""
    entry, wanted = outcome.entry, outcome.money or ""

    def decide(case: Case, now: Instant) -> Made:
        given = find(case.money, wanted)
        if given is None or given.state not in PAYABLE or given.proof not in (None, entry.proof):
            raise CaseChanged
        if (given.amount.value, given.amount.currency) != (entry.amount.value, entry.amount.currency):
            raise CaseChanged
        if given.proof is not None:
            return []
        made: Made = [(now, MoneyProven(money=wanted, proof=entry.proof))]
        if given.state != "done":
            made.append((_paid_at(services, key_of_id(case.id), wanted, entry.at, now), MoneyDone(money=wanted)))
        return [*made, *((now, fact) for fact in _answered(case, given, entry))]

    _write(services, shop, outcome.case or "", f"proof/{entry.proof}", decide)


def _paid_at(services: Services, key: str, money: str, told: Instant, now: Instant) -> Instant:
    """When it was paid: as the statement says, but behind its being asked for or approved, and not ahead."""
    asked = [
        event.at
        for event in services.cases.events(key)
        if isinstance(event.fact, MoneyRequested | MoneyApproved) and event.fact.money == money
    ]
    return min(max(told, *(at + 1 for at in asked)) if asked else told, now)


def _answered(case: Case, given: Compensation, entry: Entry) -> list[Fact]:
    """Tasks about this money are done, and a flow that waited for nothing but its payment goes on."""
    done: list[Fact] = [
        TaskDone(task=one.id, department=one.department, due_at=one.due_at, outcome=outcome_of(entry))
        for one in open_ones(case.tasks)
        if one.department == "finance" and given.id in one.title
    ]
    waits = [one for one in case.money if one.state in ("requested", "unknown") and one.id != given.id]
    flow = case.flow
    if given.state == "done" or given.kind != "refund" or waits or flow is None or flow.turn != "finance":
        return done
    return [*done, FlowMoved(move="complete")] if target(flow, "complete") is not None else done


def give_up(services: Services, shop: Shop, outcome: Outcome) -> None:
    """What was proven came back, or what was asked for failed: the customer does not have it, and its room is free."""
    entry, wanted = outcome.entry, outcome.money or ""

    def decide(case: Case, now: Instant) -> Made:
        given = find(case.money, wanted)
        if given is not None and given.proof == entry.proof:
            return [(now, MoneyReturned(money=wanted, proof=entry.proof))]
        if given is not None and given.proof is None and given.state in ("requested", "unknown"):
            return [(now, MoneyFailed(money=wanted))]
        return []

    _write(services, shop, outcome.case or "", f"{outcome.state}/{entry.place}", decide)


def ask_finance_about_money(services: Services, shop: Shop, case: str, name: str, outcome: Outcome) -> None:
    """Give finance a task about it, once; none on a case that has very many open ones."""
    open_finance_task(services, shop, case, name, title_of(outcome))


def open_finance_task(services: Services, shop: Shop, case: str, name: str, title: str) -> None:
    """Give finance something to do on a case, once by that name."""
    task = key_of("settlement", case, name)

    def decide(case: Case, now: Instant) -> Made:
        known = any(key_of_id(one.id) == task for one in case.tasks)
        if known or len(open_ones(case.tasks)) >= MAX_OPEN:
            return []
        due_at = now + DUE_HOURS * HOUR_MS
        return [(now, TaskOpened(task=new_id(now, task), department="finance", title=title, due_at=due_at))]

    _write(services, shop, case, name, decide)


def _write(services: Services, shop: Shop, case: str, name: str, decide: Callable[[Case, Instant], Made]) -> None:
    key = key_of_id(case)

    def made(stored: StoredCase) -> list[Event]:
        if stored.case is None:
            raise CaseChanged
        now, seen = services.now(), events.time_of_order(stored.last)
        now = seen + 1 if now <= seen < now + SECOND_MS else now  # clocks differ: what saw a thing comes behind it
        return [
            events.event(at, SYSTEM, fact, key, "statement", name, str(fact.__struct_config__.tag), str(place))
            for place, (at, fact) in enumerate(decide(stored.case, now))
        ]

    append_events(services, shop, key, made)
