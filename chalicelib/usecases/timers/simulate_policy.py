"""What a period would have been like under another policy: the same events, folded by other rules."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseEscalated, CaseOpened, ClockBreached
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.errors import NotFound, invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Day, next_day, start_of
from chalicelib.usecases.ports.metrics import CountedCases
from chalicelib.usecases.ports.services import Services, calendar_of, shop_of

MAX_DAYS = 92
MAX_LISTED = 200


def simulate_policy(
    services: Services, store: CountedCases, shop_id: str, version: int, first: Day, last: Day
) -> dict[str, Any]:
    """The breaches of the cases opened from `first` to `last`, as they were and as this version would have them."""
    shop = shop_of(services, shop_id)
    policy = services.shops.policy(shop_id, version)
    if policy is None:
        raise NotFound(f"Shop {shop_id!r} has no policy version {version}.")
    days = list(_days(first, last))
    end = min(start_of(next_day(last), shop.time_zone), services.now())
    began = start_of(first, shop.time_zone)
    was: Counter[str] = Counter()
    would: list[dict[str, Any]] = []
    seen = 0
    for case in store.cases_counted_on(shop_id, days):
        if not began <= case.opened_at < end or case.historical:
            continue
        seen += 1
        was.update(clock.name for clock in case.clocks if clock.state == "breached")
        rules = Rules(policy, calendar_of(services, shop_id, case.calendar))
        events = _without_time(services.cases.events(key_of_id(case.id)), version)
        other = fold(events, rules, services.registries.reducers)
        would += [{"case": case.id, "number": case.number, "clock": name} for name in _broken(other, end)]
    return {
        "shop": shop_id,
        "version": version,
        "from": first,
        "to": last,
        "cases": seen,
        "breached": dict(was),
        "would_breach": dict(Counter(one["clock"] for one in would)),
        "breaches": would[:MAX_LISTED],
    }


def _days(first: Day, last: Day) -> Iterator[Day]:
    if last < first or next_day(first, MAX_DAYS) < last:
        raise invalid("to", f"is a day from {first} to {MAX_DAYS} days after it")
    day = first
    while day <= last:
        yield day
        day = next_day(day)


def _without_time(events: list[Event], version: int) -> Iterator[Event]:
    """The events people caused: what the other policy's clocks would have done is not among them."""
    for event in events:
        if isinstance(event.fact, CaseOpened):
            yield replace(event, fact=replace(event.fact, policy=version))
        elif not isinstance(event.fact, ClockBreached | CaseEscalated):
            yield event


def _broken(case: Case | None, end: int) -> list[str]:
    clocks = case.clocks if case else ()
    return [clock.name for clock in clocks if clock.state == "breached" or clock.overdue(end)]
