"""Change the money of a case as a statement entry requires: prove it, or take the proof away."""

from collections.abc import Callable
from typing import TYPE_CHECKING

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
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasRegistries, HasShops

    class ProveMoneyServices(HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `prove_money` uses."""


class CaseChanged(Exception):
    """The case is no longer the one that the entry was matched with: match again."""


TimedFacts = list[tuple[Instant, Fact]]
"""New facts of a case, each with the time it happened."""


def prove(services: "ProveMoneyServices", shop: Shop, outcome: Outcome) -> None:
    """The money is done, as the statement proves, and the tasks that finance has about it are done. `CaseChanged` if
    another entry proved it in the meantime, or the money has changed."""
    entry = outcome.entry
    money = outcome.money or ""

    def decide(case: Case, now: Instant) -> TimedFacts:
        given = find(case.money, money)
        if given is None or given.state not in PAYABLE or given.proof not in (None, entry.proof):
            raise CaseChanged
        if (given.amount.value, given.amount.currency) != (entry.amount.value, entry.amount.currency):
            raise CaseChanged
        if given.proof is not None:
            return []
        facts: TimedFacts = [(now, MoneyProven(money=money, proof=entry.proof))]
        if given.state != "done":
            paid_at = _paid_at(services, key_of_id(case.id), money, entry.at, now)
            facts.append((paid_at, MoneyDone(money=money)))
        return [*facts, *((now, fact) for fact in _facts_after_payment(case, given, entry))]

    _write(services, shop, outcome.case or "", f"proof/{entry.proof}", decide)


def _paid_at(services: "ProveMoneyServices", key: str, money: str, stated: Instant, now: Instant) -> Instant:
    """When the money was paid: as the statement says, but after it was requested or approved, and not in the future."""
    requested = [
        event.at
        for event in services.cases.events_to_fold(services.cases.load(key))
        if isinstance(event.fact, MoneyRequested | MoneyApproved) and event.fact.money == money
    ]
    earliest = max(requested) + 1 if requested else stated
    return min(max(stated, earliest), now)


def _facts_after_payment(case: Case, given: Compensation, entry: Entry) -> list[Fact]:
    """Finance's tasks about this money are done, and a flow that waited only for its payment is completed."""
    facts: list[Fact] = [
        TaskDone(task=task.id, department=task.department, due_at=task.due_at, outcome=outcome_of(entry))
        for task in open_ones(case.tasks)
        if task.department == "finance" and given.id in task.title
    ]
    if given.state != "done" and given.kind == "refund" and _waits_only_for(case, given):
        facts.append(FlowMoved(move="complete"))
    return facts


def _waits_only_for(case: Case, given: Compensation) -> bool:
    """Whether the flow of the case can be completed once this money is paid."""
    flow = case.flow
    others = [money for money in case.money if money.state in ("requested", "unknown") and money.id != given.id]
    if others or flow is None or flow.turn != "finance":
        return False
    return target(flow, "complete") is not None


def mark_not_received(services: "ProveMoneyServices", shop: Shop, outcome: Outcome) -> None:
    """Proven money was returned to the shop, or requested money failed: the customer does not have it, and it no longer
    counts against what was paid."""
    entry = outcome.entry
    money = outcome.money or ""

    def decide(case: Case, now: Instant) -> TimedFacts:
        given = find(case.money, money)
        if given is not None and given.proof == entry.proof:
            return [(now, MoneyReturned(money=money, proof=entry.proof))]
        if given is not None and given.proof is None and given.state in ("requested", "unknown"):
            return [(now, MoneyFailed(money=money))]
        return []

    _write(services, shop, outcome.case or "", f"{outcome.state}/{entry.place}", decide)


def ask_finance_about_money(services: "ProveMoneyServices", shop: Shop, case: str, name: str, outcome: Outcome) -> None:
    """Give finance a task about this outcome, once."""
    open_finance_task(services, shop, case, name, title_of(outcome))


def open_finance_task(services: "ProveMoneyServices", shop: Shop, case: str, name: str, title: str) -> None:
    """Give finance a task on a case, once for each name; none if the case has too many open tasks."""
    task = key_of("settlement", case, name)

    def decide(case: Case, now: Instant) -> TimedFacts:
        exists = any(key_of_id(other.id) == task for other in case.tasks)
        if exists or len(open_ones(case.tasks)) >= MAX_OPEN:
            return []
        due_at = now + DUE_HOURS * HOUR_MS
        return [(now, TaskOpened(task=new_id(now, task), department="finance", title=title, due_at=due_at))]

    _write(services, shop, case, name, decide)


def _write(
    services: "ProveMoneyServices", shop: Shop, case: str, name: str, decide: Callable[[Case, Instant], TimedFacts]
) -> None:
    """Append the facts that `decide` gives for the case to its events."""
    key = key_of_id(case)

    def new_events(stored: StoredCase) -> list[Event]:
        if stored.case is None:
            raise CaseChanged
        now = services.now()
        last_at = events.time_of_order(stored.last)
        if now <= last_at < now + SECOND_MS:
            now = last_at + 1  # clocks differ: new events come after the events they follow from
        return [
            events.event(occurred_at, SYSTEM, fact, key, "statement", name, str(fact.__struct_config__.tag), str(place))
            for place, (occurred_at, fact) in enumerate(decide(stored.case, now))
        ]

    append_events(services, shop, key, new_events)
