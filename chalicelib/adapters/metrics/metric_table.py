"""The nights' side of the table: which cases a day counts, which days changed, the records and the runs."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from zlib import compress, decompress

from msgspec import json

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item, Refused, Table
from chalicelib.adapters.aws.stored_formats import StoredFormats
from chalicelib.adapters.orders.order_table import order_record_of
from chalicelib.domain.aftersales.measures import DIMENSIONS as FLOW_DIMENSIONS
from chalicelib.domain.aftersales.measures import PREFIX
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, Day, Instant
from chalicelib.domain.metrics.agent_metrics import DIMENSIONS as AGENT_DIMENSIONS
from chalicelib.domain.metrics.agent_metrics import PREFIX as AGENT_PREFIX
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.settlement.measures import PREFIX as SETTLEMENT_PREFIX
from chalicelib.usecases.metrics.compute_day import ComputedDay
from chalicelib.usecases.ports import Page

DIMENSIONS = (
    "all",
    "channel",
    "type",
    "team",
    "assignee",
    "sku",
    *(PREFIX + name for name in FLOW_DIMENSIONS),
    *(AGENT_PREFIX + name for name in AGENT_DIMENSIONS),
    f"{SETTLEMENT_PREFIX}all",
)
KEEP_RUNS_DAYS = 30
Mark = tuple[str, str]
Record = dict[str, Any]


def _counted_by(item: Item) -> tuple[str, str]:
    """Where that lies which puts an item on a day's list: a case by its events and as one of an order, or a sale."""
    kind, _, rest = item["pk"].partition("#")
    if kind == "SALE":
        return item["pk"], item["sk"]
    return (keys.case(item["sk"]) if kind == "ORDER" else f"CASE#{rest}"), "C"


