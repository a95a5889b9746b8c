"""A case is the fold of its events in the order they happened.

`apply` takes one event after the other; `fold` sorts first, so that events which came twice, late or in disorder
come to the same case. Nothing here reads a clock: what time does to a case is itself an event.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from chalicelib.domain.aftersales import reducers as _  # noqa: F401 - teaches `after` the facts of flows
from chalicelib.domain.cases import facts
from chalicelib.domain.cases import flow_of_case as on_case
from chalicelib.domain.cases.case import DEFINITION, Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.reducers import after
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.cases.transitions import set_flow_deadlines, start_clock
from chalicelib.domain.cases.urgency import urgency
from chalicelib.domain.orders.order import Order


def fold(happened: Iterable[Event], rules: Rules) -> Case | None:
    """The case these events come to; None while its opening is not among them."""
    case: Case | None = None
    for event in sorted({event.order: event for event in happened}.values(), key=lambda event: event.order):
        case = apply(case, event, rules)
    return case


def apply(case: Case | None, event: Event, rules: Rules) -> Case | None:
    """The case after one more event, which must not be older than those before it."""
    if isinstance(event.fact, facts.CaseOpened):
        return case or _open(event.fact, event, rules)
    if case is None:
        return None
    at = max(event.at, case.opened_at)  # what is told to be older than the case happened as it opened
    worked = case.held_by is not None and event.by.kind == "agent" and event.by.id == case.held_by
    case = after(event.fact, replace(case, worked_at=at) if worked else case, at, event, rules)
    return replace(case, queued=urgency(case)) if case.queued is not None else case


def _open(fact: facts.CaseOpened, event: Event, rules: Rules) -> Case:
    at = event.at
    case = Case(
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
        by_mail=fact.mail is not None,
        tags=fact.tags,
    )
    kind = on_case.FLOW_OF.get(fact.kind)
    if kind is not None:
        claim = on_case.complete_claim(fact.claim, fact.order)
        rulings, bought = rules.judge(kind, claim, fact.order, at, fact.history), on_case.purchase_of(fact.order, at)
        case = set_flow_deadlines(on_case.start_flow(case, kind, claim, at, rulings, bought), rules)
    case = start_clock(case, "first_reply", at, rules, fact.first_reply_seconds)
    return start_clock(case, "resolution", at, rules)


def _skus(order: Order | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.sku for item in order.items)) if order else ()
