"""A case is the fold of its events in the order they happened.

`apply` takes one event after the other; `fold` sorts first, so that events which came twice, late or in disorder
come to the same case. Nothing here reads a clock: what time does to a case is itself an event.
"""

from collections.abc import Iterable

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.case import DEFINITION, Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.reducer import Reducers, reduce
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.orders.order import Order


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
