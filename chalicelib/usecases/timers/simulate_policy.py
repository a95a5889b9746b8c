"""Simulate a period under another version of the policy: the same events, folded by other rules."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseEscalated, CaseOpened, ClockBreached
from chalicelib.domain.cases.fold import fold
from chalicelib.domain.cases.rules import Rules
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.periods import days_between
from chalicelib.domain.kernel.timestamps import Day, Instant, next_day, start_of
from chalicelib.domain.sla.policies import Policy
from chalicelib.usecases.ports.metrics import CountedCases
from chalicelib.usecases.ports.shop_rules import calendar_of, shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasRegistries, HasShops

    class SimulatePolicyServices(HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `simulate_policy` uses."""


MAX_LISTED = 200


class Trial(Struct, frozen=True, kw_only=True):
    """What a policy would have done to the cases that were opened in a period. `historical`: how many more there were
    that were imported, to which nothing was promised. `breached`: how many clocks of each name were breached;
    `would_breach`: how many would have been; `breaches`: the first of these; `new`: how many at their beginning were
    kept in fact. `complete`: whether all cases were tried within the time there was."""

    cases: int
    historical: int
    breached: dict[str, int]
    would_breach: dict[str, int]
    breaches: list[dict[str, Any]]
    new: int
    complete: bool = True


def simulate_policy(
    services: "SimulatePolicyServices", store: CountedCases, shop_id: str, version: int, first: Day, last: Day
) -> dict[str, Any]:
    """The breaches of the cases that were opened from `first` to `last`: those that happened, and those that would have
    happened under this version."""
    shop_of(services, shop_id)
    policy = services.shops.policy(shop_id, version)
    if policy is None:
        raise NotFound(f"Shop {shop_id!r} has no policy version {version}.")
    tried = try_policy(services, store, shop_id, policy, first, last)
    return {
        "shop": shop_id,
        "version": version,
        "from": first,
        "to": last,
        "cases": tried.cases,
        "breached": tried.breached,
        "would_breach": tried.would_breach,
        "breaches": tried.breaches,
    }


def try_policy(
    services: "SimulatePolicyServices",
    store: CountedCases,
    shop_id: str,
    policy: Policy,
    first: Day,
    last: Day,
    until: Instant | None = None,
) -> Trial:
    """Try a policy, stored or not, on the cases that were opened from `first` to `last`; at `until` it stops with the
    cases it has."""
    shop = shop_of(services, shop_id)
    days = days_between(first, last)
    start = start_of(first, shop.time_zone)
    end = min(start_of(next_day(last), shop.time_zone), services.now())
    breached: Counter[str] = Counter()
    new: list[dict[str, Any]] = []
    earlier: list[dict[str, Any]] = []
    tried, historical, complete = 0, 0, True
    for case in store.cases_counted_on(shop_id, days):
        if not start <= case.opened_at < end:
            continue
        if case.historical:
            historical += 1
            continue
        if until is not None and services.now() >= until:
            complete = False
            break
        tried += 1
        actual = [clock.name for clock in case.clocks if clock.state == "breached"]
        breached.update(actual)
        for name in _breached_clocks(_simulated_case(services, case, policy, policy.version), end):
            breach = {"case": case.id, "number": case.number, "clock": name}
            (earlier if name in actual else new).append(breach)
    would_breach = dict(Counter(breach["clock"] for breach in (*new, *earlier)))
    return Trial(
        cases=tried,
        historical=historical,
        breached=dict(breached),
        would_breach=would_breach,
        breaches=[*new, *earlier][:MAX_LISTED],
        new=len(new),
        complete=complete,
    )


def _simulated_case(services: "SimulatePolicyServices", case: Case, policy: Policy, version: int) -> Case | None:
    """The case as it would be under another policy."""
    rules = Rules(policy, calendar_of(services, case.shop, case.calendar))
    events = _without_timers(services.cases.events(key_of_id(case.id)), version)
    return fold(events, rules, services.registries.reducers)


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
