"""The figures of a shop in a period: by value of a dimension, by day, and against the period before."""

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.kernel.periods import days_between
from chalicelib.domain.kernel.timestamps import Day, next_day
from chalicelib.domain.metrics.period_figures import Measured, PeriodFigure, figures_of

if TYPE_CHECKING:
    from chalicelib.usecases.ports.metrics import AgentRecords, Record

LOW_IS_BAD: frozenset[Measured] = frozenset({"csat", "nps", "kept"})
"""The measures that are worst where they are low; all others are where they are high."""

Figures = dict[Measured, PeriodFigure]


class ValueFigures(Struct, frozen=True):
    """A value of the dimension with its figures, and those of the period before; none if it had no case then."""

    value: str
    now: Figures
    before: Figures | None


class PeriodPage(Struct, frozen=True):
    """The values of a period, the worst first; and each day of the shop as a whole."""

    values: list[ValueFigures]
    days: list[tuple[Day, Figures]]


def read_period(
    records: "AgentRecords", shop: str, dimension: str, first: Day, last: Day, measured: Measured
) -> PeriodPage:
    """The figures from `first` to `last`, both included. Invalid for a period as for `days_between`.

    Values are ranked by the bound of their interval that is nearer to good: a value with few answers, of which little
    can be said, does not come first by chance.
    """
    days = days_between(first, last)
    start = next_day(first, -len(days))
    now = _by_value(records, shop, dimension, first, last)
    before = _by_value(records, shop, dimension, start, next_day(first, -1))
    values = [ValueFigures(value, now[value], before.get(value)) for value in now]
    ranked = sorted(values, key=lambda each: _badness(each.now[measured], measured), reverse=True)
    return PeriodPage(ranked, _by_day(records, shop, days))


def _badness(figure: PeriodFigure, measured: Measured) -> tuple[float, int]:
    """How bad a figure is for certain, and the size of its sample."""
    if figure.value is None:
        return float("-inf"), 0
    low, high = figure.interval or (figure.value, figure.value)
    return (-high if measured in LOW_IS_BAD else low), figure.sample


def _by_value(records: "AgentRecords", shop: str, dimension: str, first: Day, last: Day) -> dict[str, Figures]:
    values: dict[str, list[Record]] = defaultdict(list)
    for record in records.records_between(shop, dimension, first, last):
        values[record["value"]].append(record)
    return {value: figures_of(listed) for value, listed in values.items()}


def _by_day(records: "AgentRecords", shop: str, days: list[Day]) -> list[tuple[Day, Figures]]:
    of_days: dict[Day, list[Record]] = {day: [] for day in days}
    for record in records.records_between(shop, "all", days[0], days[-1]):
        of_days[record["day"]].append(record)
    return [(day, figures_of(listed)) for day, listed in of_days.items()]
