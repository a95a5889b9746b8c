"""The one way a case changes: decide on its present state, write events and new state at once, or start over."""

from collections.abc import Callable

from msgspec.structs import replace

from chalicelib.domain.aftersales import flow_of_case as on_case
from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import DEFINITION, Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.cases.fold import apply, fold
from chalicelib.domain.cases.measure import changed_days, counts_on
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.errors import Stale
from chalicelib.domain.kernel.timestamps import DAY_MS, Day, day_of
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.timers.due_timers import next_timer
from chalicelib.domain.timers.timer_source import Timer
from chalicelib.usecases.cases.follow_ups import plan_follow_ups
from chalicelib.usecases.ports import AlreadyStored, Change, IdempotencyRecord, OrderLedger, StoredCase, VersionConflict
from chalicelib.usecases.ports.cases import ATTEMPTS, Busy
from chalicelib.usecases.ports.services import Services, rules_of, with_shift

ORPHAN_DAYS = 7

Decide = Callable[[StoredCase], list[Event]]


def append_events(
    services: Services,
    shop: Shop,
    key: str,
    decide: Decide,
    *,
    expected: int | None = None,
    idempotency: IdempotencyRecord | None = None,
    seen: StoredCase | None = None,
    ledger: Callable[[], OrderLedger | None] = lambda: None,
) -> StoredCase:
    """Append the events `decide` makes of the stored case, and give the case after them.

    `decide` may be called several times. `Stale` when the case is not at the `expected` version; an event that
    is stored already changes nothing. `AlreadyAnswered` (`once` was used before) and `NumberTaken` pass through.
    `seen` is the case as the caller has just read it. `ledger` is asked after each `decide` for the order whose money
    was counted in it.
    """
    for attempt in range(ATTEMPTS):
        before = seen if seen is not None and attempt == 0 else services.cases.load(key)
        if expected is not None and before.version != expected:
            raise Stale(f"The case is at version {before.version}, not {expected}: read it again.")
        events = decide(before)
        if not events:
            if idempotency is not None and before.case is not None:
                services.cases.remember(replace(idempotency, case=before.case.id, version=before.version))
            return before
        change, counted = _plan(services, shop, before, events, idempotency), ledger()
        change = change if counted is None else replace(change, ledger=counted)
        try:
            services.cases.commit(change)
        except AlreadyStored:
            return services.cases.load(key)
        except VersionConflict:
            services.pause(attempt)
        else:
            return change.after
    raise Busy(f"case {key} was written by others {ATTEMPTS} times in a row")


def _plan(
    services: Services, shop: Shop, before: StoredCase, events: list[Event], idempotency: IdempotencyRecord | None
) -> Change:
    events = [replace(event, seq=before.version + place) for place, event in enumerate(events, 1)]
    rules = _rules(services, shop.id, before, events)
    case = _advance(services, before, events, rules)
    following = _following(before, case)
    if following is not None:
        events = [*events, replace(following, seq=before.version + len(events) + 1)]
        case = _advance(services, before, events, rules)
    timer = _next_timer(services, before, case, rules)
    last = max(before.last, *(event.order for event in events))
    after = StoredCase(
        key=before.key,
        case=case,
        version=before.version + len(events),
        last=last,
        armed=timer.at if timer else before.armed,
        claimed=max(before.claimed, *(event.claimed_at or 0 for event in events)),
    )
    if idempotency is not None:
        idempotency = replace(idempotency, case=case.id if case else "", version=after.version)
    change = Change(
        before=before,
        after=after,
        events=events,
        shop=shop,
        timer=timer,
        days=_days_counted(services, shop, before, events),
        dirty=_past_days_changed(services, shop, before, case),
        idempotency=idempotency,
    )
    return replace(change, follow_ups=plan_follow_ups(services.registries.follow_ups, change))


def _days_counted(services: Services, shop: Shop, before: StoredCase, events: list[Event]) -> dict[str, Day]:
    """By the order of each event that a measure counts, the day whose list it puts the case on."""
    measures = services.registries.measures
    days = ((event.order, counts_on(event, before.case, shop.time_zone, measures)) for event in events)
    return {order: day for order, day in days if day is not None}


def _past_days_changed(services: Services, shop: Shop, before: StoredCase, case: Case | None) -> frozenset[Day]:
    today = day_of(services.now(), shop.time_zone)
    changed = changed_days(before.case, case, shop.time_zone, services.registries.measures)
    return frozenset(day for day in changed if day < today)


def _following(before: StoredCase, case: Case | None) -> Event | None:
    """What follows at once from a flow that came to its end, or whose proposal was refused."""
    fact = on_case.resolution_of(before.case, case) or on_case.escalation_of(before.case, case)
    if fact is None or case is None or case.flow is None:
        return None
    at = case.flow.since
    return events.event(at, SYSTEM, fact, before.key, "follows", str(at), str(case.flow.refusals))


def _rules(services: Services, shop: str, before: StoredCase, events: list[Event]) -> Rules | None:
    """None as long as the case's opening was not told."""
    if before.case is not None:
        return rules_of(services, shop, before.case.policy, before.case.calendar)
    opening = next((event.fact for event in events if isinstance(event.fact, CaseOpened)), None)
    return rules_of(services, shop, opening.policy, opening.calendar) if opening else None


def _advance(services: Services, before: StoredCase, events: list[Event], rules: Rules | None) -> Case | None:
    if rules is None:
        return None
    ordered = sorted(events, key=lambda event: event.order)
    if before.version and (ordered[0].order <= before.last or _is_old(before.case)):
        # something was told late, or the case was folded for an older definition of the figures: fold anew
        return fold([*services.cases.events(before.key), *events], rules, services.registries.reducers)
    case = before.case
    for event in ordered:
        case = apply(case, event, rules, services.registries.reducers)
    return case


def _is_old(case: Case | None) -> bool:
    return case is not None and case.definition < DEFINITION


def _next_timer(services: Services, before: StoredCase, case: Case | None, rules: Rules | None) -> Timer | None:
    """The alarm to set, if any. One that rings too early is cheaper than one taken back: it finds nothing due."""
    now = services.now()
    if case is None or rules is None:
        return Timer(now + ORPHAN_DAYS * DAY_MS, "orphan") if before.version == 0 else None
    timer = next_timer(case, with_shift(services, case, rules), services.registries.timers)
    armed = before.armed if before.case is not None else None  # before its opening only the orphans' alarm is set
    if timer is None or (armed is not None and now < armed <= timer.at):
        return None
    return timer
