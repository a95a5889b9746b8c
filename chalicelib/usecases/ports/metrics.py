"""The ports for the daily metrics: the store of records and marks, the engine that computes records, the data lake and
the report. Days are calendar days in the shop's time zone. Instants and durations are in milliseconds, but durations in
records are in seconds (`docs/metrics.md`)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

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
"""A record, with its `day`, `dimension` and `value`, as it is stored and shown."""
RecordName: TypeAlias = tuple[str, ...]
"""The dimension of stored records, and what tells them from others of that dimension and day."""
Marks: TypeAlias = Sequence[tuple[str, str]]
"""The keys of the marks of a day that is to be restated; each mark has a reason."""
RowSource: TypeAlias = "Callable[[Services, str, Day], Sequence[MetricRow]]"
"""Reads the rows of a shop's day that come neither from cases nor from order records, always in the same order."""


class ComputedDay(Struct, frozen=True):
    """How a day was computed before: the digest of its rows, how often it was restated, under which names its
    records are stored, and the definition of the figures they were computed by."""

    inputs: str
    restated: int
    names: list[RecordName]
    definition: int = 1


class ListedCase(Struct, frozen=True):
    """A case that a report lists by its number: how long it took to resolve, and what its customer answered."""

    number: str
    type: str
    channel: str
    resolution_ms: int | None
    csat: int | None
    nps: int | None


ListedCases: TypeAlias = dict[Literal["slowest", "unhappiest"], list[ListedCase]]
"""The cases of a day that took longest and those whose customers were least satisfied, each list from its worst."""


class Report(Struct, frozen=True):
    """The content of a day's report. `trend`: the records of the whole shop for the last days, the oldest first."""

    shop: Shop
    day: Day
    records: list[Record]
    trend: list[Record]
    cases: ListedCases


class CountedRows(Protocol):
    """The rows from which days are computed, kept outside the memory until all of them are counted."""

    def clear(self) -> None:
        """Remove all rows."""

    def add(self, measure: Measure, day: Day, rows: Sequence[MetricRow]) -> None:
        """Add rows of a day."""

    def count(self, measure: Measure, day: Day) -> int:
        """How many rows a measure has on a day."""

    def encoded(self, measure: Measure, day: Day) -> Sequence[bytes]:
        """The rows of a measure on a day as JSON, always in the same order."""

    def remove(self, days: Iterable[Day]) -> None:
        """Remove the rows of days that are computed."""


class MetricStore(Protocol):
    """Where the nightly job reads what is counted, and stores marks and records."""

    def counted_on(self, shop: str, days: Iterable[Day]) -> Iterator[Case | OrderRecord]:
        """Every case and every order record on the lists of these days, each once. A case comes without private text:
        the nightly job has no keys."""

    def events(self, key: str) -> Iterator[Event]:
        """All events of a case in their order, without private text; none if there is no such case."""

    def marked_days(self, shop: str) -> Mapping[Day, Marks]:
        """The days that changed since they were computed, with their marks."""

    def mark(self, shop: str, day: Day, why: str) -> None:
        """Have a day computed again by the next run. Marking it twice with the same reason (`why`) is the same as
        once."""

    def clear(self, marks: Marks) -> None:
        """Remove marks that were read before their day was computed; one that is gone is no error."""

    def definition(self, shop: str) -> int:
        """The definition of the metrics by which all days of the shop are computed, or for which they are marked; 1 if
        none is saved."""

    def save_definition(self, shop: str, definition: int) -> None:
        """Save that all days computed by an older definition are marked."""

    def computed_days(self, shop: str) -> Iterable[Day]:
        """All days that were ever computed."""

    def computed_day(self, shop: str, day: Day) -> ComputedDay | None:
        """How a day was computed before; None if it never was."""

    def records_between(self, shop: str, dimension: str, first: Day, last: Day) -> list[Record]:
        """All records of a dimension from one day to another, both included, by day and value."""

    def replace_records(self, shop: str, day: Day, records: Sequence[Record], old: Iterable[RecordName]) -> None:
        """Store a day's records in place of those under these `old` names. If this is interrupted, it can be done
        again, because how the day was computed is saved last."""


class MetricRuns(Protocol):
    """The requests to compute days."""

    def request_run(self, run: str, shop: str, day: Day, now: Instant) -> None:
        """Request through the queue that a day is computed; a run that is requested twice runs once."""

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
    """Computes records from the rows of some days. It raises the errors of its database, such as too little memory; the
    message is then retried."""

    def load(self, days: Sequence[Day]) -> None:
        """Load the counted rows of these days, in place of all that were loaded before."""

    def records(self, days: Iterable[Day] = ()) -> list[Record]:
        """The records of all measures for the days whose rows are loaded. For a measure of every day, each of `days`
        without rows has a record of zeros and nulls."""

    def listed_cases(self) -> dict[Day, ListedCases]:
        """The cases that the reports of the loaded days list, by day; none for a day without any."""

    def parquet(self, measure: Measure, day: Day) -> bytes:
        """The loaded rows of a measure on a day as a Parquet file, without the column of the day."""


class DataLake(Protocol):
    """Where a day's rows and its report are stored as files."""

    def save_rows(self, measure: Measure, shop: str, day: Day, parquet: bytes) -> None:
        """Store the rows of a measure that has a folder, in place of earlier ones of the day."""

    def save_report(self, shop: str, day: Day, html: str) -> str:
        """Store a day's report in place of an earlier one; its key."""


class ReportRenderer(Protocol):
    """Renders the report of a day."""

    def page(self, report: Report) -> str:
        """The report as HTML, in the shop's language."""
