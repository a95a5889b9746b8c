"""What the metrics write to the table: the runs of the nightly job, the records of each day, and how they were
computed."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from zlib import compress, decompress

from msgspec import json

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import ConditionFailed, Item
from chalicelib.adapters.metrics.counted_table import CountedTable
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Day, Instant
from chalicelib.usecases.ports.cases import Page
from chalicelib.usecases.ports.metrics import ComputedDay, Record, RecordName

KEEP_RUNS_DAYS = 30
AFTER_ALL = "\uffff"
"""A character that sorts after all others."""


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
        names = [tuple(name) for name in json.decode(decompress(item["keys"]))]
        return ComputedDay(item["inputs"], item["restated"], names, item.get("definition", 1))

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
        items = self.table.query(f"METRIC#{shop}#{dimension}", between=(f"{first}#", f"{last}#{AFTER_ALL}"))
        return [_record(item) for item in items]

    def page_of_records(self, shop: str, dimension: str, first: Day, last: Day, limit: int, after: str | None) -> Page:
        """A page of the records of a dimension by day and value, after the record with the key `after`."""
        start = f"{after}\x00" if after else f"{first}#"
        end = f"{last}#{AFTER_ALL}"
        if start >= end:
            return Page([])
        rows = self.table.query(f"METRIC#{shop}#{dimension}", between=(start, end), page=limit + 1)
        items = list(islice(rows, limit + 1))
        more = len(items) > limit
        return Page([_record(item) for item in items[:limit]], items[limit - 1]["sk"] if more else None)

    def replace_records(self, shop: str, day: Day, records: Sequence[Record], old: Iterable[RecordName]) -> None:
        """Store a day's records in place of those with these `old` names, then save how the day was computed."""
        new = {(record["dimension"], record["value"]) for record in records}
        removed = [
            (f"METRIC#{shop}#{dimension}", f"{day}#{value}")
            for dimension, value in old
            if (dimension, value) not in new
        ]
        puts = [
            {
                "pk": f"METRIC#{shop}#{record['dimension']}",
                "sk": f"{day}#{record['value']}",
                "record": json.encode(record).decode(),
            }
            for record in records
        ]
        self.table.write_many(puts, removed)
        self.table.put(_computed_item(shop, day, records[0], sorted(new)))


def _record(item: Item) -> Record:
    record: Record = json.decode(item["record"])
    return record


def _computed_item(shop: str, day: Day, record: Record, names: list[tuple[Any, Any]]) -> Item:
    """How a day was computed, which is the same for all of its records."""
    return {
        "pk": f"METRIC#{shop}",
        "sk": day,
        "inputs": record["inputs"],
        "restated": record["restated"],
        "keys": compress(json.encode(names)),
        "definition": record["definition"],
    }
