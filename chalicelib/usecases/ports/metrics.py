"""What the daily metrics need: the store of records and marks, the engine that computes records, the data lake and the
report. Days are calendar days in the shop's time zone; instants and durations are in milliseconds, but durations in
records are in seconds (`docs/metrics.md`)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.measure import Measure, MetricRow
from chalicelib.domain.kernel.timestamps import Day, Instant
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.shops.shop import Shop

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services

Record: TypeAlias = dict[str, Any]
"""One record as it is stored and shown, with its `day`, `dimension` and `value`."""
RecordName: TypeAlias = tuple[str, ...]
"""The dimension and the value of a record."""
Marks: TypeAlias = Sequence[tuple[str, str]]
"""The keys of the marks that say why a day is to be restated."""
RowSource: TypeAlias = "Callable[[Services, str, Day], Sequence[MetricRow]]"
"""Reads the rows of a shop's day where neither a case nor an order record holds them, always in the same order."""
Rows: TypeAlias = Mapping[str, Sequence[MetricRow]]
"""What a day is computed from: rows by the name of their measure."""


class ComputedDay(Struct, frozen=True):
    """How a day was computed before: the digest of its rows, how often it was restated, the names of its records, and
    the definition of the figures they were computed by."""

    inputs: str
    restated: int
    names: list[RecordName]
    definition: int = 1


class Report(Struct, frozen=True):
    """Everything a day's report is made of. `trend`: the whole shop's records of the last days, oldest first."""

    shop: Shop
    day: Day
    records: list[Record]
    trend: list[Record]
    rows: Rows


class MetricStore(Protocol):
    """Where the nightly job reads what counts, and keeps marks and records."""

    def counted_on(self, shop: str, days: Iterable[Day]) -> Iterator[Case | OrderRecord]:
        """Every case and every order record on the lists of these days, each once. A case comes without private text:
        the nightly job has no keys."""

    def events(self, key: str) -> Iterator[Event]:
        """All events of a case in their order, without private text; none if there is no such case."""

    def marked_days(self, shop: str) -> Mapping[Day, Marks]:
        """The days that changed since they were computed, with the marks that say so."""

    def mark(self, shop: str, day: Day, why: str) -> None:
        """Have a day computed again by the next run. The same `why` marks it once."""

    def clear(self, marks: Marks) -> None:
        """Remove marks that were read before their day was computed; one that is gone is no error."""

    def definition(self, shop: str) -> int:
        """The definition of the figures that all days of the shop are computed by or marked for; 1 if none is saved."""

    def save_definition(self, shop: str, definition: int) -> None:
        """Save that every day computed by an older definition is marked."""

    def computed_days(self, shop: str) -> Iterable[Day]:
        """Every day that was ever computed."""

    def computed_day(self, shop: str, day: Day) -> ComputedDay | None:
        """How a day was computed before; None if it never was."""

    def records_between(self, shop: str, dimension: str, first: Day, last: Day) -> list[Record]:
        """All records of a dimension from one day to another, both included, by day and value."""

    def replace_records(self, shop: str, day: Day, records: Sequence[Record], old: Iterable[RecordName]) -> None:
        """Put a day's records in the place of those of these `old` names. Cut short, it can be done again: how the day
        was computed is saved last."""


class MetricRuns(Protocol):
    """Which days are requested to be computed."""

    def request_run(self, run: str, shop: str, day: Day, now: Instant) -> None:
        """Have a day computed soon, from the queue; the same run is requested once."""

    def last_requested_day(self, shop: str) -> Day | None:
        """The last day that was requested because it had ended; None before the first."""

    def save_requested_day(self, shop: str, day: Day) -> None:
        """Save that this day was requested because it had ended."""


class AgentRecords(Protocol):
    """Where the records of agents are read."""

    def records_between(self, shop: str, dimension: str, first: Day, last: Day) -> list[Record]:
        """All records of a dimension from one day to another, both included, by day and value."""


class CountedCases(Protocol):
    """Where the cases of some days are read."""

    def cases_counted_on(self, shop: str, days: Iterable[Day]) -> Iterator[Case]:
        """Every case on the lists of these days, each once and without private text."""


class MetricEngine(Protocol):
    """Computes records from the rows of some days. It raises what its database does, memory that is used up included:
    the message comes again then."""

    def load(self, rows: Mapping[str, Iterable[MetricRow]]) -> None:
        """Take these rows, by the name of their measure, in the place of all that were loaded before."""

    def records(self, days: Iterable[Day] = ()) -> list[Record]:
        """The records of all measures for the days whose rows are loaded; also, for each of `days` on which a measure
        of every day has no rows, its record of zeros and nulls."""

    def parquet(self, measure: Measure, day: Day) -> bytes:
        """The loaded rows of a measure on a day as a Parquet file. The day is no column of it."""


class DataLake(Protocol):
    """Where a day's rows and its report are stored as files."""

    def save_rows(self, measure: Measure, shop: str, day: Day, parquet: bytes) -> None:
        """Store the rows of a measure that has a folder, in the place of those of the same day."""

    def save_report(self, shop: str, day: Day, html: str) -> str:
        """Store a day's report in the place of an earlier one; its key."""


class ReportRenderer(Protocol):
    """Makes a page of a day's records."""

    def page(self, report: Report) -> str:
        """The report as HTML, in the shop's language."""
