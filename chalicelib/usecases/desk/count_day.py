"""The figures of today until now, against those of the same day a week ago until the same time.

They come from the lists that the nightly job counts by, in which every case is on the days of its events. Of a long
list only a part is read, and the number of cases is estimated from it: keys are hashes, so any part is a fair sample.
"""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.desk.day_figures import FIGURES, Estimate, Figure, Period, counts, today_and_last_week, whole_day
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.usecases.desk.rows import Row, rows_of_cases
from chalicelib.usecases.ports.desk import Sample
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasCases, HasClock, HasCustomers, HasDesk, HasShops

    class CountDayServices(HasClock, HasDesk, HasShops, Protocol):
        """The services that `count_day` uses."""

    class ListDayServices(HasCases, HasClock, HasCustomers, HasDesk, HasShops, Protocol):
        """The services that `list_day` uses."""


MOST_ENTRIES = 100
"""So many entries are read of each shard of a day's list: four shards, so a day of a few hundred cases is counted, and
a longer one is estimated."""
PAGE_ENTRIES = 200


class DayFigure(Struct, frozen=True):
    """A figure of today until now, and of the same day a week ago until the same time."""

    figure: Figure
    day: Day
    today: Estimate
    last_week: Estimate


class DayPage(Struct, frozen=True):
    """Cases that count in a figure of a day; a page may have few or none, and a next one."""

    rows: list[Row]
    next: str | None = None


def count_day(services: "CountDayServices", shop: str) -> list[DayFigure]:
    """The figures of a shop's today until now."""
    periods = today_and_last_week(services.now(), shop_of(services, shop, fresh=False).time_zone)
    today, last_week = (_figures(services, shop, period) for period in periods)
    return [DayFigure(figure, periods[0].day, today[figure], last_week[figure]) for figure in FIGURES]


def _figures(services: "CountDayServices", shop: str, period: Period) -> dict[Figure, Estimate]:
    samples = services.desk.samples(shop, period.day, MOST_ENTRIES)
    stored = services.desk.cases(key for sample in samples for key in sample.keys)
    cases = {key: each.case for key, each in stored.items() if each.case is not None}
    return {figure: _estimate(samples, cases, figure, period) for figure in FIGURES}


def _estimate(samples: list[Sample], cases: dict[str, Case], figure: Figure, period: Period) -> Estimate:
    numbers = [
        sum(key in cases and counts(cases[key], figure, period) for key in sample.keys) / sample.part
        for sample in samples
    ]
    return Estimate(round(sum(numbers)), all(sample.part == 1 for sample in samples))


def list_day(
    services: "ListDayServices", shop: str, reader: str, day: Day, figure: Figure, after: str | None = None
) -> DayPage:
    """Cases that count in a figure of a day, in no order."""
    period = whole_day(day, shop_of(services, shop, fresh=False).time_zone)
    page = services.desk.counted(shop, day, after, PAGE_ENTRIES)
    stored = services.desk.cases(page.items).values()
    wanted = [each for each in stored if each.case is not None and counts(each.case, figure, period)]
    return DayPage(rows_of_cases(services, shop, reader, wanted), page.next)
