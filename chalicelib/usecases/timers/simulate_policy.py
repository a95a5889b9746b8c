"""Simulate a period under another version of the policy: the same events, folded by other rules."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseEscalated, CaseOpened, ClockBreached
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.errors import NotFound, invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import Day, Instant, next_day, start_of
from chalicelib.domain.sla.policies import Policy
from chalicelib.usecases.ports.metrics import CountedCases
from chalicelib.usecases.ports.shop_rules import calendar_of, shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasRegistries, HasShops

    class SimulatePolicyServices(HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `simulate_policy` uses."""


MAX_DAYS = 92
MAX_LISTED = 200


def simulate_policy(
    services: "SimulatePolicyServices", store: CountedCases, shop_id: str, version: int, first: Day, last: Day
) -> dict[str, Any]:
    """The breaches of the cases that were opened from `first` to `last`: those that happened, and those that would have
    happened under this version."""
    shop = shop_of(services, shop_id)
    policy = services.shops.policy(shop_id, version)
    if policy is None:
        raise NotFound(f"Shop {shop_id!r} has no policy version {version}.")
    days = list(_days(first, last))
    start = start_of(first, shop.time_zone)
    end = min(start_of(next_day(last), shop.time_zone), services.now())
    breached: Counter[str] = Counter()
    simulated: list[dict[str, Any]] = []
    simulated_cases = 0
    for case in store.cases_counted_on(shop_id, days):
        if not start <= case.opened_at < end or case.historical:
            continue
        simulated_cases += 1
        breached.update(clock.name for clock in case.clocks if clock.state == "breached")
        simulated += [
            {"case": case.id, "number": case.number, "clock": name}
            for name in _breached_clocks(_simulated_case(services, case, policy, version), end)
        ]
    return {
        "shop": shop_id,
        "version": version,
        "from": first,
        "to": last,
        "cases": simulated_cases,
        "breached": dict(breached),
        "would_breach": dict(Counter(breach["clock"] for breach in simulated)),
        "breaches": simulated[:MAX_LISTED],
    }


def _simulated_case(services: "SimulatePolicyServices", case: Case, policy: Policy, version: int) -> Case | None:
    """The case as it would be under another policy."""
    rules = Rules(policy, calendar_of(services, case.shop, case.calendar))
    events = _without_timers(services.cases.events(key_of_id(case.id)), version)
    return fold(events, rules, services.registries.reducers)


def _days(first: Day, last: Day) -> Iterator[Day]:
    if last < first or next_day(first, MAX_DAYS) < last:
        raise invalid("to", f"is a day from {first} to {MAX_DAYS} days after it")
    day = first
    while day <= last:
        yield day
        day = next_day(day)


def _without_timers(events: list[Event], version: int) -> Iterator[Event]:
    """The events without breaches and escalations, which the clocks of the actual policy caused."""
    for event in events:
        if isinstance(event.fact, CaseOpened):
            yield replace(event, fact=replace(event.fact, policy=version))
        elif not isinstance(event.fact, ClockBreached | CaseEscalated):
            yield event


def _breached_clocks(case: Case | None, end: Instant) -> list[str]:
    clocks = case.clocks if case else ()
    return [clock.name for clock in clocks if clock.state == "breached" or clock.overdue(end)]
