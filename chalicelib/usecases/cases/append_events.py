"""The one way a case changes: decide on its present state, write events and new state at once, or start over."""

from collections.abc import Callable

from msgspec.structs import replace

from chalicelib.domain.cases import events
from chalicelib.domain.cases import flow_of_case as on_case
from chalicelib.domain.cases.case import DEFINITION, Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.cases.fold import apply, fold
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.errors import Stale
from chalicelib.domain.kernel.timestamps import DAY, day_of
from chalicelib.domain.metrics.case_metrics import changed_days
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.timers.due_timers import Alarm, next_alarm
from chalicelib.usecases.ports import AlreadyTold, Change, Ledger, Once, Raced, Stored
from chalicelib.usecases.ports.retry import ATTEMPTS, Busy
from chalicelib.usecases.ports.services import Desk, rules_of, with_shift

ORPHAN_DAYS = 7

Decide = Callable[[Stored], list[Event]]


def record(
    desk: Desk,
    shop: Shop,
    key: str,
    decide: Decide,
    *,
    expected: int | None = None,
    once: Once | None = None,
    seen: Stored | None = None,
    ledger: Callable[[], Ledger | None] = lambda: None,
) -> Stored:
    """Append the events `decide` makes of the stored case, and give the case after them.

    `decide` may be called several times. `Stale` when the case is not at the `expected` version; an event that
    is stored already changes nothing. `AlreadyAnswered` (`once` was used before) and `NumberTaken` pass through.
    `seen` is the case as the caller has just read it. `ledger` is asked after each `decide` for the order whose money
    was counted in it.
    """
    for attempt in range(ATTEMPTS):
        before = seen if seen is not None and attempt == 0 else desk.cases.load(key)
        if expected is not None and before.version != expected:
            raise Stale(f"The case is at version {before.version}, not {expected}: read it again.")
        events = decide(before)
        if not events:
            if once is not None and before.case is not None:
                desk.cases.remember(replace(once, case=before.case.id, version=before.version))
            return before
        change, counted = _plan(desk, shop, before, events, once), ledger()
        change = change if counted is None else replace(change, ledger=counted)
        try:
            desk.cases.commit(change)
        except AlreadyTold:
            return desk.cases.load(key)
        except Raced:
            desk.pause(attempt)
        else:
            return change.after
    raise Busy(f"case {key} was written by others {ATTEMPTS} times in a row")


def _plan(desk: Desk, shop: Shop, before: Stored, events: list[Event], once: Once | None) -> Change:
    events = [replace(event, seq=before.version + place) for place, event in enumerate(events, 1)]
    rules = _rules(desk, shop.id, before, events)
    case = _advance(desk, before, events, rules)
    following = _following(before, case)
    if following is not None:
        events = [*events, replace(following, seq=before.version + len(events) + 1)]
        case = _advance(desk, before, events, rules)
    alarm = _alarm(desk, before, case, rules)
    last = max(before.last, *(event.order for event in events))
    after = Stored(
        key=before.key,
        case=case,
        version=before.version + len(events),
        last=last,
        armed=alarm.at if alarm else before.armed,
        claimed=max(before.claimed, *(event.claimed_at or 0 for event in events)),
    )
    today = day_of(desk.now(), shop.time_zone)
    dirty = frozenset(day for day in changed_days(before.case, case, shop.time_zone) if day < today)
    if once is not None:
        once = replace(once, case=case.id if case else "", version=after.version)
    return Change(before=before, after=after, events=events, shop=shop, alarm=alarm, dirty=dirty, once=once)


def _following(before: Stored, case: Case | None) -> Event | None:
    """What follows at once from a flow that came to its end, or whose proposal was refused."""
    fact = on_case.ending(before.case, case) or on_case.rising(before.case, case)
    if fact is None or case is None or case.flow is None:
        return None
    at = case.flow.since
    return events.event(at, SYSTEM, fact, before.key, "follows", str(at), str(case.flow.refusals))


def _rules(desk: Desk, shop: str, before: Stored, events: list[Event]) -> Rules | None:
    """None as long as the case's opening was not told."""
    if before.case is not None:
        return rules_of(desk, shop, before.case.policy, before.case.calendar)
    opening = next((event.fact for event in events if isinstance(event.fact, CaseOpened)), None)
    return rules_of(desk, shop, opening.policy, opening.calendar) if opening else None


def _advance(desk: Desk, before: Stored, events: list[Event], rules: Rules | None) -> Case | None:
    if rules is None:
        return None
    ordered = sorted(events, key=lambda event: event.order)
    if before.version and (ordered[0].order <= before.last or _is_old(before.case)):
        # something was told late, or the case was folded for an older definition of the figures: fold anew
        return fold([*desk.cases.events(before.key), *events], rules)
    case = before.case
    for event in ordered:
        case = apply(case, event, rules)
    return case


def _is_old(case: Case | None) -> bool:
    return case is not None and case.definition < DEFINITION


def _alarm(desk: Desk, before: Stored, case: Case | None, rules: Rules | None) -> Alarm | None:
    """The alarm to set, if any. One that rings too early is cheaper than one taken back: it finds nothing due."""
    now = desk.now()
    if case is None or rules is None:
        return Alarm(now + ORPHAN_DAYS * DAY, "orphan") if before.version == 0 else None
    alarm = next_alarm(case, with_shift(desk, case, rules))
    armed = before.armed if before.case is not None else None  # before its opening only the orphans' alarm is set
    if alarm is None or (armed is not None and now < armed <= alarm.at):
        return None
    return alarm
