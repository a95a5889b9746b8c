"""What segments are made of, and who is in which: by keys alone, so that who counts them can open nobody."""

from collections.abc import Iterable, Iterator

import msgspec

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Refused, Table
from chalicelib.adapters.orders.order_table import OrderTable
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.codecs import decode_case
from chalicelib.domain.customers.segments import Membership, Segments
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order_record import OrderRecord

PAGE = 100
Mark = tuple[str, str, Instant]


class SegmentTable:
    """The nights' side of customers."""

    def __init__(self, table: Table) -> None:
        self.table, self.sales = table, OrderTable(table)

    def touched(self, shop: str) -> Iterator[Mark]:
        """The records something was told of since they were counted: partition, key, and when."""
        for shard in range(keys.SHARDS):
            for item in self.table.query(keys.touched(shop, shard)):
                yield item["pk"], item["sk"], item["at"]

    def clear(self, mark: Mark) -> None:
        """A record was counted; what was told of it meanwhile stays to be."""
        pk, key, at = mark
        try:
            self.table.update(pk, key, "SET #done = :at", {":at": at}, "#at = :at")
        except Refused:
            return
        self.table.delete(pk, key)

    def family(self, key: str) -> tuple[str, ...]:
        """The keys of all records of a person, the one on top first; none when they were forgotten, or do not want to
        be counted."""
        item = self.table.get(keys.customer(key), "C")
        for _ in range(10):
            if item is None or "root" not in item:
                break
            item = self.table.get(keys.customer(item["root"]), "C")
        if item is None or "erased_at" in item:
            return ()
        found, level = [item], [item]
        while level and len(found) < 200:
            below = [key for one in level for key in one.get("members", "").split(",") if key]
            level = self.table.get_many([(keys.customer(key), "C") for key in below]) if below else []
            found += level
        if any("unprofiled" in one for one in found):
            return ()
        return tuple(one["pk"].removeprefix("CUSTOMER#") for one in found)

    def sales_of(self, shop: str, key: str) -> Iterator[OrderRecord]:
        """A record's orders."""
        after: str | None = None
        while True:
            page = self.sales.of_customer(shop, key, PAGE, after)
            yield from page.items
            after = page.next
            if after is None:
                return

    def cases_of(self, shop: str, key: str) -> Iterator[Case]:
        """A record's newest cases, without words."""
        found = self.table.query(
            keys.customer_list(shop, key),
            index="by_customer",
            names=("customer_key", "listed"),
            page=PAGE,
            backwards=True,
        )
        newest = [item["pk"] for _, item in zip(range(PAGE), found, strict=False)]
        for item in self.table.get_many([(pk, "C") for pk in newest]):
            if "state" in item:
                yield decode_case(item["state"])

    def placed(self, shop: str) -> Iterator[Membership]:
        """Everybody who is counted."""
        for shard in range(keys.SHARDS):
            for item in self.table.query(keys.standings(shop, shard)):
                yield msgspec.json.decode(item["kept"], type=Membership)

    def keep(self, shop: str, placed: Membership) -> None:
        """Keep what a person stands by."""
        key = placed.standing.key
        kept = msgspec.json.encode(placed).decode()
        self.table.put({"pk": keys.standings(shop, keys.shard(key)), "sk": key, "kept": kept})

    def save_told(self, shop: str, placed: Membership) -> bool:
        """Keep what a person was told to be in, if they are still counted."""
        key, kept = placed.standing.key, msgspec.json.encode(placed).decode()
        try:
            self.table.update(keys.standings(shop, keys.shard(key)), key, "SET #kept = :kept", {":kept": kept})
        except Refused:
            return False
        return True

    def untell(self, record: str) -> None:
        """Take a record's segments away."""
        try:
            self.table.update(keys.customer(record), "C", "REMOVE #segments", {})
        except Refused:
            return

    def known(self, shop: str, key: str) -> Membership | None:
        """What is kept of a person."""
        item = self.table.get(keys.standings(shop, keys.shard(key)), key)
        return msgspec.json.decode(item["kept"], type=Membership) if item else None

    def drop(self, shop: str, records: Iterable[str]) -> None:
        """Keep nothing of these records."""
        for key in records:
            self.table.delete(keys.standings(shop, keys.shard(key)), key)

    def tell(self, records: Iterable[str], segments: Segments) -> None:
        """Write a person's segments on each of their records, unless they were forgotten or mind by now."""
        told = {":told": msgspec.json.encode(segments).decode()}
        free = "attribute_exists(pk) AND attribute_not_exists(#erased_at) AND attribute_not_exists(#unprofiled)"
        for key in records:
            try:
                self.table.update(keys.customer(key), "C", "SET #segments = :told", told, free)
            except Refused:
                continue
