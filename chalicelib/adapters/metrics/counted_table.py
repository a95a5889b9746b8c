"""What the metrics read from the table: the cases and order records that count on a day, and the days that changed."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import MAX_KEYS, Item, Table
from chalicelib.adapters.orders.order_table import order_record_of
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.codecs import StoredFormats
from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.timestamps import Day
from chalicelib.domain.orders.order_record import OrderRecord

READERS = 4
"""How many batches are read at the same time."""
Key = tuple[str, str]


def _counted_by(item: Item) -> Key:
    """The key of the case or order record that an item puts on a day's list. The item is an event of a case, a case in
    the list of its order, or an order record itself."""
    kind, _, rest = item["pk"].partition("#")
    if kind == "SALE":
        return item["pk"], item["sk"]
    return (keys.case(item["sk"]) if kind == "ORDER" else f"CASE#{rest}"), "C"


class CountedTable:
    """Reads what is counted, without private text, because the nightly job has no keys."""

    def __init__(self, table: Table, formats: StoredFormats) -> None:
        self.table = table
        self.formats = formats

    def counted_on(self, shop: str, days: Iterable[Day]) -> Iterator[Case | OrderRecord]:
        """Every case and every order record on the lists of these days, each once."""
        seen: set[str] = set()  # partitions alone, because this is all of a long restatement that memory must hold
        for day in days:
            for shard in range(keys.SHARDS):
                listed = self.table.query(
                    keys.day_list(shop, day, shard), index="by_day", names=("day_key", "pk"), attributes=("pk", "sk")
                )
                new = {key for key in map(_counted_by, listed) if key[0] not in seen}
                seen.update(pk for pk, _ in new)
                yield from self._read(sorted(new))

    def cases_counted_on(self, shop: str, days: Iterable[Day]) -> Iterator[Case]:
        """Every case on the lists of these days, each once."""
        return (source for source in self.counted_on(shop, days) if isinstance(source, Case))

    def _read(self, counted: Sequence[Key]) -> Iterator[Case | OrderRecord]:
        for item in self._items(counted):
            if "state" in item:
                yield self.formats.decode(item["state"], Case)
            elif "sale" in item:
                yield order_record_of(item)

    def _items(self, counted: Sequence[Key]) -> Iterator[Item]:
        """What is counted of these items, in no order. A few batches are read at the same time, then all of them are
        counted before the next: memory holds no whole day, and threads that read do not slow down the one that counts.
        """
        batches = (counted[start : start + MAX_KEYS] for start in range(0, len(counted), MAX_KEYS))
        with ThreadPoolExecutor(READERS) as pool:
            while together := list(islice(batches, READERS)):
                for items in pool.map(self._read_batch, together):
                    yield from items

    def _read_batch(self, batch: Sequence[Key]) -> list[Item]:
        return self.table.get_many(batch, ("state", "sale"))

    def events(self, key: str) -> Iterator[Event]:
        """All events of a case in their order."""
        for item in self.table.query(keys.case(key), between=keys.EVENTS):
            yield self.formats.decode(item["event"], Event)

    def marked_days(self, shop: str) -> dict[Day, list[Key]]:
        """The days that changed since they were computed, with their marks."""
        marks: dict[Day, list[Key]] = {}
        for shard in range(keys.SHARDS):
            for item in self.table.query(f"DIRTY#{shop}#{shard}"):
                day = item["sk"].partition("#")[0]
                marks.setdefault(day, []).append((item["pk"], item["sk"]))
        return marks

    def mark(self, shop: str, day: Day, why: str) -> None:
        """Have a day computed again by the next run."""
        self.table.put({"pk": f"DIRTY#{shop}#0", "sk": f"{day}#{why}"})

    def clear(self, marks: Sequence[Key]) -> None:
        """Remove marks that were read before their day was computed."""
        self.table.write_many(deletes=marks)
