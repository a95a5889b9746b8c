"""The figures of a shop in a period: by value of a dimension, by day, and against the period before."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import Day, next_day
from chalicelib.domain.metrics.period_figures import Measured, PeriodFigure, figures_of

if TYPE_CHECKING:
    from chalicelib.usecases.ports.metrics import AgentRecords

MAX_DAYS = 92
WORST: dict[Measured, bool] = {"csat": True, "nps": True, "kept": True, "opened": False, "resolved": False}
"""Which measures are worst where they are low; of all others, where they are high."""

Figures = dict[Measured, PeriodFigure]


class ValueFigures(Struct, frozen=True):
    """A value of the dimension with its figures, and those of the period before; none if it had no case then."""

    value: str
    now: Figures
    before: Figures | None


class PeriodPage(Struct, frozen=True):
    """The values of a period, the worst first; and each day of the shop as a whole or of one value."""

    values: list[ValueFigures]
    days: list[tuple[Day, Figures]]


def read_period(
    records: "AgentRecords", shop: str, dimension: str, first: Day, last: Day, measured: Measured
) -> PeriodPage:
    """The figures from `first` to `last`, both included. Invalid for a period that is empty or longer than 92 days.

    Values are ranked by the bound of their interval that is nearer to good: a value with few answers, of which little
    can be said, does not come first by chance.
    """
    if last < first or next_day(first, MAX_DAYS) <= last:
        raise invalid("to", f"is a day from `from` on, {MAX_DAYS} days in all at the most")
    days = _days(first, last)
    start = next_day(first, -len(days))
    now, before = (
        _by_value(records, shop, dimension, first, last),
        _by_value(records, shop, dimension, start, next_day(first, -1)),
    )
    values = [ValueFigures(value, figures_of(now[value]), _before(before.get(value))) for value in now]
    ranked = sorted(values, key=lambda each: _badness(each.now[measured], measured), reverse=True)
    return PeriodPage(ranked, _by_day(records, shop, days))


def _before(records: list[dict[str, Any]] | None) -> Figures | None:
    return figures_of(records) if records else None


def _badness(figure: PeriodFigure, measured: Measured) -> tuple[float, int]:
    """How bad a figure is for certain, and the size of its sample."""
    if figure.value is None:
        return float("-inf"), 0
    low, high = figure.interval or (figure.value, figure.value)
    is_low_bad = WORST.get(measured)
    if is_low_bad:
        return -high, figure.sample
    return (low, figure.sample) if is_low_bad is None else (figure.value, figure.sample)


def _by_value(
    records: "AgentRecords", shop: str, dimension: str, first: Day, last: Day
) -> dict[str, list[dict[str, Any]]]:
    values: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records.records_between(shop, dimension, first, last):
        values[record["value"]].append(record)
    return values


def _by_day(records: "AgentRecords", shop: str, days: list[Day]) -> list[tuple[Day, Figures]]:
    of_days: dict[Day, list[dict[str, Any]]] = {day: [] for day in days}
    for record in records.records_between(shop, "all", days[0], days[-1]):
        of_days[record["day"]].append(record)
    return [(day, figures_of(listed)) for day, listed in of_days.items()]


def _days(first: Day, last: Day) -> list[Day]:
    days = [first]
    while days[-1] < last:
        days.append(next_day(days[-1]))
    return days
