"""Which nights are to be computed, and asking for one."""

from typing import Protocol

from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of, next_day
from chalicelib.usecases.platforms.reconcile import of_night
from chalicelib.usecases.ports.services import Services

CATCH_UP_DAYS = 31


class Nights(Protocol):
    """What planning needs of the table."""

    def ask(self, run: str, shop: str, day: Day, now: Instant) -> None: ...
    def last_day(self, shop: str) -> Day | None: ...
    def note_day(self, shop: str, day: Day) -> None: ...


def schedule_day(nights: Nights, shop: str, day: Day, now: Instant) -> str:
    """Have a day computed soon; the id of the run."""
    run = new_id(now, key_of("night", shop, day, str(now)))
    nights.ask(run, shop, day, now)
    return run


def schedule_days(services: Services, nights: Nights, now: Instant) -> list[str]:
    """Ask for every day that ended in its shop's time zone since the last one asked for; `shop day` each."""
    planned = []
    for shop in services.shops.shops():
        yesterday = next_day(day_of(now, shop.time_zone), -1)
        last = nights.last_day(shop.id) or next_day(yesterday, -1)
        day = max(next_day(last), next_day(yesterday, 1 - CATCH_UP_DAYS))
        while day <= yesterday:
            schedule_day(nights, shop.id, day, now)
            for page in of_night(shop, day):
                services.reconciliations.add(page)
            nights.note_day(shop.id, day)
            planned.append(f"{shop.id} {day}")
            day = next_day(day)
    return planned
