"""Plan a change of a case: its state after new events, what the change counts for, its timer and its follow-ups."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.cases.case import DEFINITION, Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.cases.fold import apply, fold
from chalicelib.domain.cases.measure import changed_days, counted_day
from chalicelib.domain.cases.packs import Packed
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.desk.unread import latest_after
from chalicelib.domain.kernel.timestamps import DAY_MS, Day, Instant, day_of
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.timers.due_timers import next_timer
from chalicelib.domain.timers.timer_source import Timer
from chalicelib.usecases.cases.consequences import consequences_of
from chalicelib.usecases.cases.earlier_events import EarlierEvents
from chalicelib.usecases.cases.run_follow_ups import plan_follow_ups
from chalicelib.usecases.ports.cases import Change, IdempotencyRecord, StoredCase
from chalicelib.usecases.ports.shop_rules import rules_of, with_shift

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasRegistries, HasShops

    class PlanChangeServices(HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `plan_change` uses."""


ORPHAN_DAYS = 7
"""How long events wait for a case that has not been opened."""


def plan_change(
    services: "PlanChangeServices",
    shop: Shop,
    before: StoredCase,
    new_events: list[Event],
    idempotency: IdempotencyRecord | None,
) -> Change:
    """The change that new events make of a stored case, with one reading of the clock."""
    now = services.now()
    new_events = _numbered(before, new_events)
    rules = _rules(services, shop.id, before, new_events)
    earlier = EarlierEvents(services, before)
    case = _case_after(earlier, new_events, rules)
    consequences = consequences_of(before, case, new_events)
    if consequences:
        new_events = _numbered(before, [*new_events, *consequences])
        case = _case_after(earlier, new_events, rules)
    packs = earlier.new_packs()
    timer = _timer_to_set(services, before, case, rules, now)
    after = _stored_after(before, case, new_events, timer)
    after = replace(after, packed=Packed(before.version, before.last)) if packs else after
    if idempotency is not None:
        idempotency = replace(idempotency, case=case.id if case else "", version=after.version)
    change = Change(
        before=before,
        after=after,
        events=new_events,
        shop=shop,
        now=now,
        timer=timer,
        days=_counted_days(services, shop, before, new_events),
        dirty=_changed_past_days(services, shop, before, case, now),
        idempotency=idempotency,
        packs=packs,
    )
    return replace(change, follow_ups=plan_follow_ups(services.registries.follow_ups, change))


def _stored_after(before: StoredCase, case: Case | None, new_events: list[Event], timer: Timer | None) -> StoredCase:
    return replace(
        before,
        case=case,
        version=before.version + len(new_events),
        last=max(before.last, *(event.order for event in new_events)),
        armed=timer.at if timer else before.armed,
        claimed=max(before.claimed, *(event.claimed_at or 0 for event in new_events)),
        latest=latest_after(before.latest, new_events),
    )


def _numbered(before: StoredCase, new_events: list[Event]) -> list[Event]:
    return [replace(event, seq=before.version + place) for place, event in enumerate(new_events, 1)]


def _rules(services: "PlanChangeServices", shop: str, before: StoredCase, new_events: list[Event]) -> Rules | None:
    """The rules of the case; None while its opening has not come."""
    if before.case is not None:
        return rules_of(services, shop, before.case.policy, before.case.calendar)
    opening = next((event.fact for event in new_events if isinstance(event.fact, CaseOpened)), None)
    return rules_of(services, shop, opening.policy, opening.calendar) if opening else None


def _case_after(earlier: EarlierEvents, new_events: list[Event], rules: Rules | None) -> Case | None:
    """The case after the new events. It is folded from all its events if one of the new events is not the newest or
    withdraws another, or if its state is of an older definition of the metrics."""
    if rules is None:
        return None
    before, reducers = earlier.before, earlier.services.registries.reducers
    case = before.case
    ordered = sorted(new_events, key=lambda event: event.order)
    is_outdated = case is not None and case.definition < DEFINITION
    withdraws = any(event.fact.withdraws for event in ordered)
    if before.version and (ordered[0].order <= before.last or is_outdated or withdraws):
        return fold([*earlier.events, *new_events], rules, reducers)
    for event in ordered:
        case = apply(case, event, rules, reducers)
    return case


def _timer_to_set(
    services: "PlanChangeServices", before: StoredCase, case: Case | None, rules: Rules | None, now: Instant
) -> Timer | None:
    """The timer to set; None if the one that is set is early enough. A timer is never cancelled: one that is too early
    finds nothing due, which is cheaper."""
    if case is None or rules is None:
        return Timer(now + ORPHAN_DAYS * DAY_MS, "orphan") if before.version == 0 else None
    timer = next_timer(case, with_shift(services, case, rules), services.registries.timers)
    armed = before.armed if before.case is not None else None  # before the opening, only the orphans' timer is set
    if timer is None or (armed is not None and now < armed <= timer.at):
        return None
    return timer


def _counted_days(
    services: "PlanChangeServices", shop: Shop, before: StoredCase, new_events: list[Event]
) -> dict[str, Day]:
    """The day on whose list each event puts the case, by the event's order; only for events that are counted."""
    measures = services.registries.measures
    days = ((event.order, counted_day(event, before.case, shop.time_zone, measures)) for event in new_events)
    return {order: day for order, day in days if day is not None}


def _changed_past_days(
    services: "PlanChangeServices", shop: Shop, before: StoredCase, case: Case | None, now: Instant
) -> frozenset[Day]:
    today = day_of(now, shop.time_zone)
    days = changed_days(before.case, case, shop.time_zone, services.registries.measures)
    return frozenset(day for day in days if day < today)
