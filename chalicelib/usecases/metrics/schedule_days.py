"""Which nights are to be computed, and asking for one."""

from typing import Protocol

from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import Day, Instant, day_of, next_day
from chalicelib.usecases.platforms.reconcile import of_night
from chalicelib.usecases.ports.services import Desk

CATCH_UP_DAYS = 31


class Nights(Protocol):
    """What planning needs of the table."""

    def ask(self, run: str, shop: str, day: Day, now: Instant) -> None: ...
    def last_night(self, shop: str) -> Day | None: ...
    def note_night(self, shop: str, day: Day) -> None: ...


def ask_for_night(nights: Nights, shop: str, day: Day, now: Instant) -> str:
    """Have a day computed soon; the id of the run."""
    run = new_id(now, key_of("night", shop, day, str(now)))
    nights.ask(run, shop, day, now)
    return run


def plan_nights(desk: Desk, nights: Nights, now: Instant) -> list[str]:
    """Ask for every day that ended in its shop's time zone since the last one asked for; `shop day` each."""
    planned = []
    for shop in desk.shops.shops():
        yesterday = next_day(day_of(now, shop.time_zone), -1)
        last = nights.last_night(shop.id) or next_day(yesterday, -1)
        day = max(next_day(last), next_day(yesterday, 1 - CATCH_UP_DAYS))
        while day <= yesterday:
            ask_for_night(nights, shop.id, day, now)
            for page in of_night(shop, day):
                desk.reconciliations.add(page)
            nights.note_night(shop.id, day)
            planned.append(f"{shop.id} {day}")
            day = next_day(day)
    return planned
