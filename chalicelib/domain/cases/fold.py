"""A case is the fold of its events, in the order in which they happened.

`apply` adds one event to a case. `fold` sorts the events first, so that events which came twice, late or out of order
give the same case. Nothing here reads a clock: when a timer changes a case, that is an event, too. How a fact changes a
case is decided by its reducers, functions that capabilities have registered for it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.case import DEFINITION, Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Order


class Moment(NamedTuple):
    """What a reducer knows beside the fact: when it happened, its event, the rules, and the case before the event."""

    at: Instant
    event: Event
    rules: Rules
    before: Case


Reducer: TypeAlias = Callable[[Any, Case, Moment], Case]
"""Gives the case after a fact. If several capabilities reduce the same fact, each gets the case from the one before."""
Reducers: TypeAlias = Mapping[type[Fact], tuple[Reducer, ...]]
"""The reducers of each type of fact, in the order of capabilities. Those of `Fact` itself run last, after any fact."""


def merge_reducers(*tables: Reducers) -> Reducers:
    """The tables of several capabilities as one, in which every type of fact has all its reducers."""
    for_all_facts = _reducers_of(Fact, tables)
    facts = {fact for table in tables for fact in table if fact is not Fact}
    return {fact: (*_reducers_of(fact, tables), *for_all_facts) for fact in facts}


def _reducers_of(fact: type[Fact], tables: Iterable[Reducers]) -> tuple[Reducer, ...]:
    return tuple(reducer for table in tables for reducer in table.get(fact, ()))


def reduce(case: Case, event: Event, occurred_at: Instant, rules: Rules, reducers: Reducers) -> Case:
    """The case after an event. Raises KeyError if no capability has registered the fact's type."""
    moment = Moment(occurred_at, event, rules, case)
    for reducer in reducers[type(event.fact)]:
        case = reducer(event.fact, case, moment)
    return case


def fold(events: Iterable[Event], rules: Rules, reducers: Reducers) -> Case | None:
    """The case that these events give, in any order; None while the opening is not among them."""
    case: Case | None = None
    each_once = {event.order: event for event in events}.values()
    withdrawn = {identifier for event in each_once for identifier in event.fact.withdraws}
    for event in sorted(each_once, key=lambda event: event.order):
        if event.id not in withdrawn:
            case = apply(case, event, rules, reducers)
    return case


def apply(case: Case | None, event: Event, rules: Rules, reducers: Reducers) -> Case | None:
    """The case after one more event, which must not be older than the events before it, nor withdraw one of them."""
    if isinstance(event.fact, facts.CaseOpened):
        return case or reduce(_opened(event.fact, event), event, event.at, rules, reducers)
    if case is None:
        return None
    occurred_at = max(
        event.at, case.opened_at
    )  # an event that claims to be older than its case counts from its opening
    return reduce(case, event, occurred_at, rules, reducers)


def _opened(fact: facts.CaseOpened, event: Event) -> Case:
    return Case(
        id=fact.id,
        number=fact.number,
        shop=fact.shop,
        external_id=fact.external_id,
        type=fact.kind,
        channel=fact.channel,
        customer=fact.customer,
        opened_at=event.at,
        policy=fact.policy,
        calendar=fact.calendar,
        language=fact.language,
        priority=fact.priority,
        segment=fact.segment,
        tier=fact.tier,
        historical=fact.historical,
        links=fact.links,
        skus=_skus(fact.order),
        definition=DEFINITION,
        history_until=event.heard_at if fact.historical else None,
        escalated_at=event.at if fact.tier else None,
        tags=fact.tags,
    )


def _skus(order: Order | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.sku for item in order.items)) if order else ()
