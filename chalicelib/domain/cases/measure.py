"""What a capability adds to the daily metrics. Each declares its own measures; `registries.py` lists them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Day, day_of
from chalicelib.domain.orders.order_record import OrderRecord

Milliseconds = Annotated[int, Meta(extra={"column": "BIGINT"})]
"""A duration. In the metrics database it is a number of 64 bits."""
Decimals = Annotated[str, Meta(extra={"column": "DECIMAL(24,6)"})]
"""An exact decimal as text. In the metrics database it is a number that can be added up without loss."""


class MetricRow(Struct, frozen=True, kw_only=True):
    """One thing that is counted, on its day in the shop's time zone. The fields are the columns of its measure."""

    day: Day


RowsByDay = Mapping[Day, Sequence[MetricRow]]


def _always(_event: Event, _before: Case | None) -> bool:
    return True


class Measure(Struct, frozen=True, kw_only=True):
    """One kind of row, counted by day. The adapters' `MeasureQuery` of the same measure makes records of the rows.

    `name`: the name of the table in the metrics database and of the file in the data lake. `row`: the type of a row;
    its fields are the columns. `dimensions`: the names under which its records are stored; no other measure has the
    same. `folder`: the folder of the rows in the data lake; None if they are not stored there. `every_day`: whether a
    day has a record and a file even if nothing was counted on it.

    `of_case`, `of_order_record`: give the rows of a case or of an order record, by day in the given time zone.
    `counted`: the facts that may put their case on the list of the event's day. `counts`: whether an event does so,
    given the case before it. The nightly job reads the cases of a day from that list, so every fact that adds to the
    rows of its day must be counted.
    """

    name: str
    row: type[MetricRow]
    dimensions: tuple[str, ...]
    folder: str | None = None
    every_day: bool = False
    of_case: Callable[[Case, str], RowsByDay] | None = None
    of_order_record: Callable[[OrderRecord, str], RowsByDay] | None = None
    counted: tuple[type[Fact], ...] = ()
    counts: Callable[[Event, Case | None], bool] = _always

    @property
    def of_stored(self) -> bool:
        """Whether its rows come from cases or order records, and not from a source of their own."""
        return self.of_case is not None or self.of_order_record is not None


def changed_days(before: Case | None, after: Case | None, time_zone: str, measures: Iterable[Measure]) -> set[Day]:
    """The days whose rows differ between two states of a case."""
    changed: set[Day] = set()
    for measure in measures:
        if measure.of_case is None:
            continue
        old = measure.of_case(before, time_zone) if before else {}
        new = measure.of_case(after, time_zone) if after else {}
        changed |= {day for day in old.keys() | new.keys() if old.get(day) != new.get(day)}
    return changed


def counted_day(event: Event, before: Case | None, time_zone: str, measures: Iterable[Measure]) -> Day | None:
    """The day on whose list an event puts its case; None if no measure counts it, or on the day the case was opened,
    because the case is on that day's list already."""
    if not any(isinstance(event.fact, measure.counted) and measure.counts(event, before) for measure in measures):
        return None
    day = day_of(event.at, time_zone)
    opened_on = day_of(before.opened_at, time_zone) if before else None
    return None if day == opened_on else day
