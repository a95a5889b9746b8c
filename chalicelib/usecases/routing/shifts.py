"""The start of agents' shifts: match the queue then, and schedule the next start."""

from typing import TYPE_CHECKING

from chalicelib.domain.kernel.timestamps import SECOND_MS, Instant, day_of, next_day
from chalicelib.domain.routing.routing import needs_agent
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla import calendars
from chalicelib.domain.sla.calendars import Calendar
from chalicelib.usecases.ports.shop_rules import calendar_of, shop_of
from chalicelib.usecases.routing.assign_case import assign_case
from chalicelib.usecases.routing.assign_waiting_cases import assign_waiting_cases

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgents, HasCases, HasClock, HasRegistries, HasShops

    class ShiftsServices(HasAgents, HasCases, HasClock, HasRegistries, HasShops, Protocol):
        """The services that `shifts` uses."""


PAGE = 100
MAX_CASES_ROUTED = 500
"""How many cases one call routes, or a page more; the others are left for the next one."""
MAX_DAYS_AHEAD = 31
ALL_CASES = "*"
"""In place of an agent's name: all open cases of the shop are to be routed."""


def start_shift(services: "ShiftsServices", shop_id: str, agent: str) -> list[str]:
    """Assign waiting cases as an agent's shift starts, and schedule their next start; the keys of assigned cases. With
    `ALL_CASES`, route all open cases of the shop."""
    shop = shop_of(services, shop_id, fresh=agent == ALL_CASES)
    if agent == ALL_CASES:
        return _route_open_cases(services, shop)
    status = services.agents.status(shop_id, agent)
    if status is not None:
        schedule_shift_start(services, shop_id, agent, calendar_of(services, shop_id, status.agent.calendar))
    return assign_waiting_cases(services, shop)


def schedule_shift_start(services: "ShiftsServices", shop: str, agent: str, calendar: Calendar) -> None:
    """Have the queue matched when the agent's next shift starts; an agent who is always on shift needs no timer."""
    now = services.now()
    starts_at = next_shift_start(calendar, now) if calendar is not calendars.ALWAYS else None
    if starts_at is not None:
        services.agents.schedule_matching(shop, agent, starts_at, now)


def next_shift_start(calendar: Calendar, now: Instant) -> Instant | None:
    """When the next shift after `now` starts; None if there is none within a month."""
    today = day_of(now, calendar.time_zone)
    for days_ahead in range(MAX_DAYS_AHEAD):
        for starts_at, _ in calendars.worked_on(calendar, next_day(today, days_ahead)):
            if starts_at > now:
                return starts_at
    return None


def _route_open_cases(services: "ShiftsServices", shop: Shop) -> list[str]:
    """Route the open cases of a shop that got its first agent: those from before, and those that were opened while not
    all functions knew it."""
    routed: list[str] = []
    after: str | None = None
    while len(routed) < MAX_CASES_ROUTED:
        page = services.cases.open_cases(shop.id, PAGE, after)
        routed += [
            stored.key for stored in page.items if needs_agent(stored.case) and assign_case(services, stored.key)
        ]
        after = page.next
        if after is None:
            return routed
    now = services.now()
    services.agents.schedule_matching(shop.id, ALL_CASES, now + SECOND_MS, now)
    return routed
