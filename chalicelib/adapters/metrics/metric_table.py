"""What the metrics write to the table: the runs of the nightly job, the records of each day, and how they were
computed."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from msgspec import json

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item
from chalicelib.adapters.metrics.counted_table import CountedTable
from chalicelib.adapters.metrics.record_items import (
    between_days,
    packed_items,
    partition,
    parts_by_dimension,
    record_key,
    records_in,
    stored_names,
)
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Day, Instant
from chalicelib.usecases.ports.cases import Page
from chalicelib.usecases.ports.metrics import ComputedDay, Record, RecordName

KEEP_RUNS_DAYS = 30
PAGE_ITEMS = 32
"""How many items a page of records reads at once: for most dimensions each holds several records."""


class MetricTable(CountedTable):
    """The `MetricStore` on DynamoDB."""

    def request_run(self, run: str, shop: str, day: Day, now: Instant, part: int = 1) -> None:
        """Request that a day is computed; the relay sends the request to its queue. `part`: the number of this part of
        the run, which starts with 1."""
        sort = keys.nightly_job_part(run, part)
        ttl = (now + KEEP_RUNS_DAYS * DAY_MS) // SECOND_MS
        item: Item = {"pk": f"NIGHT#{shop}", "sk": sort, "day": day, "state": "asked", "relay": "metrics", "ttl": ttl}
        try:
            self.table.put(item, only_new=True)
        except ConditionFailed:
            return

    def requested_run(self, shop: str, run: str, part: int = 1) -> Item | None:
        """The `day` and the `state` of a request; None once its time to live is over."""
        return self.table.get(f"NIGHT#{shop}", keys.nightly_job_part(run, part))

    def finish_run(self, shop: str, run: str, days: int, report: str | None) -> None:
        """Save that a run is done, how many days its last part computed, and the key of its report."""
        values = {":done": "done", ":days": days, ":report": report or "-"}
        self.table.update(f"NIGHT#{shop}", run, "SET #state = :done, #days = :days, #report = :report", values)

    def last_requested_day(self, shop: str) -> Day | None:
        """The last day that was requested because it had ended."""
        item = self.table.get(f"NIGHT#{shop}", "LAST")
        return item["day"] if item else None

    def save_requested_day(self, shop: str, day: Day) -> None:
        """Save that this day was requested because it had ended."""
        self.table.put({"pk": f"NIGHT#{shop}", "sk": "LAST", "day": day})

    def computed_day(self, shop: str, day: Day) -> ComputedDay | None:
        """How a day was computed before: one item, however many records the day has."""
        item = self.table.get(f"METRIC#{shop}", day)
        if item is None:
            return None
        return ComputedDay(item["inputs"], item["restated"], stored_names(item), item.get("definition", 1))

    def computed_days(self, shop: str) -> Iterator[Day]:
        """All days that were ever computed."""
        return (item["sk"] for item in self.table.query(f"METRIC#{shop}"))

    def definition(self, shop: str) -> int:
        """The definition of the metrics by which all days of a shop are computed, or for which they are marked."""
        item = self.table.get(f"NIGHT#{shop}", "DEFINITION")
        return item["definition"] if item else 1

    def save_definition(self, shop: str, definition: int) -> None:
        """Save that all days computed by an older definition are marked."""
        self.table.put({"pk": f"NIGHT#{shop}", "sk": "DEFINITION", "definition": definition})

    def records_between(self, shop: str, dimension: str, first: Day, last: Day) -> list[Record]:
        """All records of a dimension from one day to another, both included, by day and value."""
        return list(records_in(self.table.query(partition(shop, dimension), between=between_days(first, last))))

    def page_of_records(self, shop: str, dimension: str, first: Day, last: Day, limit: int, after: str | None) -> Page:
        """A page of the records of a dimension by day and value, after the record with the key `after`."""
        begin = max(first, after[: len(first)]) if after else first
        start, end = between_days(begin, last)
        if start >= end:
            return Page([])
        items = self.table.query(partition(shop, dimension), between=(start, end), page=min(limit + 1, PAGE_ITEMS))
        later = (record for record in records_in(items) if after is None or record_key(record) > after)
        records = list(islice(later, limit + 1))
        return Page(records[:limit], record_key(records[limit - 1]) if len(records) > limit else None)

    def replace_records(self, shop: str, day: Day, records: Sequence[Record], old: Iterable[RecordName]) -> None:
        """Store a day's records in place of those under these `old` names, then save how the day was computed."""
        items = packed_items(shop, day, records)
        written = {(item["pk"], item["sk"]) for item in items}
        stored = [(partition(shop, dimension), f"{day}{end}") for dimension, end in old]
        self.table.write_many(items, [key for key in stored if key not in written])
        self.table.put(_computed_item(shop, day, records[0], items))


def _computed_item(shop: str, day: Day, record: Record, items: Iterable[Item]) -> Item:
    """How a day was computed, which is the same for all of its records."""
    return {
        "pk": f"METRIC#{shop}",
        "sk": day,
        "inputs": record["inputs"],
        "restated": record["restated"],
        "parts": json.encode(parts_by_dimension(items)).decode(),
        "definition": record["definition"],
    }