class MetricTable:
    """What nights read and write."""

    def __init__(self, table: Table, formats: StoredFormats) -> None:
        self.table, self.formats = table, formats

    def ask(self, run: str, shop: str, day: Day, now: Instant, part: int = 1) -> None:
        """Have a night computed: the relay takes it to its queue."""
        sort = keys.night_part(run, part)
        ttl = (now + KEEP_RUNS_DAYS * DAY_MS) // SECOND_MS
        item: Item = {"pk": f"NIGHT#{shop}", "sk": sort, "day": day, "state": "asked", "relay": "metrics", "ttl": ttl}
        try:
            self.table.put(item, only_new=True)
        except Refused:
            return

    def asked(self, shop: str, run: str, part: int = 1) -> Item | None:
        """What was asked for: `day` and `state`."""
        return self.table.get(f"NIGHT#{shop}", keys.night_part(run, part))

    def finish(self, shop: str, run: str, days: int, report: str | None) -> None:
        """A run is done."""
        values = {":done": "done", ":days": days, ":report": report or "-"}
        self.table.update(f"NIGHT#{shop}", run, "SET #state = :done, #days = :days, #report = :report", values)

    def last_day(self, shop: str) -> Day | None:
        """The last day that was asked for because it had ended."""
        item = self.table.get(f"NIGHT#{shop}", "LAST")
        return item["day"] if item else None

    def note_day(self, shop: str, day: Day) -> None:
        """Remember that this day was asked for."""
        self.table.put({"pk": f"NIGHT#{shop}", "sk": "LAST", "day": day})

    def counted(self, shop: str, days: Iterable[Day]) -> Iterator[Case | OrderRecord]:
        """Every case and every sale that is counted on one of these days, once."""
        seen: set[tuple[str, str]] = set()
        for day in days:
            for shard in range(keys.SHARDS):
                found = self.table.query(keys.day_list(shop, day, shard), index="by_day", names=("day_key", "pk"))
                new = {_counted_by(item) for item in found} - seen
                seen |= new
                yield from self._read(sorted(new))

    def cases_of(self, shop: str, days: Iterable[Day]) -> Iterator[Case]:
        """Every case that is counted on one of these days, once."""
        return (one for one in self.counted(shop, days) if isinstance(one, Case))

    def _read(self, found: Sequence[tuple[str, str]]) -> Iterator[Case | OrderRecord]:
        for item in self.table.get_many(found):
            if "state" in item:
                yield self.formats.decode(item["state"], Case)
            elif "sale" in item:
                yield order_record_of(item)

    def dirty(self, shop: str) -> dict[Day, list[Mark]]:
        """The days that changed since they were computed, with the marks that say so."""
        marks: dict[Day, list[Mark]] = {}
        for shard in range(keys.SHARDS):
            for item in self.table.query(f"DIRTY#{shop}#{shard}"):
                marks.setdefault(item["sk"][:10], []).append((item["pk"], item["sk"]))
        return marks

    def mark(self, shop: str, day: Day, why: str) -> None:
        """Mark a day to be computed again."""
        self.table.put({"pk": f"DIRTY#{shop}#0", "sk": f"{day}#{why}"})

    def clear(self, marks: Sequence[Mark]) -> None:
        """Remove marks that were seen before their days were read."""
        self.table.write_many(deletes=marks)

    def records_of(self, shop: str, day: Day) -> dict[tuple[str, str], Record]:
        """The records of a day, by dimension and value."""
        return {
            (dimension, record["value"]): record
            for dimension in DIMENSIONS
            for record in self._records(shop, dimension, day, day)
        }

    def told(self, shop: str, day: Day) -> ComputedDay | None:
        """What was told of a day before: one item, however many records the day has."""
        item = self.table.get(f"METRIC#{shop}", day)
        if item is None:
            return None
        names = [tuple(key) for key in json.decode(decompress(item["keys"]))]
        return ComputedDay(item["inputs"], item["restated"], names, item.get("definition", 1))

    def computed_days(self, shop: str) -> Iterator[Day]:
        """Every day of which something was told."""
        return (item["sk"] for item in self.table.query(f"METRIC#{shop}"))

    def definition(self, shop: str) -> int:
        """The definition of the figures that all days of a shop were computed by, or are marked to be."""
        item = self.table.get(f"NIGHT#{shop}", "DEFINITION")
        return item["definition"] if item else 1

    def note_definition(self, shop: str, definition: int) -> None:
        """All days that are computed by an older definition are marked."""
        self.table.put({"pk": f"NIGHT#{shop}", "sk": "DEFINITION", "definition": definition})

    def events(self, key: str) -> Iterator[Event]:
        """What happened to a case, without anybody's words: nights have no keys."""
        for item in self.table.query(keys.case(key)):
            if "event" in item:
                yield self.formats.decode(item["event"], Event)

    def trend(self, shop: str, first: Day, last: Day) -> list[Record]:
        """The records of the whole shop from one day to another, in order."""
        return list(self._records(shop, "all", first, last))

    def records_between(self, shop: str, dimension: str, first: Day, last: Day) -> list[Record]:
        """All records of a dimension from one day to another."""
        return list(self._records(shop, dimension, first, last))

    def page_of_records(self, shop: str, dimension: str, first: Day, last: Day, limit: int, after: str | None) -> Page:
        """Records of a dimension by day and value, from behind `after`."""
        bounds = (f"{after}\x00" if after else f"{first}#", f"{last}#\uffff")
        rows = (
            self.table.query(f"METRIC#{shop}#{dimension}", between=bounds, page=limit + 1)
            if bounds[0] < bounds[1]
            else ()
        )
        items = list(islice(rows, limit + 1))
        records = [json.decode(item["record"]) for item in items[:limit]]
        return Page(records, items[limit - 1]["sk"] if len(items) > limit else None)

    def _records(self, shop: str, dimension: str, first: Day, last: Day) -> Iterator[Record]:
        for item in self.table.query(f"METRIC#{shop}#{dimension}", between=(f"{first}#", f"{last}#\uffff")):
            yield json.decode(item["record"])

    def replace_records(self, shop: str, day: Day, records: Sequence[Record], old: Iterable[tuple[str, str]]) -> None:
        """Put a day's records in the place of those it had, then note what was told."""
        new = {(record["dimension"], record["value"]) for record in records}
        gone = [
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
        self.table.write_many(puts, gone)
        self.table.put(
            {
                "pk": f"METRIC#{shop}",
                "sk": day,
                "inputs": records[0]["inputs"],
                "restated": records[0]["restated"],
                "keys": compress(json.encode(sorted(new))),
                "definition": records[0]["definition"],
            }
        )
