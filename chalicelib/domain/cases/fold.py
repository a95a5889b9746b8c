"""A case is the fold of its events in the order they happened.

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant

`apply` takes one event after the other; `fold` sorts first, so that events which came twice, late or in disorder
come to the same case. Nothing here reads a clock: what time does to a case is itself an event. What a fact makes of a
case is a reducer, a function that a capability has registered for it.
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
    """When a fact happened to a case, by which event, under which rules, and what the case was before it."""

    at: Instant
    event: Event
    rules: Rules
    before: Case


Reducer: TypeAlias = Callable[[Any, Case, Moment], Case]
"""The case after a fact of that moment. Several capabilities may reduce one fact; each gets what the last one gave."""


Reducers: TypeAlias = Mapping[type[Fact], tuple[Reducer, ...]]
"""By fact, in the order of capabilities; those of `Fact` itself come after each fact's own."""


def merged(*tables: Reducers) -> Reducers:
    """The tables of several capabilities as one, ready to be looked up by a fact's own type."""
    always = tuple(reducer for table in tables for reducer in table.get(Fact, ()))
    facts = {fact for table in tables for fact in table if fact is not Fact}
    return {fact: (*(one for table in tables for one in table.get(fact, ())), *always) for fact in facts}


def reduce(case: Case, event: Event, at: Instant, rules: Rules, reducers: Reducers) -> Case:
    """The case after an event. KeyError: no capability has registered its fact."""
    moment = Moment(at, event, rules, case)
    for reducer in reducers[type(event.fact)]:
        case = reducer(event.fact, case, moment)
    return case


def fold(happened: Iterable[Event], rules: Rules, reducers: Reducers) -> Case | None:
    """The case these events come to; None while its opening is not among them."""
    case: Case | None = None
    for event in sorted({event.order: event for event in happened}.values(), key=lambda event: event.order):
        case = apply(case, event, rules, reducers)
    return case


def apply(case: Case | None, event: Event, rules: Rules, reducers: Reducers) -> Case | None:
    """The case after one more event, which must not be older than those before it."""
    if isinstance(event.fact, facts.CaseOpened):
        return case or reduce(_opened(event.fact, event), event, event.at, rules, reducers)
    if case is None:
        return None
    at = max(event.at, case.opened_at)  # what is said to be older than the case happened as it opened
    return reduce(case, event, at, rules, reducers)


def _opened(fact: facts.CaseOpened, event: Event) -> Case:
    at = event.at
    return Case(
        id=fact.id,
        number=fact.number,
        shop=fact.shop,
        external_id=fact.external_id,
        type=fact.kind,
        channel=fact.channel,
        customer=fact.customer,
        opened_at=at,
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
        escalated_at=at if fact.tier else None,
        tags=fact.tags,
    )


def _skus(order: Order | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.sku for item in order.items)) if order else ()
