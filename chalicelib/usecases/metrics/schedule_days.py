"""Find the days that are to be computed, and request them."""

from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of, next_day
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.platforms.reconcile import first_pages
from chalicelib.usecases.ports.metrics import MetricRuns

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasReconciliations, HasShops

    class ScheduleDaysServices(HasReconciliations, HasShops, Protocol):
        """The services that `schedule_days` uses."""


CATCH_UP_DAYS = 31


class ShopDay(NamedTuple):
    """A day of a shop."""

    shop: str
    day: Day

    def __str__(self) -> str:
        """The day as the log names it."""
        return f"{self.shop} {self.day}"


def schedule_day(runs: MetricRuns, shop: str, day: Day, now: Instant) -> str:
    """Request that a day is computed as soon as possible; the id of the run."""
    run = new_id(now, key_of("night", shop, day, str(now)))
    runs.request_run(run, shop, day, now)
    return run


def schedule_days(services: "ScheduleDaysServices", runs: MetricRuns, now: Instant) -> list[ShopDay]:
    """Request all days that have ended in their shop's time zone since the last one requested; the requested days."""
    return [
        ShopDay(shop.id, day) for shop in services.shops.shops() for day in _schedule_days_of(services, runs, shop, now)
    ]


def _schedule_days_of(services: "ScheduleDaysServices", runs: MetricRuns, shop: Shop, now: Instant) -> list[Day]:
    yesterday = next_day(day_of(now, shop.time_zone), -1)
    last = runs.last_requested_day(shop.id) or next_day(yesterday, -1)
    day = max(next_day(last), next_day(yesterday, 1 - CATCH_UP_DAYS))
    scheduled: list[Day] = []
    while day <= yesterday:
        schedule_day(runs, shop.id, day, now)
        for page in first_pages(shop, day):
            services.reconciliations.add(page)
        runs.save_requested_day(shop.id, day)
        scheduled.append(day)
        day = next_day(day)
    return scheduled
